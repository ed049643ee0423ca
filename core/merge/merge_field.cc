// The policies but text. Source: the reference model, section 4.
#include <algorithm>
#include <limits>

#include "core/merge/merger.h"

namespace plenary::merge {

using log::OperationKind;

void Merger::merge_field(const Field& policy, const Indexes& mine, MergedField& field) const {
  switch (policy.policy) {
    case Policy::text:
      merge_text(policy, mine, field);
      break;
    case Policy::set_union:
      merge_union(mine, field);
      break;
    case Policy::append:
      merge_append(mine, field);
      break;
    case Policy::latest:
    case Policy::ask:
    case Policy::ranked:
    case Policy::once:
      merge_register(policy, mine, field);
      break;
  }
  if (policy.policy != Policy::text) find_history(mine, field);
}

// ---- registers

void Merger::merge_register(const Field& policy, const Indexes& mine, MergedField& field) const {
  if (mine.size() == 1) {  // nearly always
    field.standing = field.shown = mine;
    return;
  }
  field.standing = policy.policy == Policy::once ? first_answers(mine) : heads(mine);
  sort_in_order(field.standing);
  Indexes candidates;
  std::copy_if(field.standing.begin(), field.standing.end(), std::back_inserter(candidates),
               [&](WriteIndex write) { return is_readable(write); });
  if (candidates.empty()) candidates = field.standing;
  if (policy.policy == Policy::latest) {
    const auto later = [&](WriteIndex a, WriteIndex b) { return before_in_time(a, b); };
    field.shown = {*std::max_element(candidates.begin(), candidates.end(), later)};
  } else {
    field.shown = policy.policy == Policy::ranked ? highest(policy, candidates) : std::move(candidates);
  }
  field.ask = differ(field.shown);
}

// The writes that no effective write supersedes. A write supersedes exactly what its author saw.
Merger::Indexes Merger::heads(const Indexes& mine) const {
  Indexes found;
  for (std::size_t i = mine.size(); i-- > 0;) {
    const WriteIndex write = mine[i];
    // Whoever wrote next in the same lane has most often seen it, or else one of the heads; only then ask everybody.
    if (i + 1 < mine.size() && saw(mine[i + 1], write)) continue;
    if (any_saw(found, write) || any_saw(mine, write)) continue;
    found.push_back(write);
  }
  return found;
}

// Once: the answers whose authors saw none.
Merger::Indexes Merger::first_answers(const Indexes& mine) const {
  Indexes found;
  std::copy_if(mine.begin(), mine.end(), std::back_inserter(found),
               [&](WriteIndex write) { return !saw_any(write, mine); });
  return found;
}

Merger::Indexes Merger::highest(const Field& policy, const Indexes& candidates) const {
  constexpr int kUnlisted = std::numeric_limits<int>::min();
  const auto rank = [&](WriteIndex write) {
    if (policy.rank_by == RankBy::role) {
      const auto level = policy.role_ranks.find(merged_.effects[write].role);
      return level == policy.role_ranks.end() ? kUnlisted : level->second;
    }
    const auto& value = writes_[write].operation->value;
    if (!is_readable(write) || !value) return kUnlisted;
    const auto level = policy.value_ranks.find(*value);
    return level == policy.value_ranks.end() ? kUnlisted : level->second;
  };
  int top = kUnlisted;
  for (const WriteIndex write : candidates) top = std::max(top, rank(write));
  Indexes found;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(found),
               [&](WriteIndex write) { return rank(write) == top; });
  return found;
}

bool Merger::differ(const Indexes& shown) const {
  const auto same = [&](WriteIndex a, WriteIndex b) {
    if (merged_.payloads[a] != merged_.payloads[b]) return false;
    return merged_.payloads[a] != Payload::here || writes_[a].operation->value == writes_[b].operation->value;
  };
  return std::any_of(shown.begin(), shown.end(), [&](WriteIndex write) { return !same(write, shown.front()); });
}

// ---- union

// Add wins: a removal names the additions that it removes, and removes those that its author saw.
void Merger::merge_union(const Indexes& mine, MergedField& field) const {
  Indexes removed;
  for (const WriteIndex removal : mine) {
    if (kind(removal) != OperationKind::remove) continue;
    for (const log::WriteName& target : writes_[removal].operation->targets) {
      const auto place = view_.causality().resolve(writes_[removal].place, target.change);
      if (!place) continue;
      // `mine` is sorted by place and operation.
      const auto found = std::lower_bound(mine.begin(), mine.end(), 0, [&](WriteIndex write, int) {
        return writes_[write].place != *place ? writes_[write].place < *place : writes_[write].index < target.index;
      });
      if (found == mine.end() || writes_[*found].place != *place || writes_[*found].index != target.index) continue;
      if (saw(removal, *found)) removed.push_back(*found);
    }
  }
  std::sort(removed.begin(), removed.end());
  for (const WriteIndex write : mine) {
    if (kind(write) != OperationKind::add || std::binary_search(removed.begin(), removed.end(), write)) continue;
    field.standing.push_back(write);
  }
  sort_in_order(field.standing);
  std::copy_if(field.standing.begin(), field.standing.end(), std::back_inserter(field.shown),
               [&](WriteIndex write) { return is_readable(write); });
}

// ---- append

// Causes first; among what is free to come next, by wall time, then log. Within a lane each write is a cause of the
// next, and what a clock holds of a lane is a prefix of it: so only the first writes that are left of each lane can be
// free, and only they can stand in each other's way.
void Merger::merge_append(const Indexes& mine, MergedField& field) const {
  struct Queue {
    std::size_t next, end;
  };
  std::vector<Queue> queues;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const bool same_lane = i > 0 && writes_[mine[i]].place.lane == writes_[mine[i - 1]].place.lane;
    if (!same_lane) queues.push_back({i, i});
    queues.back().end = i + 1;
  }
  const log::Causality& causality = view_.causality();
  while (!queues.empty()) {
    std::size_t best = queues.size();
    for (std::size_t q = 0; q < queues.size(); ++q) {
      const WriteIndex write = mine[queues[q].next];
      const bool is_free = std::none_of(queues.begin(), queues.end(), [&](const Queue& other) {
        return other.next != queues[q].next &&
               causality.in_history(writes_[write].place, writes_[mine[other.next]].place);
      });
      if (is_free && (best == queues.size() || before_in_time(write, mine[queues[best].next]))) best = q;
    }
    field.standing.push_back(mine[queues[best].next]);
    if (++queues[best].next == queues[best].end) queues.erase(queues.begin() + static_cast<std::ptrdiff_t>(best));
  }
  field.shown = field.standing;
}

// ---- history

Reason Merger::reason_of(WriteIndex write, Policy policy, bool stands) const {
  if (kind(write) == OperationKind::remove || kind(write) == OperationKind::strike) return Reason::done;
  if (!stands) return policy == Policy::once ? Reason::came_after : Reason::superseded;
  switch (merged_.payloads[write]) {
    case Payload::here:
      return Reason::not_chosen;
    case Payload::missing:
      return Reason::missing;
    case Payload::hidden:
      return Reason::hidden;
    case Payload::erased:
      return Reason::erased;
  }
  return Reason::not_chosen;
}

void Merger::find_history(const Indexes& mine, MergedField& field) const {
  if (field.shown.size() == mine.size()) return;
  const auto sorted = [](Indexes writes) {
    std::sort(writes.begin(), writes.end());
    return writes;
  };
  const Indexes shown = sorted(field.shown), standing = sorted(field.standing);
  const auto in = [](const Indexes& writes, WriteIndex write) {
    return std::binary_search(writes.begin(), writes.end(), write);
  };
  for (const WriteIndex write : mine) {
    if (!in(shown, write)) field.history.push_back({write, reason_of(write, field.policy, in(standing, write))});
  }
  std::sort(field.history.begin(), field.history.end(),
            [&](const Past& a, const Past& b) { return before_in_time(a.write, b.write); });
}

}  // namespace plenary::merge
