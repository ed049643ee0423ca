// One file of a simulated disk: what programs read of it now, and what of it would survive a power cut.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <random>

#include "core/base/bytes.h"

namespace plenary::simulation {

inline constexpr std::size_t kSectorSize = 512;  // written whole or not at all

class SimulatedFile {
 public:
  const Bytes& content() const { return content_; }
  // As an old copy has it: durable at once.
  void set_content(Bytes content);

  // At most `size` bytes from `offset` on; how many there were.
  std::size_t read(std::span<std::byte> out, std::size_t offset) const;
  void write(ByteSpan bytes, std::size_t offset);
  void truncate(std::size_t size);
  // Everything written so far survives a power cut.
  void sync() { unsynced_.clear(); }
  // The power is cut: of what was not synced any sectors are kept, each as of any moment since.
  void lose_power(std::mt19937_64& chance);

  // ---- locks: several connections of this process, as SQLite's file locks work between processes
  int shared = 0;
  const void* reserved = nullptr;   // who holds it
  const void* exclusive = nullptr;  // who holds it, or waits for it (pending)

  // ---- shared memory of the write-ahead log; gone after a power cut
  struct SharedMemory {
    std::vector<std::unique_ptr<std::byte[]>> regions;
    std::array<int, SQLITE_SHM_NLOCK> locks{};  // -1: exclusive; else how many share it
    int users = 0;
  };
  SharedMemory memory;

 private:
  // What a write or truncation replaced, so that it can be taken back.
  struct Replaced {
    std::size_t offset = 0;
    Bytes before;              // at `offset`; shorter than `length` where the file ended
    std::size_t length = 0;    // bytes written; 0: a truncation, `before` is what was cut off
    std::size_t old_size = 0;  // of the file
  };
  void take_back_sector(const Replaced& change, std::size_t sector);

  Bytes content_;
  std::vector<Replaced> unsynced_;
};

}  // namespace plenary::simulation
