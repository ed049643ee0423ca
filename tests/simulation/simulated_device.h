// One person's tablet in a simulation: the shipped Replica on a simulated disk.
#pragma once

#include "core/replica/replica_facade.h"
#include "core/replica/unlock.h"
#include "tests/simulation/simulated_environment.h"
#include "tests/support/simulated_disk.h"

namespace plenary::simulation {

// A promise was broken. What says which, and what was seen.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Ending : std::uint8_t { done, failed, power_cut };

class SimulatedDevice {
 public:
  // What was there when an action last ended, and so must be there for ever.
  struct Confirmed {
    log::Frontier frontier;
    std::vector<RosterHash> roster;
    std::size_t waiting = 0;
  };
  struct Backup {
    SimulatedDisk::Image image;
    Confirmed confirmed;
    std::filesystem::path marks;  // a folder with the install marks
  };

  SimulatedDevice(std::string name, std::filesystem::path folder, const std::int64_t& world_ms, std::uint64_t seed);

  // Makes a new profile; the name is its person's.
  void create();
  void open();
  void close() { replica_.reset(); }
  bool is_open() const { return replica_ != nullptr; }
  // Whatever failed is over, the power is back, and the program is started anew.
  void restart();

  // Does something that the disk may spoil. When the power was cut, the device is started anew before this returns.
  template <class Action>
  Ending attempt(Action action) {
    Ending ending = Ending::done;
    try {
      action();
    } catch (const sqlite::Failure&) {
      ending = Ending::failed;
    }
    if (!disk.power_is_cut()) return ending;
    restart();
    return Ending::power_cut;
  }

  replica::ReplicaFacade& replica() { return *replica_; }
  // Null while this device does not belong to the space.
  replica::Space* space(const SpaceId& id);
  const crypto::SigningKey& signing() const { return *signing_; }
  roster::DeviceIdentity identity() const { return {signing_->public_key(), transport_}; }

  // All that stands in its files, opened with its key.
  std::string opened_files() const;
  // Takes over the files of another device, as when a folder is copied. Both must be closed.
  void copy_from(const SimulatedDevice& other);
  Backup back_up(const Confirmed& confirmed);
  // Without the install marks, or (an image of the whole disk was put back) with those of then. Must be closed.
  enum class InstallMark : bool { lost, kept };
  void restore(const Backup& backup, InstallMark mark);

  const std::string name;
  SimulatedEnvironment environment;
  SimulatedDisk disk;
  Confirmed confirmed;
  std::vector<Backup> backups;
  std::string invitation;       // a link that it has not followed yet
  bool joined = false;          // it belongs to the space, ratified or not
  bool gone = false;            // broken, or lost with all that it had
  bool dishonest = false;       // its person writes what the program would not write
  bool shared_its_key = false;  // another device has a copy of its keys

 private:
  void learn_identity();

  int backups_made_ = 0;
  std::unique_ptr<replica::ReplicaFacade> replica_;
  std::optional<crypto::SigningKey> signing_;
  TransportKey transport_;
};

}  // namespace plenary::simulation
