// What goes wrong by somebody's will: members who write what no program would, hubs that hide, forget and pretend.
#include <algorithm>

#include "core/log/frontier.h"
#include "tests/contract/example_schema.h"
#include "tests/simulation/world.h"

namespace plenary::simulation {
namespace {

using log::OperationKind;

// A change that an honest program would have written now, without operations.
log::Change honest_header(SimulatedDevice& device, replica::Space& space, const ForgedLog& log) {
  log::Change change;
  change.roster = space.store().roster().tip();
  change.time_ms = device.environment.now_ms();
  change.schema = space.store().schema().newest;
  if (log.length() > 0) return change;  // what its first change cited
  for (const log::Head& head : space.store().causality().frontier()) {
    if (head.log != log.log()) change.seen.push_back(head);
  }
  return change;
}

log::ChangeName some_change(contract::Random& random, const log::Causality& causality, const ForgedLog& log) {
  const auto frontier = causality.frontier();
  if (frontier.empty() || random.chance(0.3)) return log.next();
  const log::Head head = random.pick(frontier);
  auto place = *causality.find(head.log, head.number, head.chain);
  while (causality.previous_of(place) && random.chance(0.5)) place = *causality.previous_of(place);
  return causality.name_of(place);
}

log::Operation some_operation(contract::Random& random, const log::Causality& causality, const ForgedLog& log) {
  const auto name = [&] {
    return log::WriteName{some_change(random, causality, log), static_cast<std::uint32_t>(random.below(4))};
  };
  log::Operation operation;
  operation.kind = static_cast<OperationKind>(1 + random.below(10));
  operation.record = {static_cast<std::uint32_t>(random.below(9)), name()};
  if (random.chance(0.2)) operation.record.origin = OriginTag{};
  const bool has_field = log::has_value(operation.kind) || operation.kind == OperationKind::remove ||
                         operation.kind == OperationKind::strike;
  if (has_field) operation.field = static_cast<std::uint32_t>(1 + random.below(7));
  if (log::has_value(operation.kind)) operation.value = random.pick({"", "x", "done", "zwei Wörter"});
  if (operation.kind == OperationKind::insert) {
    operation.value = "äbc";
    operation.length = 3;
    const auto anchor = [&] { return log::Anchor{name(), static_cast<std::uint32_t>(random.below(5))}; };
    if (random.chance(0.5)) operation.left = anchor();
    if (random.chance(0.5)) operation.right = anchor();
  }
  if (operation.kind == OperationKind::remove) operation.targets = {name()};
  if (operation.kind == OperationKind::hide && random.chance(0.5)) operation.changes = {name().change};
  if (operation.kind == OperationKind::strike) {
    operation.ranges = {{name(), static_cast<std::uint32_t>(random.below(5)), 1}};
  }
  return operation;
}

}  // namespace

ForgedLog* World::forged_log() {
  std::vector<SimulatedDevice*> dishonest;
  for (SimulatedDevice* device : members()) {
    const bool can_seal = device->space(space_)->current_key() != nullptr;
    if (device->dishonest && can_seal) dishonest.push_back(device);
  }
  if (dishonest.empty()) return nullptr;
  forger_ = random_.pick(dishonest);
  auto& log = forged_[forger_];
  if (!log) log = std::make_unique<ForgedLog>(space_, *forger_);
  return log.get();
}

// To a colleague, as by a file; or to a hub.
void World::deliver(const sync::Item& item, const std::string& what) {
  SimulatedDevice* const device = any_member();
  if (random_.chance(0.5) && device != nullptr) {
    act(*device, "gets " + what + " from " + forger_->name, [&] { device->replica().sync().store(space_, {item}); });
    return;
  }
  SimulatedHub& hub = any_hub();
  const sync::StoreRequest request{1, space_, forger_->replica().transport_key().public_key(), "", {item}};
  const auto outcome = hub.store({request}).outcomes.at(0);
  say(hub.name + " gets " + what + " from " + forger_->name + (outcome.refused.empty() ? "" : ", and refuses it"));
}

// T12: operations that fit no field, on what is not there; kinds and types that nobody knows.
void World::write_nonsense() {
  ForgedLog* const log = forged_log();
  if (log == nullptr) return;
  replica::Space& space = space_of(*forger_);
  const std::uint32_t first = log->length() + 1;
  for (int count = random_.pick({1, 1, 3}); count > 0; --count) {
    log::Change change = honest_header(*forger_, space, *log);
    for (int operations = random_.pick({1, 2, 5}); operations > 0; --operations) {
      const log::Operation operation = some_operation(random_, space.store().causality(), *log);
      change.operations.push_back(operation);
    }
    log->append(std::move(change));
  }
  if (const auto item = log->segment(random_.chance(0.8) ? first : 1)) deliver(*item, "nonsense");
}

// T8: two changes in one place, each shown to somebody else.
void World::write_fork() {
  ForgedLog* const log = forged_log();
  if (log == nullptr) return;
  const std::uint32_t first = log->length() + 1;
  for (int branch = 0; branch < 2; ++branch) {
    // Anew for each: the forger may be who gets the first branch, and lose its power over it.
    replica::Space& space = space_of(*forger_);
    if (branch == 1) log->take_back();
    log::Change change = honest_header(*forger_, space, *log);
    log::Operation create;
    create.record = {contract::type_number("note"), log::WriteName{log->next(), 0}};
    log::Operation set = create;
    set.kind = OperationKind::set;
    set.field = contract::field_number(create.record.type, "year");
    set.value = branch == 0 ? "3" : "4";
    change.operations = {create, set};
    log->append(std::move(change));
    if (const auto item = log->segment(random_.chance(0.7) ? first : 1)) deliver(*item, "one branch of a fork");
  }
}

// Headers that claim to have seen what they did not, or what is nowhere; roster records that are not there.
void World::write_lies() {
  ForgedLog* const log = forged_log();
  if (log == nullptr) return;
  replica::Space& space = space_of(*forger_);
  const log::Causality& causality = space.store().causality();
  log::Change change = honest_header(*forger_, space, *log);
  const auto frontier = causality.frontier();
  const std::size_t lie = random_.below(4);
  if (lie == 0) change.seen.clear();
  if (lie == 1) change.seen = {log::Head{random_.id<LogId>(), 1, random_.id<ChainValue>()}};
  if (lie == 2) change.roster = random_.chance(0.5) ? RosterHash{} : random_.id<RosterHash>();
  if (lie == 3 && !frontier.empty()) {
    log::Head head = random_.pick(frontier);
    ++head.number;
    head.chain = random_.id<ChainValue>();
    if (head.log != log->log()) change.seen = {head};
  }
  change.time_ms += (static_cast<std::int64_t>(random_.below(21)) - 10) * kYearMs;
  change.operations = {some_operation(random_, causality, *log)};
  // A log whose header waits for ever waits as a whole: the liar begins another one.
  log->append(std::move(change));
  if (const auto item = log->segment(1)) deliver(*item, "lies");
  forged_.erase(forger_);
}

// T9: a member signs as if it were the keeper.
void World::forge_record() {
  SimulatedDevice* const forger = any_member();
  SimulatedDevice* const victim = any_member();
  if (forger == nullptr || space_of(*forger).store().roster().empty()) return;
  const auto& roster = space_of(*forger).store().roster();
  const bool is_keeper = roster.standing().keeper.signing == forger->signing().public_key();
  if (is_keeper) return;
  std::vector<DeviceKey> people;
  for (const auto& [key, member] : roster.standing().people) people.push_back(key);
  roster::Record record;
  record.previous = roster.tip();
  record.epoch = roster.standing().epoch;
  record.body = roster::Remove{random_.pick(people), {}, std::nullopt};
  const bool takes_over = random_.chance(0.5);
  if (takes_over) {
    ++record.epoch;
    record.body = roster::HandOver{forger->identity(), std::nullopt};
  }
  const auto forged = roster::sign_record(space_, record, forger->signing());
  promises_->expect_no_effect(forged.record().hash);
  sync::Item item;
  item.kind = sync::ItemKind::roster;
  item.bytes = roster::encode_signed_record(forged.signed_record());
  forger_ = forger;
  act(*victim, "gets a forged roster record from " + forger->name,
      [&] { victim->replica().sync().store(space_, {item}); });
  const sync::StoreRequest request{1, space_, forger->replica().transport_key().public_key(), "", {item}};
  (void)any_hub().store({request});
}

// T3: a flipped bit anywhere in what passes is noticed.
void World::damage() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || captured_.empty()) return;
  sync::Item item = random_.pick(captured_);
  item.bytes[random_.below(item.bytes.size())] ^= static_cast<std::byte>(1U << random_.below(8));
  replica::Space& space = space_of(*device);
  const Digest before = space.store().position().position;
  const Ending ending = act(*device, "gets a damaged item", [&] {
    const auto stored = device->replica().sync().store(space_, {item});
    if (stored.changes_new + stored.roster_new > 0) throw Violation("T3: " + device->name + " took a damaged item");
  });
  if (ending == Ending::done && space_of(*device).store().position().position != before) {
    throw Violation("T3: a damaged item changed what " + device->name + " shows");
  }
}

// One that was dishonest before, or sometimes becomes it now. Null: it remains honest.
SimulatedHub* World::dishonest_hub() {
  SimulatedHub& hub = any_hub();
  if (hub.honest && !random_.chance(0.3)) return nullptr;
  hub.honest = false;
  return &hub;
}

// It withholds a log, forgets what it acknowledges, goes back to an old state and says nothing, or shows two histories.
void World::corrupt_hub() {
  SimulatedHub* const corrupted = dishonest_hub();
  if (corrupted == nullptr) return;
  SimulatedHub& hub = *corrupted;
  hub.withheld.clear();
  hub.drops = false;
  hub.two_faced = false;
  const std::size_t way = random_.below(4);
  if (way == 0) hub.drops = true;
  if (SimulatedDevice* const device = any_member(); way == 1 && device != nullptr) {
    const auto logs = space_of(*device).store().causality().logs();
    if (!logs.empty()) hub.withheld.insert(random_.pick(logs));
  }
  if (way == 2 && !hub.backups.empty()) hub.restore_in_silence(random_.pick(hub.backups));
  hub.two_faced = way == 3;
  say(hub.name + " is dishonest in way " + std::to_string(way));
}

// T8: to each of two tablets that write it shows a history of its own, and then to the one the other's.
void World::show_two_histories() {
  auto tablets = members();
  SimulatedHub* const hub = tablets.size() < 2 ? nullptr : dishonest_hub();
  if (hub == nullptr) return;
  random_.shuffle(tablets);
  tablets.resize(2);
  say(hub->name + " shows " + tablets[0]->name + " and " + tablets[1]->name + " two histories");
  for (std::size_t meeting = 0; meeting < 3; ++meeting) {
    SimulatedDevice& tablet = *tablets[meeting % 2];
    if (!tablet.is_open()) return;
    (void)tablet.attempt([&] { (void)tablet.replica().set_hub(space_, hub->address()); });
    edit_on(tablet);
    if (meeting < 2) hub->turn_around();
    exchange(*hub, {&tablet}, {});
  }
}

}  // namespace plenary::simulation
