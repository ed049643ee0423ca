#include "tests/contract/random_history.h"

namespace plenary::contract {

RandomHistory::RandomHistory(std::uint64_t seed) : world(seed) {
  found();
  const int steps = world.random.pick({8, 12, 16, 22, 30, 44});
  const double risk = world.random.pick({0.1, 0.2, 0.35});
  for (int i = 0; i < steps; ++i) step(risk);
}

void RandomHistory::step(double risk) {
  if (world.random.chance(risk)) {
    const std::size_t chance = world.random.below(100);
    if (chance < 10 && devices.size() < 7) {
      devices.push_back(any_device().clone());
    } else if (chance < 26) {
      lose_device();
    } else if (chance < 32) {
      lose_two_devices();
    } else if (chance < 36) {
      any_device().upgrade();
    } else {
      keeper_acts();
    }
  } else if (world.random.chance(0.28)) {
    Device &giver = any_device(), &taker = any_device();
    if (&giver != &taker) exchange(giver, taker);
  } else {
    edit(any_device());
  }
}

roster::DeviceIdentity RandomHistory::identity(const DeviceKey& key) const {
  return {key, *TransportKey::from(key.span())};
}

void RandomHistory::found() {
  Random& random = world.random;
  const int count = random.pick({2, 3, 3, 4, 4, 5, 6});
  for (int i = 0; i < count; ++i) {
    devices.push_back(std::make_unique<Device>(world, random.id<DeviceKey>(), random.pick({2u, 2u, 2u, 1u})));
  }
  Device& first = *devices[0];
  recovery_ = devices[1]->key;  // the deputy's device also holds the recovery key
  roster::Found founding;
  founding.keeper = identity(first.key);
  founding.person = person_of(first.key);
  founding.role = role_named("lead");
  founding.recovery = recovery_;
  first.sign(founding);
  std::vector<std::string> roles{"lead", "reviewer", "reviewer", "host", "shadow", "reviewer"};
  random.shuffle(roles);
  for (int i = 1; i < count; ++i) {
    if (random.chance(0.1)) continue;
    roster::Grant grant;
    grant.device = identity(devices[i]->key);
    grant.person = person_of(random.chance(0.17) ? first.key : devices[i]->key);
    grant.role = role_named(roles[i]);
    first.sign(grant);
  }
  edit(first);
  edit(first);
  for (int i = 1; i < count; ++i)
    devices[i]->receive(random.chance(0.9) ? first.all_changes() : Changes{}, first.all_records());
  for (auto& device : devices) device->clock = random.pick({0, 0, 0, 100, -100});
}

// ---- meeting

void RandomHistory::exchange(Device& giver, Device& taker) {
  Random& random = world.random;
  Changes changes = giver.all_changes();
  Records records = giver.all_records();
  const std::size_t style = random.below(100);
  if (style < 25) {
    changes = random.half(changes);
  } else if (style < 55 && !changes.empty()) {
    const LogId log = random.pick(changes).log;
    std::erase_if(changes, [&](const log::Change& change) { return change.log != log; });
  }
  if (random.chance(0.2)) records = random.half(records);
  random.shuffle(changes);
  random.shuffle(records);
  lose_payloads(changes);
  if (taker.records.empty()) records = giver.all_records();
  taker.receive(changes, records);
  if (random.chance(0.5)) giver.receive(taker.all_changes(), taker.all_records());
  notice_own_fork(giver);
  notice_own_fork(taker);
}

// Sometimes what was typed is not passed on: its giver has destroyed it, or never had it.
void RandomHistory::lose_payloads(Changes& changes) {
  for (log::Change& change : changes) {
    if (change.operations.empty() || !world.random.chance(0.02)) continue;
    const log::RecordName record = world.random.pick(change.operations).record;
    for (log::Operation& operation : change.operations) {
      if (operation.record == record) operation.value.reset();
    }
    change.payload_missing = {record};
  }
}

// A device whose log shows more or other than it wrote goes on in a new log, if it notices (D11).
void RandomHistory::notice_own_fork(Device& device) {
  const auto heads = heads_of(device, device.log);
  const bool other = device.last.number > 0 && (heads.size() != 1 || heads.front() != device.last);
  if (other && world.random.chance(0.7)) device.new_incarnation();
}

// Its tail may be with others who have not yet passed it on; what depends on it may be elsewhere.
void RandomHistory::lose_device() {
  if (devices.size() < 4) return;
  const std::size_t which = 2 + world.random.below(devices.size() - 2);
  std::unique_ptr<Device> device = std::move(devices[which]);
  devices.erase(devices.begin() + static_cast<std::ptrdiff_t>(which));
  if (world.random.chance(0.4)) {
    Changes own = device->all_changes();
    std::erase_if(own, [&](const log::Change& change) { return change.log != device->log; });
    any_device().receive(own, device->all_records());
  }
  if (world.random.chance(0.3)) gone.push_back(std::move(device));
}

// Somebody saw what a colleague wrote last; then both tablets are lost, and only the log of the first was passed on.
// So changes are left that cite what may be nowhere, sometimes one branch of a fork.
void RandomHistory::lose_two_devices() {
  if (devices.size() < 4) return;
  const auto take = [&] {
    const std::size_t which = 2 + world.random.below(devices.size() - 2);
    std::unique_ptr<Device> device = std::move(devices[which]);
    devices.erase(devices.begin() + static_cast<std::ptrdiff_t>(which));
    return device;
  };
  const std::unique_ptr<Device> witness = take();
  std::unique_ptr<Device> author = take();
  if (world.random.chance(0.5)) any_device().meet(*author);
  const std::unique_ptr<Device> twin = author->clone();
  for (int count = world.random.pick({1, 1, 2, 3}); count > 0; --count) edit(*author);
  witness->receive(author->all_changes(), author->all_records());
  if (world.random.chance(0.4)) {
    edit(*twin);
    (world.random.chance(0.5) ? *witness : any_device()).receive(twin->all_changes(), twin->all_records());
  }
  for (int count = world.random.pick({1, 2}); count > 0; --count) edit(*witness);
  Changes left = witness->all_changes();
  std::erase_if(left, [&](const log::Change& change) { return change.log != witness->log; });
  Device& heir = any_device();
  heir.receive(left, witness->all_records());
  for (auto& device : devices) {
    if (device->is_keeper()) {
      if (device.get() != &heir) device->meet(heir);
      if (world.random.chance(0.7)) declare_lost(*device);
    }
  }
  if (world.random.chance(0.2)) gone.push_back(std::move(author));
}

// ---- the end of the history

Changes RandomHistory::changes() const {
  std::map<ChainValue, log::Change> all;
  for (const auto* group : {&devices, &gone}) {
    for (const auto& device : *group) all.insert(device->changes.begin(), device->changes.end());
  }
  Changes list;
  for (const auto& [chain, change] : all) list.push_back(change);
  return list;
}

Records RandomHistory::records() const {
  std::map<RosterHash, roster::Record> all;
  for (const auto* group : {&devices, &gone}) {
    for (const auto& device : *group) all.insert(device->records.begin(), device->records.end());
  }
  Records list;
  for (const auto& [hash, record] : all) list.push_back(record);
  return list;
}

}  // namespace plenary::contract
