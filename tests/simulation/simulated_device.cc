#include "tests/simulation/simulated_device.h"

#include "core/replica/unlock.h"
#include "tests/contract/example_schema.h"

namespace plenary::simulation {
namespace {

std::unique_ptr<replica::ReplicaFacade> facade(Result<std::unique_ptr<replica::Replica>> replica,
                                               const std::string& name) {
  if (!replica) throw Violation("T14: " + name + " cannot open its profile: " + replica.error().message);
  return std::unique_ptr<replica::ReplicaFacade>(dynamic_cast<replica::ReplicaFacade*>(replica->release()));
}

// The same for all, so that a seed says everything.
replica::Unlock key() {
  return replica::Unlock::with(seal::PageKey());
}

}  // namespace

SimulatedDevice::SimulatedDevice(std::string device_name, std::filesystem::path folder, const std::int64_t& world_ms,
                                 std::uint64_t seed)
    : name(std::move(device_name)), environment(world_ms, seed), disk(std::move(folder), seed) {}

void SimulatedDevice::create() {
  replica_ =
      facade(replica::Replica::create(disk.folder(), name, contract::example_schema(), environment, key()), name);
  transport_ = replica_->transport_key().public_key();
}

void SimulatedDevice::open() {
  replica_ = facade(replica::Replica::open(disk.folder(), contract::example_schema(), environment, key()), name);
  transport_ = replica_->transport_key().public_key();
}

void SimulatedDevice::restart() {
  close();
  disk.power_back();
  try {
    open();
  } catch (const sqlite::Failure& failure) {
    throw Violation("T14: " + name + " cannot open its files after a power cut: " + failure.what());
  }
}

replica::Space* SimulatedDevice::space(const SpaceId& id) {
  if (!replica_) return nullptr;
  const auto found = replica_->space(id);
  if (!found) return nullptr;
  if (!signing_) signing_ = (*found)->context().profile.signing().duplicate();
  return *found;
}

void SimulatedDevice::copy_from(const SimulatedDevice& other) {
  std::filesystem::remove_all(disk.folder());
  std::filesystem::copy(other.disk.folder(), disk.folder(), std::filesystem::copy_options::recursive);
  disk.restore(other.disk.image());
}

void SimulatedDevice::restore(const Backup& backup, InstallMark mark) {
  disk.restore(backup.image, mark == InstallMark::lost ? "" : "spaces");
  if (mark == InstallMark::lost) {
    // Made anew, the file has another inode.
    const auto path = disk.folder() / "install";
    std::filesystem::rename(path, disk.folder() / "install.old");
    std::filesystem::copy_file(disk.folder() / "install.old", path);
    std::filesystem::remove(disk.folder() / "install.old");
  }
  confirmed = backup.confirmed;
}

}  // namespace plenary::simulation
