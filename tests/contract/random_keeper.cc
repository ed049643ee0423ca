// What the keeper of a random history does, and what former keepers and holders of the recovery key do.
#include <algorithm>

#include "tests/contract/random_history.h"

namespace plenary::contract {
namespace {

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

}  // namespace

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

}  // namespace plenary::contract
