#include "tests/simulation/simulated_device.h"

#include "core/replica/unlock.h"
#include "core/sqlite/failure.h"
#include "tests/contract/example_schema.h"
#include "tests/simulation/opened_pages.h"

namespace plenary::simulation {
namespace {

std::unique_ptr<replica::ReplicaFacade> facade(Result<std::unique_ptr<replica::Replica>> replica,
                                               const std::string& name) {
  if (!replica) throw Violation("T14: " + name + " cannot open its profile: " + replica.error().message);
  return std::unique_ptr<replica::ReplicaFacade>(dynamic_cast<replica::ReplicaFacade*>(replica->release()));
}

// The same for all, so that a seed says everything; what a passphrase costs is not simulated.
seal::PageKey page_key() {
  return seal::PageKey();
}
replica::Unlock key() {
  return replica::Unlock::with(page_key());
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
  if (!replica_->damaged_spaces().empty()) {
    const std::string message = replica_->damaged_spaces().front().error.message;
    replica_.reset();
    throw sqlite::Failure(sqlite::Failure::Kind::corrupt, 0, message);
  }
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

std::string SimulatedDevice::opened_files() const {
  std::int64_t no_time = 0;
  SimulatedEnvironment chance(no_time, 1);
  return opened_pages(disk.image(), page_key(), chance);
}

void SimulatedDevice::copy_from(const SimulatedDevice& other) {
  std::filesystem::remove_all(disk.folder());
  std::filesystem::copy(other.disk.folder(), disk.folder(), std::filesystem::copy_options::recursive);
  disk.restore(other.disk.image());
}

// Hard links are the very files, as an image of the disk has them. They lie beside the folder: whoever copies it copies
// no backups.
SimulatedDevice::Backup SimulatedDevice::back_up(const Confirmed& what) {
  const std::string marks = name + " marks " + std::to_string(++backups_made_);
  Backup backup{disk.image(), what, disk.folder().parent_path() / marks};
  std::filesystem::create_directories(backup.marks);
  for (const auto& entry : std::filesystem::directory_iterator(disk.folder() / "spaces")) {
    if (entry.path().extension() != ".mark") continue;
    std::filesystem::create_hard_link(entry.path(), backup.marks / entry.path().filename());
  }
  return backup;
}

void SimulatedDevice::restore(const Backup& backup, InstallMark mark) {
  const auto spaces = disk.folder() / "spaces";
  disk.restore(backup.image, mark == InstallMark::lost ? "" : "spaces");
  std::vector<std::filesystem::path> marks;
  for (const auto& entry : std::filesystem::directory_iterator(spaces)) {
    if (entry.path().extension() == ".mark") marks.push_back(entry.path());
  }
  for (const auto& path : marks) std::filesystem::remove(path);
  if (mark == InstallMark::kept) {
    for (const auto& entry : std::filesystem::directory_iterator(backup.marks)) {
      std::filesystem::create_hard_link(entry.path(), spaces / entry.path().filename());
    }
  }
  confirmed = backup.confirmed;
}

}  // namespace plenary::simulation
