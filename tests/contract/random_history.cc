#include "tests/contract/random_history.h"

namespace plenary::contract {
namespace {

PersonId person_of(const DeviceKey& key) {
  PersonId person;
  std::copy_n(key.bytes.begin(), PersonId::kSize, person.bytes.begin());
  return person;
}

std::vector<LogId> logs_of(const Device& device, const DeviceKey* key = nullptr) {
  std::vector<LogId> found;
  const log::Causality& causality = device.space().causality();
  for (std::uint32_t lane = 0; lane < causality.lane_count(); ++lane) {
    if (!key || causality.author_of(lane) == *key) found.push_back(causality.log_of(lane));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<log::Head> heads_of(const Device& device, const LogId& log) {
  log::Frontier heads = device.space().causality().frontier();
  std::erase_if(heads, [&](const log::Head& head) { return head.log != log; });
  return heads;
}

}  // namespace

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

// ---- the keeper

void RandomHistory::sign(Device& device, roster::Body body) {
  std::optional<RosterHash> after;
  if (world.random.chance(0.03)) {  // a cloned keeper: two records in one place
    const auto chain = device.space().roster().chain(device.space().roster().tip());
    const roster::Record* at = world.random.pick(chain);
    if (at->epoch == chain.back()->epoch) after = at->hash;
  }
  device.sign(std::move(body), after);
}

void RandomHistory::keeper_acts() {
  std::vector<Device*> keepers;
  for (auto& device : devices) {
    if (device->is_keeper()) keepers.push_back(device.get());
  }
  Device& keeper = keepers.empty() ? *devices[0] : *world.random.pick(keepers);
  Random& random = world.random;
  if (!keeper.is_keeper() || random.chance(0.08)) return act_after_the_end(keeper);
  const std::size_t chance = random.below(100);
  const Role role = role_named(random.pick({"shadow", "reviewer", "lead", "host"}));
  if (chance < 40) return act_on_trouble(keeper);
  if (chance < 56) {
    const DeviceKey key = some_member(keeper);
    const bool deputy = key == devices[0]->key || key == recovery_;
    if (deputy && !random.chance(0.2)) return;
    return sign(keeper, roster::Remove{key, some_cuts(keeper, key), std::nullopt});
  }
  if (chance < 63) {
    const DeviceKey key = some_member(keeper);
    return sign(keeper, roster::ChangeRole{key, role, some_cuts(keeper, key)});
  }
  if (chance < 72) return sign(keeper, some_erasure(keeper));
  if (chance < 79) return grant(keeper);
  if (chance < 84) return sign(keeper, roster::HandOver{identity(any_device().key), std::nullopt});
  if (chance < 89) return recover();
  if (chance < 92) return sign(keeper, roster::Rotate{});
  if (chance < 94) return sign(keeper, roster::UnknownBody{200});
  decline(keeper);
}

void RandomHistory::act_on_trouble(Device& keeper) {
  const log::Causality& causality = keeper.space().causality();
  std::vector<void (RandomHistory::*)(Device&)> acts;
  if (!keeper.space().quarantine().empty()) acts.push_back(&RandomHistory::readmit);
  const auto logs = causality.logs();
  if (std::any_of(logs.begin(), logs.end(), [&](const LogId& log) { return causality.is_forked(log); })) {
    acts.push_back(&RandomHistory::name_branch);
  }
  if (!causality.waiting().empty() || world.random.chance(0.1)) acts.push_back(&RandomHistory::declare_lost);
  if (!acts.empty()) (this->*world.random.pick(acts))(keeper);
}

// A former keeper goes on signing in the epoch that was its own; such records are void.
void RandomHistory::act_after_the_end(Device& device) {
  const roster::Roster& roster = device.space().roster();
  std::vector<const roster::Record*> own;
  for (const roster::Record* record : roster.records()) {
    if (roster.standing_at(record->hash)->keeper.signing == device.key) own.push_back(record);
  }
  if (own.empty()) return;
  const RosterHash after = own.back()->hash;
  switch (world.random.below(4)) {
    case 0:
      device.sign(roster::Remove{any_device().key, {}, std::nullopt}, after);
      return;
    case 1:
      device.sign(some_erasure(device), after);
      return;
    case 2:
      device.sign(roster::HandOver{identity(any_device().key), std::nullopt}, after);
      return;
    default:
      device.sign(roster::Rotate{}, after);
  }
}

roster::Cuts RandomHistory::some_cuts(const Device& keeper, const DeviceKey& key) {
  roster::Cuts cuts;
  const log::Causality& causality = keeper.space().causality();
  for (const LogId& log : logs_of(keeper, &key)) {
    if (!world.random.chance(0.9)) continue;
    const log::Head head = world.random.pick(heads_of(keeper, log));
    log::Place at = *causality.find(head.log, head.number, head.chain);
    while (causality.previous_of(at) && world.random.chance(0.4)) at = *causality.previous_of(at);
    cuts[log] = {at.number, causality.chain_of(at)};
  }
  return cuts;
}

DeviceKey RandomHistory::some_member(const Device& keeper) {
  std::vector<DeviceKey> keys;
  for (const auto& [key, member] : keeper.standing().people) keys.push_back(key);
  return world.random.pick(keys);
}

void RandomHistory::grant(Device& keeper) {
  Random& random = world.random;
  if (random.chance(0.3)) {
    return sign(keeper, roster::Invite{random.id<InvitationId>(), role_named("reviewer"), {}, {}});
  }
  const roster::Standing& standing = keeper.standing();
  std::vector<DeviceKey> strangers;
  for (const auto& device : devices) {
    if (!standing.people.contains(device->key)) strangers.push_back(device->key);
  }
  const DeviceKey key = strangers.empty() ? some_member(keeper) : random.pick(strangers);
  roster::Grant grant;
  grant.device = identity(key);
  grant.person = person_of(key);
  grant.role = role_named("reviewer");
  if (!standing.invitations.empty() && random.chance(0.7)) grant.invitation = standing.invitations.begin()->first;
  sign(keeper, grant);
}

void RandomHistory::readmit(Device& keeper) {
  const auto quarantine = keeper.space().quarantine();
  const auto which = std::next(quarantine.begin(), static_cast<std::ptrdiff_t>(world.random.below(quarantine.size())));
  const log::Head last = keeper.space().causality().head_of(which->first);
  const Role role = role_named(world.random.pick({"reviewer", "reviewer", "shadow", "lead"}));
  const auto first = static_cast<std::uint32_t>(1 + world.random.below(last.number));
  sign(keeper, roster::Readmit{last.log, first, last.number, last.chain, role});
}

void RandomHistory::name_branch(Device& keeper) {
  std::vector<LogId> forked = keeper.space().causality().logs();
  std::erase_if(forked, [&](const LogId& log) { return !keeper.space().causality().is_forked(log); });
  const log::Head head = world.random.pick(heads_of(keeper, world.random.pick(forked)));
  sign(keeper, roster::Branch{head.log, head.number, head.chain});
}

// Usually a log that something waits for.
void RandomHistory::declare_lost(Device& keeper) {
  std::vector<LogId> wanted;
  for (const log::Head& waiting : keeper.space().causality().waiting()) {
    for (const log::Head& head : keeper.changes.at(waiting.chain).seen) {
      if (!keeper.has(head.chain)) wanted.push_back(head.log);
    }
  }
  if (wanted.empty()) wanted = logs_of(keeper);
  if (wanted.empty()) return;
  const LogId log = world.random.pick(wanted);
  const auto heads = heads_of(keeper, log);
  const log::Head end = heads.empty() ? log::Head{log, 0, {}} : world.random.pick(heads);
  sign(keeper, roster::Lost{log, end.number, end.chain});
}

void RandomHistory::decline(Device& keeper) {
  std::vector<roster::Decline> open;
  for (const roster::Record* erasure : keeper.space().roster().void_erasures()) open.push_back({erasure->hash});
  for (const auto& [record, entry] : keeper.space().records()) {
    for (const merge::Write& write : entry.writes) {
      if (write.operation->kind != log::OperationKind::hide) continue;
      open.push_back({std::pair{keeper.space().causality().head_of(write.place), write.index}});
    }
  }
  if (!open.empty()) sign(keeper, world.random.pick(open));
}

// By the holder of the recovery key, from what it knows; sometimes a second time with the old key.
void RandomHistory::recover() {
  std::vector<Device*> holders;
  for (auto& device : devices) {
    if (device->key == recovery_) holders.push_back(device.get());
  }
  if (holders.empty()) return;
  Device& holder = *world.random.pick(holders);
  const roster::Roster& roster = holder.space().roster();
  std::vector<RosterHash> usable;
  for (const roster::Record* record : roster.chain(roster.tip())) {
    if (roster.standing_at(record->hash)->recovery == holder.key) usable.push_back(record->hash);
  }
  if (usable.empty()) return;
  const DeviceKey next = world.random.chance(0.5) ? holder.key : world.random.id<DeviceKey>();
  const RosterHash after = usable[usable.size() - 1 - world.random.below(std::min<std::size_t>(2, usable.size()))];
  holder.sign(roster::Recover{identity(world.random.pick({devices[0]->key, holder.key})), next, std::nullopt}, after);
}

roster::Body RandomHistory::some_erasure(const Device& device) {
  const auto& records = device.space().records();
  if (records.empty()) return roster::Rotate{};
  const auto which = std::next(records.begin(), static_cast<std::ptrdiff_t>(world.random.below(records.size())));
  const log::Causality& causality = device.space().causality();
  roster::Erase erase{which->first, {}};
  if (auto* origin = std::get_if<log::WriteName>(&erase.record.origin)) {
    // A keeper always names the branch: a fork may be found later.
    const auto place = causality.resolve(origin->change);
    if (!place) return roster::Rotate{};
    origin->change.branch = log::branch_of(causality.chain_of(*place));
  }
  const auto& writes = which->second.writes;
  if (world.random.chance(0.6)) erase.changes.push_back(causality.head_of(world.random.pick(writes).place));
  return erase;
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
