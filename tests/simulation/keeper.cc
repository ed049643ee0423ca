// Who may do what: the roster, signed as the keeper's program signs it.
#include <algorithm>

#include "tests/contract/example_schema.h"
#include "tests/simulation/world.h"

namespace plenary::simulation {
namespace {

Role some_role(contract::Random& random) {
  return contract::role_named(random.pick({"shadow", "reviewer", "reviewer", "lead", "host"}));
}

std::vector<LogId> logs_of(replica::Space& space, const DeviceKey* author) {
  std::set<LogId> logs;
  for (const store::Strand& strand : space.store().log_table().strands()) {
    if (author == nullptr || strand.descriptor.author == *author) logs.insert(strand.log);
  }
  return {logs.begin(), logs.end()};
}

std::vector<log::Head> heads_of(replica::Space& space, const LogId& log) {
  std::vector<log::Head> heads;
  for (const log::Head& head : space.store().causality().frontier()) {
    if (head.log == log) heads.push_back(head);
  }
  return heads;
}

}  // namespace

void World::sign(SimulatedDevice& device, roster::Body body, const crypto::SigningKey& key,
                 std::optional<RosterHash> after) {
  replica::Space& space = space_of(device);
  const roster::Roster& roster = space.store().roster();
  const bool opening = std::holds_alternative<roster::HandOver>(body) || std::holds_alternative<roster::Recover>(body);
  roster::Record record;
  record.previous = after.value_or(roster.tip());
  record.epoch = roster.find(record.previous)->epoch + (opening ? 1 : 0);
  record.body = std::move(body);
  const auto signed_record = roster::sign_record(space_, record, key);
  sync::Item item;
  item.kind = sync::ItemKind::roster;
  item.bytes = roster::encode_signed_record(signed_record.signed_record());
  device.replica().sync().store(space_, {item});
}

// Wrapped for everybody who stays.
roster::WrappedKey World::new_key(SimulatedDevice& device, const DeviceKey* except) {
  replica::Space& space = space_of(device);
  std::vector<TransportKey> readers;
  for (const auto& [key, member] : space.store().roster().standing().people) {
    if (!member.removed && (except == nullptr || key != *except)) readers.push_back(member.device.transport);
  }
  const auto key = seal::make_space_key(device.environment);
  return seal::wrap_key(key, space.current_key(), readers, device.environment);
}

roster::Cuts World::some_cuts(SimulatedDevice& keeper, const DeviceKey& key) {
  roster::Cuts cuts;
  replica::Space& space = space_of(keeper);
  const log::Causality& causality = space.store().causality();
  for (const LogId& log : logs_of(space, &key)) {
    const auto heads = heads_of(space, log);
    if (heads.empty() || !random_.chance(0.9)) continue;
    const log::Head head = random_.pick(heads);
    log::Place at = *causality.find(head.log, head.number, head.chain);
    while (causality.previous_of(at) && random_.chance(0.2)) at = *causality.previous_of(at);
    cuts[log] = {at.number, causality.chain_of(at)};
  }
  return cuts;
}

// A keeper whose tablet was put back asks somebody first, as the program wants it, but for some who cannot wait.
bool World::waits_with_decisions(SimulatedDevice& keeper) {
  if (!space_of(keeper).is_roster_restored()) return false;
  if (random_.chance(0.2)) {
    (void)keeper.replica().decide_anyway(space_);
    return false;
  }
  say(keeper.name + " waits with decisions until somebody has shown it the roster");
  return true;
}

void World::keep() {
  SimulatedDevice* const device = keeper();
  if (device == nullptr || waits_with_decisions(*device)) return;
  using Act = void (World::*)(SimulatedDevice&);
  const auto [name, what] = random_.pick({std::pair<const char*, Act>{"invites", &World::invite},
                                          {"invites", &World::invite},
                                          {"removes somebody", &World::remove},
                                          {"removes somebody", &World::remove},
                                          {"changes a role", &World::change_role},
                                          {"re-admits", &World::readmit},
                                          {"re-admits", &World::readmit},
                                          {"names a branch", &World::name_branch},
                                          {"declares a log lost", &World::declare_lost},
                                          {"erases", &World::erase},
                                          {"erases", &World::erase},
                                          {"declines", &World::decline},
                                          {"rotates", &World::rotate},
                                          {"hands over", &World::hand_over}});
  act(*device, std::string(name), [&] {
    if (space_of(*device).current_key() != nullptr) (this->*what)(*device);
  });
}

void World::invite(SimulatedDevice& keeper) {
  if (devices_.size() >= 8) return;
  const auto link = keeper.replica().invite(space_, some_role(random_), "somebody");
  if (!link) return;
  SimulatedDevice& device = make_device("tablet" + std::to_string(devices_.size() + 1));
  device.create();
  device.invitation = *link;
}

void World::remove(SimulatedDevice& keeper) {
  std::vector<SimulatedDevice*> others;
  for (const auto& device : devices_) {
    const auto* member = device->joined && device->space(space_) != nullptr
                             ? space_of(keeper).store().roster().standing().member(device->signing().public_key())
                             : nullptr;
    const bool is_another = device.get() != &keeper && device->is_open();
    if (is_another && member != nullptr && device->signing().public_key() != keeper.signing().public_key()) {
      others.push_back(device.get());
    }
  }
  // Two should stay, or there is nothing left to compare.
  if (others.size() < 2) return;
  SimulatedDevice& removed = *random_.pick(others);
  const DeviceKey key = removed.signing().public_key();
  const auto before = space_of(keeper).store().roster().tip();
  if (random_.chance(0.6)) {
    (void)keeper.replica().remove(space_, key, "left");
  } else {
    sign(keeper, roster::Remove{key, some_cuts(keeper, key), new_key(keeper, &key)}, keeper.signing());
  }
  const auto after = space_of(keeper).store().roster().tip();
  if (after != before) promises_->expect_unreadable(after, space_of(removed).keys(), key);
}

void World::change_role(SimulatedDevice& keeper) {
  std::vector<DeviceKey> keys;
  for (const auto& [key, member] : space_of(keeper).store().roster().standing().people) keys.push_back(key);
  const DeviceKey key = random_.pick(keys);
  if (random_.chance(0.5)) return (void)keeper.replica().change_role(space_, key, some_role(random_));
  sign(keeper, roster::ChangeRole{key, some_role(random_), some_cuts(keeper, key)}, keeper.signing());
}

void World::readmit(SimulatedDevice& keeper) {
  if (random_.chance(0.6)) {
    const auto works = keeper.replica().quarantined(space_);
    if (works && !works->empty()) (void)keeper.replica().readmit(space_, random_.pick(*works));
    return;
  }
  replica::Space& space = space_of(keeper);
  std::vector<log::Head> quarantined;
  const merge::View& view = space.store().view();
  for (const log::Head& head : space.store().causality().frontier()) {
    const auto place = space.store().causality().find(head.log, head.number, head.chain);
    if (view.right(*place).role == kNoRole) quarantined.push_back(head);
  }
  if (quarantined.empty()) return;
  const log::Head last = random_.pick(quarantined);
  const auto first = static_cast<std::uint32_t>(1 + random_.below(last.number));
  sign(keeper, roster::Readmit{last.log, first, last.number, last.chain, some_role(random_)}, keeper.signing());
}

void World::name_branch(SimulatedDevice& keeper) {
  replica::Space& space = space_of(keeper);
  auto forked = space.store().causality().logs();
  std::erase_if(forked, [&](const LogId& log) { return !space.store().causality().is_forked(log); });
  if (forked.empty()) return;
  const log::Head head = random_.pick(heads_of(space, random_.pick(forked)));
  sign(keeper, roster::Branch{head.log, head.number, head.chain}, keeper.signing());
}

// Only where something waits, or the tablet is known to be lost: what is declared lost in error stays quarantined.
void World::declare_lost(SimulatedDevice& keeper) {
  replica::Space& space = space_of(keeper);
  const bool something_waits = !space.store().causality().waiting().empty();
  const auto logs = logs_of(space, nullptr);
  if (logs.empty() || (!something_waits && !random_.chance(0.1))) return;
  const LogId log = random_.pick(logs);
  const auto heads = heads_of(space, log);
  const log::Head end = heads.empty() ? log::Head{log, 0, {}} : random_.pick(heads);
  sign(keeper, roster::Lost{log, end.number, end.chain}, keeper.signing());
}

void World::erase(SimulatedDevice& keeper) {
  if (records_.empty()) return;
  const Note note = random_.pick(records_);
  replica::Space& space = space_of(keeper);
  const auto before = space.store().roster().tip();
  if (!keeper.replica().erase(space_, note.id, {})) return;
  const auto words = words_.find(note.id.text);
  const auto after = space.store().roster().tip();
  if (after == before || words == words_.end()) return;
  promises_->expect_erased(after, words->second);
}

void World::decline(SimulatedDevice& keeper) {
  const auto erasures = space_of(keeper).store().roster().void_erasures();
  if (erasures.empty()) return;
  sign(keeper, roster::Decline{random_.pick(erasures)->hash}, keeper.signing());
}

void World::rotate(SimulatedDevice& keeper) {
  (void)keeper.replica().rotate(space_);
}

void World::hand_over(SimulatedDevice& keeper) {
  std::vector<DeviceKey> others;
  for (const auto& [key, member] : space_of(keeper).store().roster().standing().people) {
    if (!member.removed) others.push_back(key);
  }
  if (!others.empty()) (void)keeper.replica().hand_over(space_, random_.pick(others));
}

// Somebody found the printed code, or one that was used up, and types it on any device.
void World::recover() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || !random_.chance(0.4)) return;
  act(*device, "recovers the space", [&] {
    const auto next = device->replica().recover(space_, recovery_code_);
    if (next && random_.chance(0.7)) recovery_code_ = *next;
  });
}

}  // namespace plenary::simulation
