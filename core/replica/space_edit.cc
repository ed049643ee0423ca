#include "core/replica/space_edit.h"

#include <algorithm>
#include <limits>

#include "core/base/utf8.h"
#include "core/base/words.h"
#include "core/replica/value_codec.h"

namespace plenary::replica {
namespace {

using log::OperationKind;
using merge::Policy;

tl::unexpected<Error> pass(const Error& error) {
  return tl::make_unexpected(error);
}

std::string no_such_field(const merge::RecordType& type, const std::string& field) {
  return "There is no field \"" + field + "\" in " + with_article(in_words(type.name)) + ".";
}

}  // namespace

SpaceEdit::SpaceEdit(Space& space) : space_(space), next_(space.next_change()) {}

log::WriteName SpaceEdit::own_write(std::size_t index) const {
  return {{next_.log, next_.number, 0}, static_cast<std::uint32_t>(index)};
}

Result<log::RecordName> SpaceEdit::resolve(const std::string& id) {
  const auto own = created_.find(id);
  if (own != created_.end()) return own->second;
  return space_.store().find(id);
}

Result<log::RecordName> SpaceEdit::resolve_reference(const std::string& id) {
  const auto own = created_.find(id);
  return own == created_.end() ? space_.find_reference(id) : Result<log::RecordName>(own->second);
}

Result<void> SpaceEdit::may_write(const merge::RecordType& type) {
  const Role role = space_.role();
  const auto& schema = space_.store().schema();
  if (space_.is_removed()) {
    return fail(ErrorCode::refused,
                "The keeper removed this device from the space. What is on it stays readable; hand your notes to the "
                "keeper with: plenary day export FILE");
  }
  if (role == kNoRole) {
    return fail(ErrorCode::refused, "You are not a member of this space (yet). Synchronise, or ask its keeper.");
  }
  if (type.writers_at(space_.store().version()).contains(role)) return {};
  const auto name = schema.roles.find(role);
  const std::string who = name == schema.roles.end() ? "role " + std::to_string(role) : in_words(name->second);
  std::string message = with_article(who) + " may not write " + with_article(in_words(type.name)) + " here.";
  message.front() = 'A';
  return fail(ErrorCode::refused, std::move(message));
}

Result<SpaceEdit::Target> SpaceEdit::target(const RecordId& id) {
  const auto record = resolve(id.text);
  if (!record) return pass(record.error());
  const auto* type = space_.store().schema().type(record->type, space_.store().version());
  if (type == nullptr) {
    return fail(ErrorCode::unsupported, id.text + " is of a newer version. Update this program to change it.");
  }
  if (auto allowed = may_write(*type); !allowed) return pass(allowed.error());
  return Target{*record, type, nullptr};
}

Result<SpaceEdit::Target> SpaceEdit::target(const RecordId& id, const std::string& field,
                                            std::initializer_list<Policy> policies, const char* verb) {
  auto found = target(id);
  if (!found) return found;
  found->field = found->type->field_named(field);
  if (found->field == nullptr || found->field->since > space_.store().version()) {
    return fail(ErrorCode::invalid_argument, no_such_field(*found->type, field));
  }
  if (std::ranges::find(policies, found->field->policy) == policies.end()) {
    return fail(ErrorCode::invalid_argument,
                "The field " + field + " of " + with_article(in_words(found->type->name)) + " cannot be " + verb + ".");
  }
  return found;
}

Result<std::string> SpaceEdit::encode(const merge::Field& field, const Value& value) {
  return encode_value(field, space_.store().enums().of(field), value,
                      [this](const std::string& id) { return resolve_reference(id); });
}

void SpaceEdit::push(OperationKind kind, const Target& target, std::optional<std::string> value) {
  log::Operation operation;
  operation.kind = kind;
  operation.record = target.record;
  operation.field = target.field == nullptr ? 0 : target.field->number;
  operation.value = std::move(value);
  operations_.push_back(std::move(operation));
}

const store::LoadedRecord* SpaceEdit::loaded(const log::RecordName& record) {
  auto [it, is_new] = loaded_.try_emplace(record);
  if (is_new) it->second = space_.store().load(record);
  return it->second ? &*it->second : nullptr;
}

Result<RecordId> SpaceEdit::create(const std::string& name) {
  const auto* type = space_.store().schema().type_named(name);
  if (type == nullptr) return fail(ErrorCode::invalid_argument, "There is no kind of record called \"" + name + "\".");
  if (auto allowed = may_write(*type); !allowed) return pass(allowed.error());
  const log::RecordName record{type->number, own_write(operations_.size())};
  push(OperationKind::create, {record, type, nullptr});
  const std::string id = store::record_text(record);
  created_.emplace(id, record);
  return RecordId{id};
}

Result<RecordId> SpaceEdit::create_copy(const std::string& name, const OriginTag& origin) {
  const auto* type = space_.store().schema().type_named(name);
  if (type == nullptr) return fail(ErrorCode::invalid_argument, "There is no kind of record called \"" + name + "\".");
  if (auto allowed = may_write(*type); !allowed) return pass(allowed.error());
  const log::RecordName record{type->number, origin};
  push(OperationKind::create, {record, type, nullptr});
  const std::string id = store::record_text(record);
  created_.emplace(id, record);
  return RecordId{id};
}

// Whether writing the value would change nothing, now or later: it is the only one that stands, with no lower rank than
// this device's role would give it, in a record that lives. A value that others stand beside is decided by writing it
// again, and whoever writes into a deleted record brings it back.
bool SpaceEdit::says_already(const Target& to, const std::string& bytes) {
  for (auto own = operations_.rbegin(); own != operations_.rend(); ++own) {
    const bool same_field = own->record == to.record && own->field == to.field->number;
    if (same_field && own->kind == OperationKind::set) return own->value == bytes;
  }
  const auto* record = loaded(to.record);
  if (record == nullptr || record->merged.life != merge::Life::live) return false;
  const auto* merged = record->merged.field(to.field->number);
  if (merged == nullptr || merged->standing.empty()) return false;
  const auto rank = [&](Role role) {
    const auto level = to.field->role_ranks.find(role);
    return level == to.field->role_ranks.end() ? std::numeric_limits<int>::min() : level->second;
  };
  const bool ranks_by_role = to.field->policy == Policy::ranked && to.field->rank_by == merge::RankBy::role;
  const int own_rank = rank(space_.role());
  return std::ranges::all_of(merged->standing, [&](merge::WriteIndex write) {
    const bool readable = record->merged.payloads[write] == merge::Payload::here;
    const bool ranked = !ranks_by_role || rank(record->merged.effects[write].role) >= own_rank;
    return readable && ranked && record->writes[write].operation->value == bytes;
  });
}

// The additions of this value to a union that stand: those on the screen and this edit's own, sorted.
std::vector<log::WriteName> SpaceEdit::additions_of(const Target& target, const std::string& bytes) {
  std::vector<log::WriteName> additions;
  if (const auto* record = loaded(target.record)) {
    if (const auto* merged = record->merged.field(target.field->number)) {
      for (const merge::WriteIndex index : merged->standing) {
        const merge::Write& write = record->writes[index];
        if (write.operation->value != bytes) continue;
        additions.push_back({space_.store().causality().name_of(write.place), write.index});
      }
    }
  }
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const log::Operation& own = operations_[i];
    if (own.record != target.record || own.field != target.field->number) continue;
    if (own.kind == OperationKind::add && own.value == bytes) additions.push_back(own_write(i));
    for (const log::WriteName& removed : own.targets) std::erase(additions, removed);
  }
  std::ranges::sort(additions);
  return additions;
}

bool SpaceEdit::holds_already(const Target& to, const std::string& bytes) {
  const auto* record = loaded(to.record);
  const auto is_here = [](merge::Payload payload) { return payload == merge::Payload::here; };
  const bool plain = record == nullptr || (record->merged.life == merge::Life::live &&
                                           std::ranges::all_of(record->merged.payloads, is_here));
  return plain && !additions_of(to, bytes).empty();
}

Result<void> SpaceEdit::set(const RecordId& id, const std::string& field, const Value& value) {
  const auto to = target(id, field, {Policy::latest, Policy::ask, Policy::ranked, Policy::once}, "set to one value");
  if (!to) return pass(to.error());
  auto bytes = encode(*to->field, value);
  if (!bytes) return pass(bytes.error());
  if (says_already(*to, *bytes)) return {};
  if (to->field->policy == Policy::once) {
    const auto* record = loaded(to->record);
    const auto* before = record == nullptr ? nullptr : record->merged.field(to->field->number);
    if (before != nullptr && !before->standing.empty()) {
      return fail(ErrorCode::refused,
                  "The field " + field + " of " + id.text + " has been answered and cannot change.");
    }
  }
  push(OperationKind::set, *to, *std::move(bytes));
  return {};
}

Result<void> SpaceEdit::add(const RecordId& id, const std::string& field, const Value& value) {
  const auto to = target(id, field, {Policy::set_union, Policy::append}, "added to");
  if (!to) return pass(to.error());
  auto bytes = encode(*to->field, value);
  if (!bytes) return pass(bytes.error());
  if (to->field->policy == Policy::set_union && holds_already(*to, *bytes)) return {};
  push(to->field->policy == Policy::append ? OperationKind::append : OperationKind::add, *to, *std::move(bytes));
  return {};
}

Result<void> SpaceEdit::remove(const RecordId& id, const std::string& field, const Value& value) {
  const auto from = target(id, field, {Policy::set_union}, "removed from");
  if (!from) return pass(from.error());
  const auto bytes = encode(*from->field, value);
  if (!bytes) return pass(bytes.error());
  std::vector<log::WriteName> targets = additions_of(*from, *bytes);
  if (targets.empty()) {
    return fail(ErrorCode::not_found, "The field " + field + " of " + id.text + " does not hold that value.");
  }
  push(OperationKind::remove, *from);
  operations_.back().targets = std::move(targets);
  return {};
}

Result<SpaceEdit::OpenText*> SpaceEdit::open_text(const Target& target) {
  const auto [it, is_new] = texts_.try_emplace({target.record, target.field->number});
  OpenText& text = it->second;
  const auto* record = is_new ? loaded(target.record) : nullptr;
  const auto* merged = record == nullptr ? nullptr : record->merged.field(target.field->number);
  if (merged == nullptr || !merged->text) return &text;
  std::vector<merge::TextInsertion> insertions;
  for (const merge::WriteIndex index : merged->text->insertions) {
    const merge::Write& write = record->writes[index];
    text.insertions.push_back({space_.store().causality().name_of(write.place), write.index});
    merge::TextInsertion insertion;
    insertion.origin.length = write.operation->length;
    if (record->merged.payloads[index] == merge::Payload::here && write.operation->value) {
      insertion.text = *write.operation->value;
    }
    insertions.push_back(insertion);
  }
  text.document = merge::TextDocument(insertions, merged->text->placed);
  return &text;
}

Result<void> SpaceEdit::replace_text(OpenText& text, const Target& target, std::size_t at, std::size_t count,
                                     const std::string& with, std::size_t size_after) {
  if (size_after > limit_of(*target.field)) {
    return fail(ErrorCode::limit_exceeded,
                "The field " + target.field->name + " holds at most " + std::to_string(limit_of(*target.field)) +
                    " bytes; this text would have " + std::to_string(size_after) + ". Shorten it.");
  }
  return text.document.replace(at, count, with);
}

Result<void> SpaceEdit::splice_text(const RecordId& id, const std::string& field, TextSplice splice) {
  const auto to = target(id, field, {Policy::text}, "written as a text");
  if (!to) return pass(to.error());
  const auto text = open_text(*to);
  if (!text) return pass(text.error());
  const std::string now = (*text)->document.text();
  const std::size_t from = bytes_of_scalars(now, splice.at);
  const std::size_t removed = bytes_of_scalars(std::string_view(now).substr(from), splice.remove);
  return replace_text(**text, *to, splice.at, splice.remove, splice.insert,
                      now.size() - removed + splice.insert.size());
}

Result<void> SpaceEdit::set_text(const RecordId& id, const std::string& field, const std::string& after) {
  const auto to = target(id, field, {Policy::text}, "written as a text");
  if (!to) return pass(to.error());
  const auto text = open_text(*to);
  if (!text) return pass(text.error());
  const auto splices = merge::text_difference((*text)->document.text(), after);
  if (!splices) return pass(splices.error());
  // From the last to the first, so that positions stay what they are.
  for (auto splice = splices->rbegin(); splice != splices->rend(); ++splice) {
    auto done = replace_text(**text, *to, splice->at, splice->count, splice->text, after.size());
    if (!done) return done;
  }
  return {};
}

Result<void> SpaceEdit::confirm_text(const RecordId& id, const std::string& field) {
  const auto to = target(id, field, {Policy::text}, "written as a text");
  if (!to) return pass(to.error());
  push(OperationKind::strike, *to);
  return {};
}

Result<void> SpaceEdit::discard(const RecordId& id) {
  const auto to = target(id);
  if (!to) return pass(to.error());
  push(OperationKind::discard, *to);
  return {};
}

Result<void> SpaceEdit::keep(const RecordId& id) {
  const auto to = target(id);
  if (!to) return pass(to.error());
  push(OperationKind::keep, *to);
  return {};
}

Result<void> SpaceEdit::ask_to_erase(const RecordId& id) {
  // Open to everybody, whatever their role may write.
  const auto record = resolve(id.text);
  if (!record) return pass(record.error());
  push(OperationKind::hide, {*record, nullptr, nullptr});
  return {};
}

void SpaceEdit::push_texts() {
  for (auto& entry : texts_) {
    const auto& where = entry.first;
    auto& text = entry.second;
    const merge::TextEdit edit = text.document.take_edit();
    const auto begin = [&](OperationKind kind) -> log::Operation& {
      operations_.emplace_back();
      operations_.back().kind = kind;
      operations_.back().record = where.first;
      operations_.back().field = where.second;
      return operations_.back();
    };
    const auto anchor = [&](const merge::TextPlace& place) -> std::optional<log::Anchor> {
      if (place.is_edge()) return std::nullopt;
      return log::Anchor{text.insertions.at(place.insertion), place.offset};
    };
    for (const merge::NewInsertion& insertion : edit.insertions) {
      log::Operation& operation = begin(OperationKind::insert);
      operation.value = insertion.text;
      operation.length = insertion.origin.length;
      operation.left = anchor(insertion.origin.left);
      operation.right = anchor(insertion.origin.right);
      CHECK(insertion.index == text.insertions.size());
      text.insertions.push_back(own_write(operations_.size() - 1));
    }
    if (edit.struck.empty()) continue;
    log::Operation& operation = begin(OperationKind::strike);
    for (const merge::TextRun& run : edit.struck) {
      operation.ranges.push_back({text.insertions.at(run.insertion), run.first, run.count});
    }
    std::ranges::sort(operation.ranges);
  }
  texts_.clear();
}

Result<CommitSummary> SpaceEdit::commit() {
  push_texts();
  if (operations_.empty()) return CommitSummary{};
  const Space::NextChange next = space_.next_change();
  if (next.number != next_.number || next.log != next_.log) {
    return fail(ErrorCode::conflict, "Something else was written meanwhile. Begin this edit again.");
  }
  log::Change probe;
  probe.log = next.log;
  probe.number = next.number;
  probe.operations = operations_;
  if (auto fits = log::check_limits(probe); !fits) return pass(fits.error());
  const std::size_t count = operations_.size();
  const log::Change change = space_.append(next, std::move(operations_));
  operations_.clear();
  return CommitSummary{store::change_text({change.log, change.number, 0}), count};
}

}  // namespace plenary::replica
