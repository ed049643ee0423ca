// Impact: what a moved roster tip means for records that are merged already.
#include <algorithm>

#include "core/merge/view.h"

namespace plenary::merge {
namespace {

bool same_rights(const roster::LogRights& a, const roster::LogRights& b) {
  const auto same_event = [](const roster::Event& x, const roster::Event& y) { return x.record == y.record; };
  if (!std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(), same_event)) return false;
  if (a.is_plain != b.is_plain || a.plain != b.plain) return false;
  return a.names == b.names;
}

template <class Set>
Set difference(const Set& a, const Set& b) {
  Set out;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

}  // namespace

Impact impact(const log::Causality& causality, const roster::Roster& roster, const roster::Standing& before,
              const std::vector<RosterHash>& hidden_before, const roster::Standing& after,
              const std::vector<RosterHash>& hidden_after) {
  std::set<LogId> logs;
  for (std::uint32_t lane = 0; lane < causality.lane_count(); ++lane) {
    const auto then = roster::rights_of_log(causality, lane, before);
    const auto now = roster::rights_of_log(causality, lane, after);
    if (!same_rights(then, now)) logs.insert(causality.log_of(lane));
  }
  for (const auto& [request, index] : difference(before.settled_requests, after.settled_requests)) {
    logs.insert(request.log);
  }

  using Hashes = std::set<RosterHash>;
  const auto erased = [](const roster::Standing& standing) {
    Hashes hashes;
    for (const roster::Record* erasure : standing.erasures) hashes.insert(erasure->hash);
    return hashes;
  };
  Hashes changed = difference(erased(before), erased(after));
  changed.merge(
      difference(Hashes(hidden_before.begin(), hidden_before.end()), Hashes(hidden_after.begin(), hidden_after.end())));
  std::set<log::RecordName> records;
  for (const RosterHash& erasure : changed) {
    if (const roster::Record* record = roster.find(erasure)) {
      records.insert(causality.canonical(std::get<roster::Erase>(record->body).record));
    }
  }
  return {{logs.begin(), logs.end()}, {records.begin(), records.end()}};
}

}  // namespace plenary::merge
