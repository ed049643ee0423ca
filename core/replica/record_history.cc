// The history of a record, told for people.
#include <algorithm>
#include <set>

#include "core/replica/record_reader.h"
#include "core/replica/text_passages.h"
#include "core/replica/value_codec.h"

namespace plenary::replica {
namespace {

using log::OperationKind;

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
      return "struck out";
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

const char* state_name(PayloadState state) {
  static constexpr const char* kNames[] = {"shown", "erased", "hidden", "missing"};
  return kNames[static_cast<std::size_t>(state)];
}

bool is_of_text(const log::Operation& operation) {
  return operation.kind == OperationKind::insert || operation.kind == OperationKind::strike;
}

// Why words of a field cannot be read, where some cannot.
PayloadState unreadable_state(const store::LoadedRecord& record, std::uint32_t field) {
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const log::Operation& operation = *record.writes[i].operation;
    if (operation.field != field || !log::has_value(operation.kind)) continue;
    if (record.merged.payloads[i] != merge::Payload::here) return state_of(record.merged.payloads[i]);
  }
  return PayloadState::here;
}

// What a change did to a text, by what it left.
const char* what(const TextPassage& passage) {
  if (passage.before.empty()) return passage.after.empty() ? "confirmed" : "wrote";
  return passage.after.empty() ? "struck out" : "rewrote";
}

}  // namespace

std::vector<merge::WriteIndex> RecordReader::in_time(const store::LoadedRecord& record,
                                                     std::vector<merge::WriteIndex> writes) {
  const auto& causality = space_.store().causality();
  std::ranges::stable_sort(writes, [&](merge::WriteIndex a, merge::WriteIndex b) {
    const merge::Write &one = record.writes[a], &other = record.writes[b];
    if (one.place == other.place) return one.index < other.index;
    if (one.time_ms != other.time_ms) return one.time_ms < other.time_ms;
    return causality.before_in_order(one.place, other.place);
  });
  return writes;
}

std::string RecordReader::standing(const store::LoadedRecord& record, merge::WriteIndex write) {
  if (record.merged.effects[write].verdict == merge::Verdict::quarantined) return "quarantined";
  if (record.merged.effects[write].verdict != merge::Verdict::effective) return "set aside";
  const auto* field = record.merged.field(record.writes[write].operation->field);
  if (field != nullptr) {
    const auto past = std::ranges::find(field->history, write, &merge::Past::write);
    if (past != field->history.end()) return reason_name(past->reason);
  }
  const bool has_value = log::has_value(record.writes[write].operation->kind);
  return has_value ? state_name(state_of(record.merged.payloads[write])) : "shown";
}

// What was removed from a union, as far as it is readable.
Value RecordReader::removed_values(const store::LoadedRecord& record, const log::Operation& removal,
                                   const merge::Field& field) {
  std::vector<Value> removed;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const merge::Write& other = record.writes[i];
    const log::WriteName name{space_.store().causality().name_of(other.place), other.index};
    const bool is_target = std::ranges::find(removal.targets, name) != removal.targets.end();
    const bool is_here = record.merged.payloads[i] == merge::Payload::here && other.operation->value;
    if (!is_target || !is_here) continue;
    Value value = decode_value(field, space_.store().enums().of(field), *other.operation->value);
    if (std::ranges::find(removed, value) == removed.end()) removed.push_back(std::move(value));
  }
  if (removed.empty()) return {};
  return removed.size() == 1 ? removed.front() : Value(std::move(removed));
}

HistoryEntry RecordReader::entry(const store::LoadedRecord& record, merge::WriteIndex index) {
  const merge::Write& write = record.writes[index];
  const log::Operation& operation = *write.operation;
  HistoryEntry entry;
  entry.by = author(write);
  entry.what = what(operation.kind);
  entry.standing = standing(record, index);
  const merge::Field* field = field_of(record, operation.field);
  if (field == nullptr) return entry;
  entry.field = field->name;
  if (log::has_value(operation.kind)) entry.payload = state_of(record.merged.payloads[index]);
  if (operation.kind == OperationKind::remove) entry.value = removed_values(record, operation, *field);
  if (entry.payload == PayloadState::here && operation.value) {
    entry.value = decode_value(*field, space_.store().enums().of(*field), *operation.value);
  }
  return entry;
}

HistoryEntry RecordReader::text_entry(const store::LoadedRecord& record, std::span<const merge::WriteIndex> writes) {
  const merge::Write& first = record.writes[writes.front()];
  HistoryEntry told = entry(record, writes.front());
  std::string typed;
  bool struck = false;
  for (const merge::WriteIndex index : writes) {
    const log::Operation& operation = *record.writes[index].operation;
    struck |= !operation.ranges.empty();
    if (operation.kind != OperationKind::insert) continue;
    const PayloadState state = state_of(record.merged.payloads[index]);
    if (state != PayloadState::here) told.payload = state;
    if (state == PayloadState::here && operation.value) typed += (typed.empty() ? "" : " … ") + *operation.value;
    if (const std::string stands = standing(record, index); stands == "shown") told.standing = stands;
  }
  const TextPassage passage = passage_of(space_.store().view(), record, first.place, first.operation->field);
  const bool changed = passage != TextPassage{};
  if (changed || (typed.empty() && !struck && told.payload == PayloadState::here)) told.what = what(passage);
  // Without effect, or struck by the same change: what was typed is all that there is to tell.
  told.value = changed ? passage.after : typed;
  told.before = passage.before;
  if (!changed && typed.empty() && struck && told.payload == PayloadState::here) {
    told.payload = unreadable_state(record, first.operation->field);
  }
  return told;
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
  order = in_time(record, std::move(order));
  const auto why = reasons(record.name);
  std::vector<HistoryEntry> history;
  std::set<std::pair<log::Place, std::uint32_t>> told;  // texts, each by change and field
  for (const merge::WriteIndex index : order) {
    const merge::Write& write = record.writes[index];
    HistoryEntry next;
    if (is_of_text(*write.operation)) {
      if (!told.emplace(write.place, write.operation->field).second) continue;
      std::vector<merge::WriteIndex> together;
      std::ranges::copy_if(order, std::back_inserter(together), [&](merge::WriteIndex other) {
        const merge::Write& one = record.writes[other];
        return one.place == write.place && one.operation->field == write.operation->field && is_of_text(*one.operation);
      });
      next = text_entry(record, together);
    } else {
      next = entry(record, index);
    }
    if (const auto decided = why.find(next.by.change); decided != why.end()) next.reason = decided->second;
    history.push_back(std::move(next));
  }
  return history;
}

}  // namespace plenary::replica
