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

  struct Backup {
    SimulatedDisk::Image image;
    std::map<SpaceId, log::Frontier> acknowledged;
  };
  Backup back_up() const { return {disk.image(), acknowledged_}; }
  // As an operator does it: the old files, and a new epoch.
  void restore(const Backup& backup);
  // As an operator should not: the old files, and nothing said.
  void restore_in_silence(const Backup& backup);

  // T14: throws a Violation when something acknowledged is not here.
  void check_acknowledged(const SpaceId& space);

  const std::string name;
  SimulatedEnvironment environment;
  SimulatedDisk disk;
  bool honest = true;
  std::vector<Backup> backups;
  std::set<LogId> withheld;  // dishonest: left out of what it shows
  bool drops = false;        // dishonest: acknowledges, and keeps nothing

 private:
  struct Open;
  class Liar;

  crypto::SigningKey signing_;
  crypto::AgreementKey transport_;
  hub::Policy policy_;
  int restored_ = 0;  // times; an honest hub never opens one epoch twice
  std::shared_ptr<Open> open_;
  std::map<SpaceId, log::Frontier> acknowledged_;
};

}  // namespace plenary::simulation
