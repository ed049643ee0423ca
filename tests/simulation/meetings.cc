// How what people write spreads: by hubs, by files, once or twice, in order or not.
#include <algorithm>

#include "core/roster/claim.h"
#include "tests/simulation/world.h"

namespace plenary::simulation {

void World::exchange(SimulatedHub& hub, const std::vector<SimulatedDevice*>& devices, const Weather& weather) {
  std::string names;
  // What a device learns in the meeting it may learn after it sealed; and it may learn there that a removal which it
  // knew is void, since the keeper's device was copied and the other copy decided otherwise.
  std::map<SimulatedDevice*, std::vector<RosterHash>> removals;
  for (SimulatedDevice* device : devices) removals[device] = promises_->known_removals(*device);
  SimulatedWire wire(hub, space_, weather, [&](SimulatedDevice& sender, const sync::StoreRequest& request) {
    promises_->check_sealing(sender.name, promises_->still_known(sender, removals.at(&sender)), request.items);
    for (const sync::Item& item : request.items) {
      if (captured_.size() < 200) captured_.push_back(item);
    }
  });
  for (SimulatedDevice* device : devices) {
    names += " " + device->name;
    wire.connect(*device);
  }
  wire.run();
  say(hub.name + " meets" + names + ": " + std::to_string(wire.bytes()) + " bytes, " +
      std::to_string(wire.up_to_date().size()) + " up to date");
  for (const std::string& refusal : wire.refusals()) say("    " + refusal);
  for (SimulatedDevice* device : devices) {
    device->disk.forget_fault();
    promises_->check(*device);
    const auto deception = wire.deceived().find(device);
    const bool heard_out = wire.up_to_date().contains(device) && wire.shown().contains(device);
    if (deception == wire.deceived().end() || !heard_out) continue;
    hub.disk.forget_fault();
    const auto access = hub.spaces().access(space_, device->replica().transport_key().public_key());
    if (access != sync::Access::member) continue;
    promises_->check_deception(*device, hub.signing(), deception->second, wire.alarmed().contains(device));
  }
}

void World::sync() {
  SimulatedHub& hub = any_hub();
  std::vector<SimulatedDevice*> devices;
  for (const auto& device : devices_) {
    const bool here = device->is_open() && device->joined && !device->gone;
    if (!here || !random_.chance(0.45)) continue;
    (void)device->attempt([&] { (void)device->replica().set_hub(space_, hub.address()); });
    devices.push_back(device.get());
  }
  if (devices.empty()) return;
  if (hub.two_faced && step_ % 2 == 0) hub.turn_around();
  Weather weather;
  weather.piece = random_.pick<std::size_t>({0, 0, 0, 700, 97});
  if (random_.chance(0.25)) weather.cut_after = random_.below(random_.pick({600, 4'000, 30'000}));
  SimulatedDevice& unlucky = *random_.pick(devices);
  const Fault fault = random_.pick({Fault::power_cut, Fault::input_output, Fault::disk_full});
  if (random_.chance(0.08)) unlucky.disk.fail_in(1 + random_.below(200), fault);
  if (random_.chance(0.08)) hub.disk.fail_in(1 + random_.below(150), fault);
  exchange(hub, devices, weather);
  unlucky.disk.forget_fault();
  hub.disk.forget_fault();
}

void World::carry_file() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  act(*device, "writes a day-end file", [&] {
    if (auto file = device->replica().export_day_end(space_)) files_.push_back({device->name, *std::move(file)});
  });
  if (files_.size() > 8) files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(random_.below(files_.size())));
}

void World::take_file() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || files_.empty()) return;
  File file = random_.pick(files_);
  const bool damaged = random_.chance(0.1);
  if (damaged) file.bytes[random_.below(file.bytes.size())] ^= std::byte{1};
  const Ending ending = act(*device, "takes the file of " + file.from + (damaged ? ", damaged" : ""), [&] {
    const auto taken = device->replica().import_day_end(file.bytes);
    if (taken && damaged) throw Violation("T3: " + device->name + " took a damaged file");
  });
  const bool wants_to_confirm = ending == Ending::done && !damaged && random_.chance(0.3);
  if (!wants_to_confirm) return;
  (void)device->attempt([&] {
    if (auto receipt = device->replica().receipt(space_)) files_.push_back({device->name, *std::move(receipt)});
  });
}

void World::take_receipt() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  act(*device, "seals the day", [&] { (void)device->replica().seal_day(space_, now_ms_ - 3'600'000); });
}

// Half of what one tablet has is brought to another, in any order, some of it twice.
void World::take_back_half() {
  SimulatedDevice* const from = any_member();
  SimulatedDevice* const to = any_member();
  if (from == nullptr || from == to) return;
  std::vector<sync::Item> items;
  (void)from->attempt([&] {
    auto& source = from->replica().sync();
    const auto inventory = *source.inventory(space_);
    const auto add = [&](sync::ItemKind kind, std::optional<Bytes> bytes) {
      sync::Item item;
      item.kind = kind;
      if (bytes) item.bytes = *std::move(bytes);
      if (bytes && random_.chance(0.7)) items.push_back(std::move(item));
    };
    for (const RosterHash& hash : inventory.roster) add(sync::ItemKind::roster, source.roster_record(space_, hash));
    std::vector<sync::LogWant> wants;
    for (const log::Head& head : inventory.frontier) {
      if (wants.empty() || wants.back().log != head.log) wants.push_back({head.log, {}});
    }
    for (const auto& ref : source.missing_segments(space_, wants)) {
      add(sync::ItemKind::segment, source.segment(space_, ref));
    }
    for (const auto& name : inventory.notices) add(name.kind, source.notice(space_, name));
  });
  promises_->check(*from);
  promises_->check_sealing(from->name, promises_->known_removals(*from), items);
  random_.shuffle(items);
  if (!captured_.empty()) items.push_back(random_.pick(captured_));
  act(*to, "gets half of what " + from->name + " has, in any order", [&] {
    to->replica().sync().store(space_, items);
    (void)to->replica().ratify(space_);
  });
}

}  // namespace plenary::simulation
