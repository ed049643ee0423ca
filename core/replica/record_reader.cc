#include "core/replica/record_reader.h"

#include <algorithm>
#include <set>

#include "core/base/words.h"
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

// Why nothing of a field can be read, where nothing can.
PayloadState payload_of_field(const store::LoadedRecord& record, std::uint32_t field) {
  PayloadState state = PayloadState::here;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const log::Operation& operation = *record.writes[i].operation;
    if (operation.field != field || !log::has_value(operation.kind)) continue;
    if (record.merged.payloads[i] == merge::Payload::here) return PayloadState::here;
    state = state_of(record.merged.payloads[i]);
  }
  return state;
}

bool has_many(const merge::Field& field) {
  return field.policy == Policy::set_union || field.policy == Policy::append;
}

}  // namespace

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
  view.payload = payload_of_field(record, merged.number);
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
  if (!merged.shown.empty()) view.value = candidate(record, field, merged.shown.front()).value;
  for (const merge::WriteIndex index : in_time(record, merged.shown)) {
    view.candidates.push_back(candidate(record, field, index));
  }
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

Conflict RecordReader::life_conflict(const store::LoadedRecord& record, Conflict conflict) {
  for (const merge::WriteIndex index : in_time(record, record.merged.deletions)) {
    conflict.deleted_by.push_back(author(record.writes[index]));
  }
  std::set<std::string> said;
  for (const merge::WriteIndex index : in_time(record, record.merged.unseen)) {
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
      conflict.question = "One person wrote in " + in_words(field->name) + " on two devices. Is it right as it stands?";
    } else {
      for (const merge::WriteIndex index : in_time(record, merged.shown))
        conflict.candidates.push_back(candidate(record, *field, index));
      conflict.question = "There are " + std::to_string(conflict.candidates.size()) + " answers for " +
                          in_words(field->name) + ". Which one stands?";
    }
    conflicts.push_back(std::move(conflict));
  }
  return conflicts;
}

}  // namespace plenary::replica
