// What goes wrong without anybody's will: programs end, disks fill, files are old, tablets are lost, clocks are wrong.
#include "tests/simulation/world.h"

namespace plenary::simulation {

void World::restart() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  const bool is_orderly = random_.chance(0.5);
  if (is_orderly) {
    device->close();
    device->open();
    if (replica::Space* space = device->space(space_)) promises_->check_erased(*device, *space);
  } else {
    device->restart();
  }
  say(device->name + (is_orderly ? " is started anew" : " lost its power"));
  promises_->check(*device);
}

void World::back_up() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || device->backups.size() >= 3) return;
  promises_->check(*device);
  device->close();
  device->backups.push_back(device->back_up(device->confirmed));
  device->open();
  say(device->name + " is backed up");
}

void World::restore() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || device->backups.empty()) return;
  const auto mark = random_.chance(0.6) ? SimulatedDevice::InstallMark::lost : SimulatedDevice::InstallMark::kept;
  device->close();
  device->restore(random_.pick(device->backups), mark);
  device->open();
  say(device->name + " is restored from a backup");
  promises_->check(*device);
}

void World::clone() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || devices_.size() >= 8) return;
  promises_->check(*device);
  SimulatedDevice& copy = make_device(device->name + "c" + std::to_string(devices_.size()));
  device->close();
  copy.copy_from(*device);
  device->open();
  copy.open();
  copy.joined = device->joined;
  copy.confirmed = device->confirmed;
  copy.dishonest = device->dishonest;
  say(device->name + " is copied to " + copy.name);
  promises_->check(copy);
}

// For ever, with all that it had. The founder's tablet stays, so that somebody does.
void World::lose() {
  if (devices_.size() < 4 || !random_.chance(0.3)) return;
  SimulatedDevice& device = *devices_[1 + random_.below(devices_.size() - 1)];
  device.close();
  device.gone = true;
  say(device.name + " is lost");
}

void World::fill_disk() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  device->disk.limit(device->disk.size() + random_.below(20'000));
  for (int count = 0; count < 3; ++count) {
    const Ending ending = act(*device, "writes on a disk that fills up", [&] {
      const auto edit = device->replica().edit(space_);
      for (int notes = 0; notes < 6; ++notes) edit_record(*edit, *device);
      (void)edit->commit();
    });
    if (ending != Ending::done) break;
  }
  device->disk.limit(std::nullopt);
  promises_->check(*device);
}

void World::turn_clock() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  const auto years = static_cast<std::int64_t>(random_.below(21)) - 10;
  device->environment.wrong_by_ms = random_.chance(0.3) ? 0 : years * kYearMs;
  say(device->name + "'s clock is wrong by " + std::to_string(years) + " years");
}

void World::restart_hub() {
  SimulatedHub& hub = any_hub();
  hub.restart();
  say(hub.name + " lost its power");
}

void World::back_up_hub() {
  SimulatedHub& hub = any_hub();
  if (hub.backups.size() >= 3) return;
  hub.close();
  hub.backups.push_back(hub.back_up());
  hub.open();
  say(hub.name + " is backed up");
}

void World::restore_hub() {
  SimulatedHub& hub = any_hub();
  if (hub.backups.empty()) return;
  const bool is_said = hub.honest || random_.chance(0.5);
  if (is_said) {
    hub.restore(random_.pick(hub.backups));
  } else {
    hub.restore_in_silence(random_.pick(hub.backups));
  }
  say(hub.name + " is restored from a backup" + (is_said ? "" : ", in silence"));
}

}  // namespace plenary::simulation
