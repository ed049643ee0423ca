#include "core/merge/merge_record.h"

#include <algorithm>

#include "core/merge/merger.h"

namespace plenary::merge {

using log::OperationKind;

const MergedField* MergedRecord::field(std::uint32_t number) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.number == number; });
  return found == fields.end() ? nullptr : &*found;
}

MergedRecord merge_record(const View& view, const log::RecordName& record, std::span<const Write> writes) {
  return Merger(view, record, writes).run();
}

Merger::Merger(const View& view, const log::RecordName& record, std::span<const Write> writes)
    : view_(view), record_(record), writes_(writes) {}

MergedRecord Merger::run() {
  find_effects();
  find_payloads();
  Indexes effective;
  bool created = false;
  for (WriteIndex write = 0; write < writes_.size(); ++write) {
    if (!is_effective(write)) continue;
    effective.push_back(write);
    created |= kind(write) == OperationKind::create;
  }
  if (!created) {
    merged_.life = effective.empty() ? Life::none : Life::held;
    return std::move(merged_);
  }
  find_life(effective);
  if (merged_.life == Life::live || merged_.life == Life::contested) merge_fields(effective);
  return std::move(merged_);
}

void Merger::find_effects() {
  merged_.effects.reserve(writes_.size());
  for (const Write& write : writes_) merged_.effects.push_back(view_.effect(write));
}

// A member's request hides at once; so does an erasure that an epoch made void, until the keeper erases or declines.
void Merger::find_payloads() {
  merged_.payloads.reserve(writes_.size());
  for (const Write& write : writes_) {
    merged_.payloads.push_back(write.payload_missing ? Payload::missing : Payload::here);
  }
  for (WriteIndex request = 0; request < writes_.size(); ++request) {
    if (kind(request) != OperationKind::hide || !is_effective(request) || view_.is_settled(writes_[request])) continue;
    const auto& changes = writes_[request].operation->changes;
    if (changes.empty()) std::fill(merged_.payloads.begin(), merged_.payloads.end(), Payload::hidden);
    for (const log::ChangeName& change : changes) {
      const auto place = view_.causality().resolve(writes_[request].place, change);
      for (WriteIndex write = 0; place && write < writes_.size(); ++write) {
        if (writes_[write].place == *place) merged_.payloads[write] = Payload::hidden;
      }
    }
  }
  if (view_.nothing_is_secret()) return;
  for (WriteIndex write = 0; write < writes_.size(); ++write) {
    if (view_.is_hidden(record_, writes_[write].place)) merged_.payloads[write] = Payload::hidden;
    if (view_.is_erased(record_, writes_[write].place)) merged_.payloads[write] = Payload::erased;
  }
}

// Whatever is done to a record by somebody who saw its deletion brings it back; a record is gone only when everything
// done to it was seen by somebody who deleted it.
void Merger::find_life(const Indexes& effective) {
  if (view_.is_erased(record_)) {
    merged_.life = Life::erased;
    return;
  }
  merged_.life = Life::live;
  Indexes acts, deletions;
  for (const WriteIndex write : effective) {
    if (kind(write) == OperationKind::discard) {
      deletions.push_back(write);
    } else if (kind(write) != OperationKind::hide) {
      acts.push_back(write);
    }
  }
  std::erase_if(deletions, [&](WriteIndex deletion) { return any_saw(acts, deletion); });
  if (deletions.empty()) return;
  std::erase_if(acts, [&](WriteIndex act) { return is_erased(act) || any_saw(deletions, act); });
  merged_.life = acts.empty() ? Life::deleted : Life::contested;
  sort_in_order(deletions);
  sort_in_order(acts);
  merged_.deletions = std::move(deletions);
  merged_.unseen = std::move(acts);
}

void Merger::merge_fields(const Indexes& effective) {
  Indexes by_field;
  by_field.reserve(effective.size());
  const auto field_of = [&](WriteIndex write) { return writes_[write].operation->field; };
  for (const WriteIndex write : effective) {
    if (field_of(write) != 0) by_field.push_back(write);
  }
  std::sort(by_field.begin(), by_field.end(), [&](WriteIndex a, WriteIndex b) {
    if (field_of(a) != field_of(b)) return field_of(a) < field_of(b);
    const Write &one = writes_[a], &other = writes_[b];
    return one.place != other.place ? one.place < other.place : one.index < other.index;
  });
  const RecordType& type = *view_.schema().type(record_.type, view_.version());
  merged_.fields.reserve(std::min(by_field.size(), type.fields.size()));
  Indexes mine;
  for (auto first = by_field.begin(); first != by_field.end();) {
    const std::uint32_t number = field_of(*first);
    const auto last = std::find_if(first, by_field.end(), [&](WriteIndex w) { return field_of(w) != number; });
    mine.assign(first, last);
    first = last;
    const Field& policy = type.fields.at(number);
    MergedField& field = merged_.fields.emplace_back();
    field.number = number;
    field.policy = policy.policy;
    merge_field(policy, mine, field);
  }
}

// ---- small questions

bool Merger::saw_any(WriteIndex later, std::span<const WriteIndex> earlier) const {
  return std::any_of(earlier.begin(), earlier.end(), [&](WriteIndex w) { return w != later && saw(later, w); });
}

bool Merger::any_saw(std::span<const WriteIndex> later, WriteIndex earlier) const {
  return std::any_of(later.begin(), later.end(), [&](WriteIndex w) { return w != earlier && saw(w, earlier); });
}

bool Merger::is_erased(WriteIndex write) const {
  return log::has_value(kind(write)) && merged_.payloads[write] == Payload::erased;
}

bool Merger::before_in_order(WriteIndex a, WriteIndex b) const {
  const Write &one = writes_[a], &other = writes_[b];
  if (one.place == other.place) return one.index < other.index;
  return view_.causality().before_in_order(one.place, other.place);
}

bool Merger::before_in_time(WriteIndex a, WriteIndex b) const {
  if (writes_[a].time_ms != writes_[b].time_ms) return writes_[a].time_ms < writes_[b].time_ms;
  return before_in_order(a, b);
}

void Merger::sort_in_order(Indexes& writes) const {
  std::sort(writes.begin(), writes.end(), [&](WriteIndex a, WriteIndex b) { return before_in_order(a, b); });
}

}  // namespace plenary::merge
