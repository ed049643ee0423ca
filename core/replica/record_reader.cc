#include "core/replica/record_reader.h"

#include <algorithm>
#include <set>

#include "core/replica/value_codec.h"

namespace plenary::replica {
namespace {

using log::OperationKind;
using merge::Policy;

Life life_of(merge::Life life) {
  switch (life) {
    case merge::Life::contested:
      return Life::contested;
    case merge::Life::deleted:
      return Life::deleted;
    case merge::Life::erased:
      return Life::erased;
    default:
      return Life::live;
  }
}

PayloadState state_of(merge::Payload payload) {
  switch (payload) {
    case merge::Payload::missing:
      return PayloadState::missing;
    case merge::Payload::hidden:
      return PayloadState::hidden;
    case merge::Payload::erased:
      return PayloadState::erased;
    default:
      return PayloadState::here;
  }
}

const char* what(OperationKind kind) {
  switch (kind) {
    case OperationKind::create:
      return "created";
    case OperationKind::set:
      return "set";
    case OperationKind::append:
    case OperationKind::add:
      return "added";
    case OperationKind::remove:
      return "removed";
    case OperationKind::insert:
      return "wrote";
    case OperationKind::strike:
      return "struck";
    case OperationKind::discard:
      return "deleted";
    case OperationKind::keep:
      return "kept";
    case OperationKind::hide:
      return "asked to erase";
  }
  return "did something of a newer version";
}

const char* reason_name(merge::Reason reason) {
  static constexpr const char* kNames[] = {"shown",   "superseded", "not chosen", "came after",
                                           "missing", "hidden",     "erased",     "done"};
  return kNames[static_cast<std::size_t>(reason)];
}

bool has_many(const merge::Field& field) {
  return field.policy == Policy::set_union || field.policy == Policy::append;
}

}  // namespace

const merge::Field* RecordReader::field_of(const store::LoadedRecord& record, std::uint32_t number) const {
  return space_.store().schema().field(record.name.type, number, space_.store().version());
}

Authorship RecordReader::author(const merge::Write& write) {
  const auto& view = space_.store().view();
  Authorship author;
  if (const PersonId* person = view.person(write.place)) {
    author.person_id = *person;
    author.person = space_.name_of(*person);
  } else {
    author.person = "somebody not yet granted";
  }
  author.role = view.right(write.place).role;
  author.time_ms = write.time_ms;
  author.change = store::change_text(view.causality().name_of(write.place));
  return author;
}

Candidate RecordReader::candidate(const store::LoadedRecord& record, const merge::Field& field,
                                  merge::WriteIndex index) {
  const merge::Write& write = record.writes[index];
  Candidate candidate;
  candidate.payload = state_of(record.merged.payloads[index]);
  candidate.by = author(write);
  if (candidate.payload == PayloadState::here && write.operation->value) {
    candidate.value = decode_value(field, space_.store().enums().of(field), *write.operation->value);
  }
  return candidate;
}

FieldView RecordReader::field_view(const store::LoadedRecord& record, const merge::Field& field,
                                   const merge::MergedField& merged) {
  FieldView view;
  view.name = field.name;
  view.asks = merged.ask;
  if (merged.text) {
    view.value = merged.text->placed.shown;
    return view;
  }
  if (has_many(field)) {
    std::vector<Value> list;
    std::set<std::string_view> said;
    for (const merge::WriteIndex index : merged.shown) {
      const auto& value = record.writes[index].operation->value;
      Candidate entry = candidate(record, field, index);
      const bool is_new = field.policy == Policy::append || !value || said.insert(*value).second;
      if (entry.payload == PayloadState::here && is_new) list.push_back(entry.value);
      view.candidates.push_back(std::move(entry));
    }
    view.value = std::move(list);
    return view;
  }
  for (const merge::WriteIndex index : merged.shown) view.candidates.push_back(candidate(record, field, index));
  if (!view.candidates.empty()) view.value = view.candidates.front().value;
  return view;
}

RecordView RecordReader::view(const store::LoadedRecord& record) {
  RecordView view;
  view.id = {store::record_text(record.name)};
  view.life = life_of(record.merged.life);
  const auto* type = space_.store().schema().type(record.name.type, space_.store().version());
  if (type != nullptr) view.type = type->name;
  const merge::Write* created = nullptr;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const merge::Write& write = record.writes[i];
    if (write.operation->kind != OperationKind::create) continue;
    if (record.merged.effects[i].verdict != merge::Verdict::effective) continue;
    if (created == nullptr || write.time_ms < created->time_ms) created = &write;
  }
  if (created != nullptr) view.created = author(*created);
  for (const auto& merged : record.merged.fields) {
    const merge::Field* field = field_of(record, merged.number);
    if (field != nullptr) view.fields.emplace(field->name, field_view(record, *field, merged));
  }
  return view;
}

HistoryEntry RecordReader::entry(const store::LoadedRecord& record, merge::WriteIndex index) {
  const merge::Write& write = record.writes[index];
  const log::Operation& operation = *write.operation;
  HistoryEntry entry;
  entry.by = author(write);
  entry.what = what(operation.kind);
  entry.payload = state_of(record.merged.payloads[index]);
  const merge::Field* field = field_of(record, operation.field);
  if (field != nullptr) entry.field = field->name;
  const bool readable = entry.payload == PayloadState::here && operation.value && field != nullptr;
  if (readable && operation.kind == OperationKind::insert) {
    entry.value = *operation.value;
  } else if (readable) {
    entry.value = decode_value(*field, space_.store().enums().of(*field), *operation.value);
  }
  // What was removed from a union, as far as it is readable.
  if (operation.kind == OperationKind::remove && field != nullptr) {
    std::vector<Value> removed;
    for (std::size_t i = 0; i < record.writes.size(); ++i) {
      const merge::Write& other = record.writes[i];
      const log::WriteName name{space_.store().causality().name_of(other.place), other.index};
      const bool is_target = std::ranges::find(operation.targets, name) != operation.targets.end();
      const bool is_here = record.merged.payloads[i] == merge::Payload::here && other.operation->value;
      if (!is_target || !is_here) continue;
      Value value = decode_value(*field, space_.store().enums().of(*field), *other.operation->value);
      if (std::ranges::find(removed, value) == removed.end()) removed.push_back(std::move(value));
    }
    if (removed.size() == 1) {
      entry.value = removed.front();
    } else if (!removed.empty()) {
      entry.value = std::move(removed);
    }
  }
  switch (record.merged.effects[index].verdict) {
    case merge::Verdict::effective:
      entry.standing = "shown";
      break;
    case merge::Verdict::quarantined:
      entry.standing = "quarantined";
      break;
    default:
      entry.standing = "set aside";
  }
  return entry;
}

// Reasons of decisions about the record, by the change that took them.
std::map<std::string, std::string> RecordReader::reasons(const log::RecordName& record) {
  std::map<std::string, std::string> reasons;
  const auto* decision = space_.store().schema().type_named("decision");
  if (decision == nullptr || decision->field_named("record") == nullptr) return reasons;
  sqlite::Statement select(space_.store().database(),
                           sqlite::GeneratedSql("SELECT id, reason FROM decision WHERE record = ?"));
  for (auto rows = select.query(store::record_text(record)); rows.next();) {
    // "3f9ac2d1.17.2" was created by change "3f9ac2d1.17".
    std::string change(rows.text(0));
    const auto last = change.rfind('.');
    if (std::ranges::count(change, '.') == 2) change.resize(last);
    reasons[change] = rows.text(1);
  }
  return reasons;
}

std::vector<HistoryEntry> RecordReader::history(const store::LoadedRecord& record) {
  std::vector<merge::WriteIndex> order(record.writes.size());
  for (merge::WriteIndex i = 0; i < order.size(); ++i) order[i] = i;
  const auto& causality = space_.store().causality();
  std::ranges::stable_sort(order, [&](merge::WriteIndex a, merge::WriteIndex b) {
    const merge::Write &one = record.writes[a], &other = record.writes[b];
    if (one.place == other.place) return one.index < other.index;
    if (one.time_ms != other.time_ms) return one.time_ms < other.time_ms;
    return causality.before_in_order(one.place, other.place);
  });
  std::map<merge::WriteIndex, merge::Reason> past;
  for (const auto& field : record.merged.fields) {
    for (const merge::Past& one : field.history) past.emplace(one.write, one.reason);
  }
  const auto why = reasons(record.name);
  std::vector<HistoryEntry> history;
  for (const merge::WriteIndex index : order) {
    HistoryEntry next = entry(record, index);
    const auto reason = past.find(index);
    if (reason != past.end() && next.standing == "shown") next.standing = reason_name(reason->second);
    if (const auto decided = why.find(next.by.change); decided != why.end()) next.reason = decided->second;
    history.push_back(std::move(next));
  }
  return history;
}

Conflict RecordReader::life_conflict(const store::LoadedRecord& record, Conflict conflict) {
  for (const merge::WriteIndex index : record.merged.deletions) {
    conflict.deleted_by.push_back(author(record.writes[index]));
  }
  std::set<std::string> said;
  for (const merge::WriteIndex index : record.merged.unseen) {
    Authorship by = author(record.writes[index]);
    if (said.insert(by.change).second) conflict.edited_by.push_back(std::move(by));
  }
  const std::string deleter = conflict.deleted_by.empty() ? "Somebody" : conflict.deleted_by.front().person;
  const std::string editor = conflict.edited_by.empty() ? "somebody" : conflict.edited_by.front().person;
  conflict.question = deleter + " deleted this while " + editor + " worked on it. Keep it or delete it?";
  return conflict;
}

std::vector<Conflict> RecordReader::conflicts(const store::LoadedRecord& record) {
  std::vector<Conflict> conflicts;
  Conflict begun;
  begun.id = {store::record_text(record.name)};
  const auto* type = space_.store().schema().type(record.name.type, space_.store().version());
  if (type != nullptr) begun.type = type->name;
  if (record.merged.life == merge::Life::contested) conflicts.push_back(life_conflict(record, begun));
  for (const auto& merged : record.merged.fields) {
    const merge::Field* field = field_of(record, merged.number);
    if (!merged.ask || field == nullptr) continue;
    Conflict conflict = begun;
    conflict.field = field->name;
    if (merged.text) {
      Candidate as_it_is;
      as_it_is.value = merged.text->placed.shown;
      if (!merged.shown.empty()) as_it_is.by = author(record.writes[merged.shown.back()]);
      conflict.candidates.push_back(std::move(as_it_is));
      conflict.question = "One person wrote in " + field->name + " on two devices. Is it right as it stands?";
    } else {
      for (const merge::WriteIndex index : merged.shown)
        conflict.candidates.push_back(candidate(record, *field, index));
      conflict.question = "There are " + std::to_string(conflict.candidates.size()) + " answers for " + field->name +
                          ". Which one stands?";
    }
    conflicts.push_back(std::move(conflict));
  }
  return conflicts;
}

}  // namespace plenary::replica
