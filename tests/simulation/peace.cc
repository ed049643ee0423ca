// The end: disks work, no connection breaks, one hub is honest, and everybody meets twice. Then all show the same.
#include <algorithm>

#include "tests/simulation/world.h"

namespace plenary::simulation {
namespace {

// What two devices hold differently, in words.
std::string difference(replica::Space& one, replica::Space& other) {
  std::string text;
  if (one.store().roster().tip() != other.store().roster().tip()) text += " other roster tips;";
  const auto lacks = [&](replica::Space& space, replica::Space& without, const char* whose) {
    for (const log::Head& head : space.store().causality().frontier()) {
      if (without.store().causality().is_delivered(head)) continue;
      const bool here = without.store().log_table().find(head).has_value();
      text += std::string(" ") + whose + (here ? " waits with " : " lacks ") + head.log.hex().substr(0, 8) + "." +
              std::to_string(head.number);
      for (const std::uint32_t number : space.store().log_table().strands_of(head.log)) {
        const store::Strand& strand = space.store().log_table().strand(number);
        text += " [" + std::to_string(strand.first) + ".." + std::to_string(strand.last.number) + " signed " +
                std::to_string(strand.head.head.number) + "]";
      }
      text += ";";
    }
  };
  lacks(one, other, "the second");
  lacks(other, one, "the first");
  return text;
}

}  // namespace

void World::heal() {
  if (!hubs_.front()->honest) {
    hubs_.insert(hubs_.begin(), std::make_unique<SimulatedHub>("hub0", folder_ / "hub0", now_ms_, step_));
    promises_->know_hub(hubs_.front()->transport().public_key());
  }
  SimulatedHub& hub = *hubs_.front();
  hub.disk.forget_fault();
  for (const auto& device : devices_) {
    if (!device->gone) device->disk.forget_fault();
  }
  everybody_meets(hub);
  help_where_hubs_cannot(hub);
  check_convergence(hub);
}

void World::everybody_meets(SimulatedHub& hub) {
  for (int round = 0; round < 3; ++round) {
    for (SimulatedDevice* device : members()) {
      (void)device->replica().set_hub(space_, hub.address());
      exchange(hub, {device}, {});
    }
  }
}

// Known limits, of which none loses anything, and in which what waits is shown:
//
// - What was sealed under a key that became void with its record stays unreadable, on the hub, for whoever learns of it
//   only now: the hub knows it by its head already, so that nobody sends it again. A file seals everything anew.
// - Whoever was granted on one branch of the roster, while a new key was made on the other, has no box of that key. The
//   keeper sees the alarm of two branches, and makes another key.
// - What was written by somebody who was never granted has no effect anywhere, and hubs do not take it: it is where a
//   file brought it.
void World::help_where_hubs_cannot(SimulatedHub& hub) {
  const auto all = members();
  const auto has_void_records = [&](SimulatedDevice* device) {
    const roster::Roster& roster = space_of(*device).store().roster();
    return !roster.empty() && roster.chain(roster.tip()).size() < roster.size();
  };
  const auto holds_work_of_strangers = [&](SimulatedDevice* device) {
    const auto works = device->replica().quarantined(space_);
    return works && !works->empty();
  };
  const bool keys_are_void = std::ranges::any_of(all, has_void_records);
  if (!keys_are_void && std::ranges::none_of(all, holds_work_of_strangers)) return;
  SimulatedDevice* const keeper = this->keeper();
  if (keys_are_void && keeper != nullptr) {
    (void)keeper->replica().rotate(space_);
    everybody_meets(hub);
  }
  for (int round = 0; round < 2; ++round) {
    for (SimulatedDevice* from : all) {
      const auto file = from->replica().export_day_end(space_);
      for (SimulatedDevice* to : all) {
        if (file && to != from) (void)to->replica().import_day_end(*file);
      }
    }
  }
  say("files went round");
  for (SimulatedDevice* device : all) promises_->check(*device);
}

// Honest members: whom the hub lets in.
void World::check_convergence(SimulatedHub& hub) {
  SimulatedDevice* first = nullptr;
  std::vector<SimulatedDevice*> honest;
  for (SimulatedDevice* device : members()) {
    replica::Space& space = space_of(*device);
    promises_->check_tables(*device);
    const auto access = hub.spaces().access(space_, device->replica().transport_key().public_key());
    if (access != sync::Access::member || device->dishonest) continue;
    if (space.current_key() == nullptr) continue;  // the keeper is lost, and with it whoever could make another key
    honest.push_back(device);
    if (first == nullptr) {
      first = device;
      continue;
    }
    const auto here = space.store().position(), there = space_of(*first).store().position();
    if (here.position != there.position) {
      throw Violation("Convergence: " + device->name + " and " + first->name +
                      " do not hold the same:" + difference(space, space_of(*first)));
    }
    if (here.digest != there.digest) {
      throw Violation("Convergence: " + device->name + " and " + first->name + " do not show the same");
    }
  }
  promises_->check_same_proofs(honest);
  say("peace");
}

}  // namespace plenary::simulation
