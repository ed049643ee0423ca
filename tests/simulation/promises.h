// The promises of architecture.md, section 4, as far as they can be checked from outside after every step.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {

// What a hub does to a device in a meeting.
struct Deception {
  bool hides = false;
  bool contradicts_device = false;   // what the device was shown before
  bool contradicts_witness = false;  // what a colleague was shown, of which the device has a signature
};

class Promises {
 public:
  // How often there was something to notice: a check that never finds anything to judge says nothing.
  struct Noticed {
    std::uint64_t gaps = 0;           // changes that wait for what is not here
    std::uint64_t tails = 0;          // statuses that name what is not shown here
    std::uint64_t forks = 0;          // logs of which a device holds two signed branches
    std::uint64_t hub_forks = 0;      // a hub told a device, or it and a colleague, two things
    std::uint64_t hidden_at_hub = 0;  // a device met a hub that hid a log
    Noticed& operator+=(const Noticed& other);
  };

  explicit Promises(const SpaceId& space) : space_(space) {}

  // After every step, for every device that took part. Remembers what is there as confirmed.
  void check(SimulatedDevice& device);
  // Rebuilds the tables and compares: slow.
  void check_tables(SimulatedDevice& device);
  // T15: words that the keeper erased are in no file. The program must have been started anew.
  void check_erased(const SimulatedDevice& device, const replica::Space& space) const;
  // The removals that a device knows now.
  std::vector<RosterHash> known_removals(SimulatedDevice& device) const;
  // Those of them that are not void by now.
  std::vector<RosterHash> still_known(SimulatedDevice& device, std::vector<RosterHash> removals) const;
  // T4: what a device hands over must not be readable for whom it knew to be removed when it sealed it.
  void check_sealing(const std::string& sender, const std::vector<RosterHash>& known,
                     const std::vector<sync::Item>& items) const;

  // T6, T8: a hub that hides a log from a device, or shows it another history than before, is called out by it in this
  // very meeting; and there is proof where a colleague's status holds the other head.
  void check_deception(SimulatedDevice& device, const DeviceKey& hub, const Deception& deception, bool alarmed);
  // T8, at the end: whoever forked is proven to everybody.
  void check_same_proofs(const std::vector<SimulatedDevice*>& devices);

  // ---- what the world tells
  void know_hub(const TransportKey& hub) { hubs_.push_back(hub); }
  void expect_no_effect(const RosterHash& forged) { forged_.insert(forged); }
  void expect_erased(const RosterHash& record, std::set<std::string> words) { erased_[record] = std::move(words); }
  // All that this device can open, which is removed by the record.
  void expect_unreadable(const RosterHash& removal, const seal::KeyRing& keys, const DeviceKey& device);
  // The device's files are older than before, or another's.
  void forget(SimulatedDevice& device) { device.confirmed = {}; }

  std::uint64_t checks() const { return checks_; }
  const Noticed& noticed() const { return noticed_; }

 private:
  // What a header says, read from the log: believed here more than what the program made of it.
  struct Header {
    log::Head head;
    ChainValue previous;
    std::vector<log::Head> seen;
    RosterHash roster;
  };
  // What a device holds, by chain value.
  struct Holdings {
    std::unordered_set<ChainValue> delivered, waiting;
    bool hold(const ChainValue& chain) const { return delivered.contains(chain) || waiting.contains(chain); }
  };
  void check_confirmed(SimulatedDevice& device, replica::Space& space);
  void check_digest(SimulatedDevice& device, replica::Space& space);
  void check_roster(SimulatedDevice& device, replica::Space& space) const;
  // detection.cc
  const Header& header_of(SimulatedDevice& device, replica::Space& space, const log::Head& head);
  Holdings holdings_of(replica::Space& space) const;
  void check_delivered(SimulatedDevice& device, replica::Space& space, const Holdings& holdings);
  void check_waiting(SimulatedDevice& device, replica::Space& space, const Holdings& holdings);
  void check_statuses(SimulatedDevice& device, replica::Space& space, const Holdings& holdings);
  void check_forks(SimulatedDevice& device, replica::Space& space);
  void check_hub_heads(SimulatedDevice& device, replica::Space& space);
  bool is_sound(const replica::Space::Notice& proof);
  std::set<LogId> proven_logs(replica::Space& space);
  std::set<DeviceKey> proven_hubs(replica::Space& space);

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
  std::vector<TransportKey> hubs_;
  std::unordered_map<ChainValue, Header> headers_;  // of all devices: a chain value says all that its header says
  std::map<Bytes, bool> judged_proofs_;             // their signatures
  std::uint64_t checks_ = 0;
  Noticed noticed_;
};

}  // namespace plenary::simulation
