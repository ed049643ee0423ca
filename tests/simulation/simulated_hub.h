// A hub in a simulation: the shipped store and sessions on a simulated disk; honest, or not.
#pragma once

#include "sync-server/hub_reader.h"
#include "sync-server/hub_writer.h"
#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {

class SimulatedHub {
 public:
  SimulatedHub(std::string name, std::filesystem::path folder, const std::int64_t& world_ms, std::uint64_t seed);

  const crypto::AgreementKey& transport() const { return transport_; }
  const DeviceKey& signing() const { return signing_.public_key(); }
  replica::HubAddress address() const { return {name, 7411, transport_.public_key()}; }

  void open();
  void close() { open_.reset(); }
  void restart();

  sync::HubSpaces& spaces();
  hub::Committed store(const std::vector<sync::StoreRequest>& requests);

  // What it signed in its present history, by epoch and number.
  using Signed = std::map<std::pair<std::uint64_t, std::uint64_t>, sync::HubValue>;
  struct Backup {
    SimulatedDisk::Image image;
    std::map<SpaceId, log::Frontier> acknowledged;
    std::map<SpaceId, Signed> signed_heads;
  };
  Backup back_up() const { return {disk.image(), acknowledged_, signed_}; }
  // As an operator does it: the old files, and a new epoch.
  void restore(const Backup& backup);
  // As an operator should not: the old files, and nothing said.
  void restore_in_silence(const Backup& backup);

  // Dishonest: goes on from where it turned away last, as if nothing had happened since; so it has two histories.
  void turn_around();

  // What it showed of any space since this was asked last.
  struct Shown {
    bool anything = false;
    bool less_than_it_has = false;  // a log was left out of which it has something
  };
  Shown take_shown() { return std::exchange(shown_, {}); }

  // Did it sign, in its present history and epoch, something else than this head of its own under the same number?
  bool contradicts(const SpaceId& space, const sync::HubHead& head) const;

  // T14: throws a Violation when something acknowledged is not here.
  void check_acknowledged(const SpaceId& space);

  const std::string name;
  SimulatedEnvironment environment;
  SimulatedDisk disk;
  bool honest = true;
  std::vector<Backup> backups;
  std::set<LogId> withheld;  // dishonest: left out of what it shows
  bool drops = false;        // dishonest: acknowledges, and keeps nothing
  bool two_faced = false;    // dishonest: turns around between two meetings

 private:
  struct Open;
  class Face;

  crypto::SigningKey signing_;
  crypto::AgreementKey transport_;
  hub::Policy policy_;
  int restored_ = 0;  // times; an honest hub never opens one epoch twice
  Shown shown_;
  std::shared_ptr<Open> open_;
  std::optional<Backup> other_face_;
  std::map<SpaceId, log::Frontier> acknowledged_;
  std::map<SpaceId, Signed> signed_;
};

}  // namespace plenary::simulation
