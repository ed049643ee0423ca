// A disk that is told when to fail: SQLite's files below one folder, kept in memory.
//
// While a SimulatedDisk lives, every SQLite file below its folder is kept by it, through a VFS that becomes SQLite's
// default with the first disk (its name is kSimulatedVfs, so that a VFS that seals pages can lie on top). In the real
// folder, which should lie on a file system in memory, each file has an empty stand-in, so that programs that look for
// files, list or rename them see what they expect. What programs write there past SQLite is an ordinary file: it
// survives a power cut.
//
// A power cut keeps what was synced; of what was not, any set of sectors may be kept, lost, or as of any moment
// between. A file that was made or deleted since the last sync on this disk may be there or not. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/support/simulated_file.h"

namespace plenary::simulation {

inline constexpr const char* kSimulatedVfs = "plenary-simulated";

enum class Fault : std::uint8_t {
  input_output,  // the operation fails; a write may have arrived in part
  disk_full,     // a write that makes a file longer fails, as far as it did not arrive; other operations succeed
  short_read,    // a read brings less than is there
  power_cut,     // the operation arrives in part, and everything after it fails until power_back()
};

class SimulatedDisk {
 public:
  // Throws if there is a disk of this folder. The folder is made if it is not there.
  SimulatedDisk(std::filesystem::path folder, std::uint64_t seed);
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  // ---- faults
  std::uint64_t operations() const { return operations_; }
  // The operation `count` from now (1: the next one) fails. A fault that does not fit an operation waits for the next
  // one that it does fit.
  void fail_in(std::uint64_t count, Fault fault);
  bool fault_is_due() const { return fault_.has_value(); }
  void forget_fault() { fault_.reset(); }
  bool power_is_cut() const { return power_is_cut_; }
  // The power is cut if it was not; whoever had files open must have closed them. Then it is back.
  void power_back();
  // Files cannot become longer than this together. Nothing: there is room.
  void limit(std::optional<std::size_t> bytes) { room_ = bytes; }
  std::size_t size() const;

  // ---- copies
  using Image = std::map<std::string, Bytes>;  // by path within the folder
  Image image() const;
  // Replaces the files whose path begins with `below`; nothing may be open.
  void restore(const Image& image, const std::string& below = "");
  bool contains(std::string_view words) const;

  // ---- for the VFS
  struct Outcome {
    std::optional<Fault> fault;
    std::size_t part = 0;  // so many bytes arrive
  };
  enum class Operation : std::uint8_t { open, read, write, truncate, sync, remove };
  // Counts an operation on `size` bytes, and says how it ends.
  Outcome begin(Operation operation, std::size_t size, std::size_t growth);
  static SimulatedDisk* of(const std::filesystem::path& path);
  SimulatedFile* find(const std::filesystem::path& path);
  SimulatedFile& make(const std::filesystem::path& path);
  void remove(const std::filesystem::path& path);
  // Also makes durable which files there are, as a journaling file system does.
  void synced();

 private:
  std::string name_of(const std::filesystem::path& path) const;
  void stand_in(const std::string& name) const;

  std::filesystem::path folder_;
  std::mt19937_64 chance_;
  std::map<std::string, std::shared_ptr<SimulatedFile>> files_;
  std::set<std::string> made_;                                            // since the last sync
  std::map<std::string, std::shared_ptr<SimulatedFile>> removed_;         // since the last sync
  std::vector<std::shared_ptr<SimulatedFile>> open_until_the_disk_ends_;  // removed, perhaps still open
  std::uint64_t operations_ = 0;
  struct Planned {
    std::uint64_t at = 0;
    Fault fault = Fault::input_output;
  };
  std::optional<Planned> fault_;
  bool power_is_cut_ = false;
  std::optional<std::size_t> room_;
};

// Makes SQLite's own randomness (salts of its logs) a function of the seed from here on.
void seed_sqlite(std::uint64_t seed);

}  // namespace plenary::simulation
