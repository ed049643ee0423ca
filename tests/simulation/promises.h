// The promises of architecture.md, section 4, as far as they can be checked from outside after every step.
#pragma once

#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {

class Promises {
 public:
  explicit Promises(const SpaceId& space) : space_(space) {}

  // After every step, for every device that took part. Remembers what is there as confirmed.
  void check(SimulatedDevice& device);
  // Rebuilds the tables and compares: slow.
  void check_tables(SimulatedDevice& device);
  // T15: words that the keeper erased are in no file. The program must have been started anew.
  void check_erased(const SimulatedDevice& device, const replica::Space& space) const;
  // The removals that a device knows now.
  std::vector<RosterHash> known_removals(SimulatedDevice& device) const;
  // T4: what a device hands over must not be readable for whom it knew to be removed when it sealed it.
  void check_sealing(const std::string& sender, const std::vector<RosterHash>& known,
                     const std::vector<sync::Item>& items) const;

  // ---- what the world tells
  void expect_no_effect(const RosterHash& forged) { forged_.insert(forged); }
  void expect_erased(const RosterHash& record, std::set<std::string> words) { erased_[record] = std::move(words); }
  // All that this device can open, which is removed by the record.
  void expect_unreadable(const RosterHash& removal, const seal::KeyRing& keys, const DeviceKey& device);
  // The device's files are older than before, or another's.
  void forget(SimulatedDevice& device) { device.confirmed = {}; }

  std::uint64_t checks() const { return checks_; }

 private:
  void check_confirmed(SimulatedDevice& device, replica::Space& space);
  void check_digest(SimulatedDevice& device, replica::Space& space);
  void check_roster(SimulatedDevice& device, replica::Space& space) const;

  struct Reached {
    Digest digest;
    std::string by;
  };
  struct Removed {
    DeviceKey device;
    std::vector<KeyId> keys;
  };
  SpaceId space_;
  std::map<Digest, Reached> reached_;  // by position
  std::set<RosterHash> forged_;
  std::map<RosterHash, std::set<std::string>> erased_;
  std::map<RosterHash, Removed> removed_;
  std::uint64_t checks_ = 0;
};

}  // namespace plenary::simulation
