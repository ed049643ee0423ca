// What people (and broken devices) write in a random history.
#include "core/base/utf8.h"
#include "core/merge/text_edit.h"
#include "tests/contract/random_history.h"

namespace plenary::contract {
namespace {

using log::OperationKind;
using merge::Life;
using merge::Policy;

log::Operation on(const log::RecordName& record, OperationKind kind, std::uint32_t field = 0,
                  std::optional<std::string> value = std::nullopt) {
  log::Operation operation;
  operation.kind = kind;
  operation.record = record;
  operation.field = field;
  operation.value = std::move(value);
  if (kind == OperationKind::insert) {
    operation.length = static_cast<std::uint32_t>(count_scalars(operation.value.value_or("")).value_or(0));
  }
  return operation;
}

bool may_write(const Device& device, std::uint32_t type, Role role) {
  const merge::RecordType* known = example_schema().type(type, device.version);
  return known && known->writers_at(device.version).contains(role);
}

}  // namespace

std::string RandomHistory::text() {
  return "[" + std::to_string(++serial_) + "]";
}

void RandomHistory::edit(Device& device) {
  device.clock += world.random.pick({0, 1, 1, 2});
  // The role that an honest tablet reckons to have; sometimes it does not care.
  const roster::Member* member = device.standing().member(device.key);
  const Role role = member && member->role != kNoRole && world.random.chance(0.95) ? member->role : role_named("lead");
  Operations operations;
  for (int count = world.random.pick({1, 1, 1, 2}); count > 0; --count) edit_some_record(device, role, operations);
  device.write(std::move(operations));
}

void RandomHistory::edit_some_record(Device& device, Role role, Operations& operations) {
  Random& random = world.random;
  std::vector<RecordEntry> alive, dead;
  for (const auto& [name, entry] : device.space().records()) {
    const Life life = entry.merged.life;
    if (life == Life::deleted) dead.emplace_back(name, &entry);
    if ((life == Life::live || life == Life::contested) && may_write(device, name.type, role))
      alive.emplace_back(name, &entry);
  }
  alive.resize(std::min(alive.size(), random.pick({std::size_t{1}, std::size_t{2}, std::size_t{3}, alive.size()})));
  const std::size_t chance = random.below(100);
  if (alive.empty() || chance < 10) return create(device, role, operations);
  const RecordEntry record = random.pick(alive);
  if (chance < 22) return operations.push_back(on(record.first, OperationKind::discard));
  if (chance < 26) {
    const RecordEntry kept = !dead.empty() && random.chance(0.5) ? random.pick(dead) : record;
    return operations.push_back(on(kept.first, OperationKind::keep));
  }
  if (chance < 28) return hide(device, record, operations);
  if (chance < 31) return nonsense(operations);
  edit_field(device, record, operations);
}

void RandomHistory::create(Device& device, Role role, Operations& operations) {
  std::vector<std::uint32_t> types;
  for (const auto& [number, type] : example_schema().types) {
    if (may_write(device, number, role)) types.push_back(number);
  }
  if (types.empty()) return nonsense(operations);
  const std::uint32_t type = world.random.pick(types);
  if (world.random.chance(0.1)) {
    OriginTag tag;
    tag.bytes[0] = static_cast<std::byte>(1 + world.random.below(2));
    return operations.push_back(on({type, tag}, OperationKind::create));
  }
  const log::RecordName record{type, device.own_write(operations.size())};
  operations.push_back(on(record, OperationKind::create));
  if (type == type_number("note") && world.random.chance(0.6)) {
    operations.push_back(on(record, OperationKind::insert, field_number(type, "body"), text()));
  }
}

void RandomHistory::hide(Device& device, const RecordEntry& record, Operations& operations) {
  log::Operation request = on(record.first, OperationKind::hide);
  if (world.random.chance(0.5)) {
    const merge::Write& write = record.second->writes[world.random.below(record.second->writes.size())];
    request.changes.push_back(device.name_of(write).change);
  }
  operations.push_back(std::move(request));
}

void RandomHistory::edit_field(Device& device, const RecordEntry& record, Operations& operations) {
  const merge::RecordType& type = *example_schema().type(record.first.type, device.version);
  std::vector<const merge::Field*> fields;
  for (const auto& [number, field] : type.fields) {
    if (field.since > device.version) continue;
    fields.push_back(&field);
    // People judge more often than they count.
    if (field.policy == Policy::ask || field.policy == Policy::ranked) fields.push_back(&field);
  }
  const merge::Field& field = *world.random.pick(fields);
  if (field.policy == Policy::text) return edit_text(device, record, field.number, operations);
  if (field.policy == Policy::set_union) return edit_union(device, record, field.number, operations);
  const bool append = field.policy == Policy::append;
  const std::string value = append ? text() : world.random.pick(values_of(field.name));
  operations.push_back(on(record.first, append ? OperationKind::append : OperationKind::set, field.number, value));
}

void RandomHistory::edit_text(Device& device, const RecordEntry& record, std::uint32_t field, Operations& operations) {
  Random& random = world.random;
  const merge::MergedField* merged = record.second->merged.field(field);
  static const merge::MergedText kEmpty;
  const merge::MergedText& now = merged && merged->text ? *merged->text : kEmpty;
  const std::uint64_t length = now.placed.shown_length;
  merge::TextSplice splice;
  splice.at = random.below(length + 1);
  splice.count = std::min<std::uint64_t>(length - splice.at, random.pick({0, 0, 1, 3}));
  if (splice.count == 0 || random.chance(0.5)) splice.text = text();
  const auto next = static_cast<std::uint32_t>(now.insertions.size());
  const merge::TextEdit edit = merge::edit_text(now.placed, next, std::vector{splice}).value();

  const std::size_t first = operations.size();
  const auto name = [&](std::uint32_t insertion) {
    if (insertion >= next) return device.own_write(first + insertion - next);
    return device.name_of(record.second->writes[now.insertions[insertion]]);
  };
  const auto anchor = [&](const merge::TextPlace& place) -> std::optional<log::Anchor> {
    if (place.is_edge()) return std::nullopt;
    return log::Anchor{name(place.insertion), place.offset};
  };
  for (const merge::NewInsertion& insertion : edit.insertions) {
    log::Operation& operation = operations.emplace_back(on(record.first, OperationKind::insert, field, insertion.text));
    operation.left = anchor(insertion.origin.left);
    operation.right = anchor(insertion.origin.right);
  }
  if (edit.struck.empty()) return;
  log::Operation& strike = operations.emplace_back(on(record.first, OperationKind::strike, field));
  for (const merge::TextRun& run : edit.struck) strike.ranges.push_back({name(run.insertion), run.first, run.count});
}

void RandomHistory::edit_union(Device& device, const RecordEntry& record, std::uint32_t field, Operations& operations) {
  const merge::MergedField* merged = record.second->merged.field(field);
  if (merged && !merged->shown.empty() && world.random.chance(0.4)) {
    const auto value = [&](merge::WriteIndex write) { return record.second->writes[write].operation->value; };
    const auto gone = value(world.random.pick(merged->shown));
    log::Operation& removal = operations.emplace_back(on(record.first, OperationKind::remove, field));
    for (const merge::WriteIndex write : merged->shown) {
      if (value(write) == gone) removal.targets.push_back(device.name_of(record.second->writes[write]));
    }
    return;
  }
  const std::string& name = example_schema().types.at(record.first.type).fields.at(field).name;
  operations.push_back(on(record.first, OperationKind::add, field, world.random.pick(values_of(name))));
}

// What only a broken or hostile device writes: names it never saw, unfit operations, unheard-of kinds.
void RandomHistory::nonsense(Operations& operations) {
  Random& random = world.random;
  const Changes known = changes();
  std::vector<log::RecordName> records{{type_number("note"), log::WriteName{}}};
  std::vector<log::WriteName> writes{{{}, 7}};
  for (const log::Change& change : known) {
    writes.push_back({{change.log, change.number, 0}, static_cast<std::uint32_t>(random.below(2))});
    for (const log::Operation& operation : change.operations) records.push_back(operation.record);
  }
  const log::RecordName record = random.pick(records);
  const log::WriteName write = random.pick(writes);
  const std::uint32_t body = field_number(type_number("note"), "body"),
                      tags = field_number(type_number("note"), "tags");
  switch (random.below(9)) {
    case 0:
      return operations.push_back(on(record, OperationKind::set, body, "x"));
    case 1:
      operations.push_back(on(record, OperationKind::strike, body));
      return operations.back().ranges.push_back({write, 0, random.pick({2u, UINT32_MAX})});
    case 2:
      operations.push_back(on(record, OperationKind::remove, tags));
      operations.back().targets = {write, writes.front()};
      return;
    case 3:
      operations.push_back(on(record, OperationKind::insert, body, text()));
      operations.back().left = log::Anchor{write, static_cast<std::uint32_t>(random.below(4))};
      if (random.chance(0.5)) operations.back().right = operations.back().left;
      return;
    case 4:
      return operations.push_back(on(record, OperationKind::create));
    case 5:
      return operations.push_back(on(record, OperationKind::set, 9'999, "x"));
    case 6:
      return operations.push_back(on({99, record.origin}, OperationKind::create));
    case 7:
      return operations.push_back(on(record, static_cast<OperationKind>(77), body, "x"));
    default:
      return operations.push_back(on(record, OperationKind::discard));
  }
}

}  // namespace plenary::contract
