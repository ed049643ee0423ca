// The end: disks work, no connection breaks, one hub is honest, and everybody meets twice. Then all show the same.
#include <algorithm>

#include "tests/simulation/world.h"

namespace plenary::simulation {

void World::heal() {
  if (!hubs_.front()->honest) {
    hubs_.insert(hubs_.begin(), std::make_unique<SimulatedHub>("hub0", folder_ / "hub0", now_ms_, step_));
  }
  SimulatedHub& hub = *hubs_.front();
  hub.disk.forget_fault();
  for (const auto& device : devices_) {
    if (!device->gone) device->disk.forget_fault();
  }
  everybody_meets(hub);
  check_convergence();
}

void World::everybody_meets(SimulatedHub& hub) {
  for (int round = 0; round < 3; ++round) {
    for (SimulatedDevice* device : members()) {
      (void)device->replica().set_hub(space_, hub.address());
      exchange(hub, {device}, {});
    }
  }
}

// Honest members, and those who were never removed and could read all along.
void World::check_convergence() {
  SimulatedDevice* first = nullptr;
  for (SimulatedDevice* device : members()) {
    replica::Space& space = space_of(*device);
    promises_->check_tables(*device);
    if (space.store().roster().empty()) continue;
    const auto* member = space.store().roster().standing().member(device->signing().public_key());
    if (member == nullptr || member->removed || device->dishonest) continue;
    if (first == nullptr) {
      first = device;
      continue;
    }
    const auto here = space.store().position(), there = space_of(*first).store().position();
    if (here.position != there.position) {
      throw Violation("Convergence: " + device->name + " and " + first->name + " do not hold the same");
    }
    if (here.digest != there.digest) {
      throw Violation("Convergence: " + device->name + " and " + first->name + " do not show the same");
    }
  }
  say("peace");
}

}  // namespace plenary::simulation
