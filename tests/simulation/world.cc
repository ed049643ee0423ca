#include "tests/simulation/world.h"

#include <algorithm>

#include "core/crypto/random.h"
#include "tests/contract/example_schema.h"

namespace plenary::simulation {
namespace {

std::uint64_t mix(std::uint64_t seed) {
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
  return seed ^ (seed >> 31);
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::done:
      return "";
    case Ending::failed:
      return " (the disk failed)";
    case Ending::power_cut:
      return " (the power was cut)";
  }
  return "";
}

}  // namespace

World::World(std::uint64_t seed, std::filesystem::path folder, const Options& options)
    : random_(mix(seed)), folder_(std::move(folder)), options_(options), trace_(options.trace_lines) {
  crypto::initialise();
  seed_sqlite(seed + 1);
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  found();
}

World::~World() {
  for (const auto& device : devices_) device->close();
  for (const auto& hub : hubs_) hub->close();
  devices_.clear();
  hubs_.clear();
  std::filesystem::remove_all(folder_);
}

SimulatedDevice& World::make_device(const std::string& name) {
  const auto path = folder_ / name;
  devices_.push_back(std::make_unique<SimulatedDevice>(name, path, now_ms_, mix(random_.below(SIZE_MAX))));
  return *devices_.back();
}

void World::found() {
  const std::size_t hub_count = random_.pick({1, 1, 2});
  for (std::size_t i = 0; i < hub_count; ++i) {
    const std::string name = "hub" + std::to_string(i + 1);
    hubs_.push_back(std::make_unique<SimulatedHub>(name, folder_ / name, now_ms_, mix(random_.below(SIZE_MAX))));
  }
  const std::size_t people = 2 + random_.below(5);
  for (std::size_t i = 0; i < people; ++i) {
    SimulatedDevice& device = make_device("tablet" + std::to_string(i + 1));
    device.create();
    if (random_.chance(0.25))
      device.environment.wrong_by_ms = (static_cast<std::int64_t>(random_.below(21)) - 10) * kYearMs;
    device.dishonest = i > 0 && random_.chance(0.15);
  }
  SimulatedDevice& keeper = *devices_.front();
  const auto founded = keeper.replica().found_space("review_team", "Review", contract::role_named("lead")).value();
  space_ = founded.space;
  recovery_code_ = founded.recovery_code;
  keeper.joined = true;
  promises_ = std::make_unique<Promises>(space_);
  for (const auto& hub : hubs_) promises_->know_hub(hub->transport().public_key());
  (void)keeper.replica().set_hub(space_, hubs_.front()->address());
  for (std::size_t i = 1; i < people; ++i) {
    const Role role = contract::role_named(random_.pick({"reviewer", "reviewer", "shadow", "lead", "host"}));
    devices_[i]->invitation = keeper.replica().invite(space_, role, devices_[i]->name).value();
  }
  say("founded with " + std::to_string(people) + " tablets and " + std::to_string(hub_count) + " hubs");
}

std::span<const World::Choice> World::choices() {
  static constexpr Choice all[] = {
      {36, "edit", &World::edit},
      {6, "set", &World::set_and_look},
      {22, "sync", &World::sync},
      {5, "join", &World::join},
      {4, "resolve", &World::resolve},
      {3, "look", &World::look_around},
      {3, "write a file", &World::carry_file},
      {4, "take a file", &World::take_file},
      {1, "take a receipt", &World::take_receipt},
      {2, "take back half", &World::take_back_half},
      {7, "keeper", &World::keep},
      {1, "recover", &World::recover},
      {3, "restart", &World::restart},
      {2, "back up", &World::back_up},
      {1, "restore", &World::restore},
      {1, "clone", &World::clone},
      {1, "lose", &World::lose},
      {1, "fill the disk", &World::fill_disk},
      {2, "clock", &World::turn_clock},
      {1, "restart a hub", &World::restart_hub},
      {1, "back up a hub", &World::back_up_hub},
      {1, "restore a hub", &World::restore_hub},
      {2, "nonsense", &World::write_nonsense},
      {1, "fork", &World::write_fork},
      {1, "lies", &World::write_lies},
      {1, "forge", &World::forge_record},
      {1, "damage", &World::damage},
      {1, "corrupt a hub", &World::corrupt_hub},
      {1, "show two histories", &World::show_two_histories},
  };
  return all;
}

void World::random_step() {
  int total = 0;
  for (const Choice& choice : choices()) total += choice.weight;
  auto at = static_cast<int>(random_.below(static_cast<std::size_t>(total)));
  for (const Choice& choice : choices()) {
    at -= choice.weight;
    if (at >= 0) continue;
    (this->*choice.act)();
    return;
  }
}

SimulatedDevice* World::any_member() {
  std::vector<SimulatedDevice*> open;
  for (const auto& device : devices_) {
    if (device->is_open() && device->joined && !device->gone) open.push_back(device.get());
  }
  return open.empty() ? nullptr : random_.pick(open);
}

SimulatedDevice* World::keeper() {
  std::vector<SimulatedDevice*> keepers;
  for (const auto& device : devices_) {
    if (device->is_open() && device->joined && !device->gone && space_of(*device).is_keeper()) {
      keepers.push_back(device.get());
    }
  }
  return keepers.empty() ? nullptr : random_.pick(keepers);
}

std::vector<SimulatedDevice*> World::members() {
  std::vector<SimulatedDevice*> members;
  for (const auto& device : devices_) {
    if (device->is_open() && device->joined && !device->gone) members.push_back(device.get());
  }
  return members;
}

Ending World::act(SimulatedDevice& device, const std::string& what, const std::function<void()>& action) {
  if (random_.chance(0.06)) {
    const Fault fault = random_.pick({Fault::power_cut, Fault::power_cut, Fault::input_output, Fault::disk_full});
    device.disk.fail_in(1 + random_.below(random_.pick({8, 40, 150})), fault);
  }
  const Ending ending = device.attempt(action);
  device.disk.forget_fault();
  say(device.name + " " + what + name_of(ending));
  promises_->check(device);
  return ending;
}

void World::run() {
  for (step_ = 1; step_ <= options_.steps; ++step_) {
    now_ms_ += 1'000 + static_cast<std::int64_t>(random_.below(120'000));
    random_step();
    if (options_.check_tables_every > 0 && step_ % options_.check_tables_every == 0) {
      // Chosen without chance, so that looking more often changes nothing.
      const auto all = members();
      if (!all.empty()) promises_->check_tables(*all[step_ / options_.check_tables_every % all.size()]);
    }
  }
  heal();
}

}  // namespace plenary::simulation
