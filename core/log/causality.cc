// Questions to the graph of delivered changes.
#include "core/log/causality.h"

#include <algorithm>

#include "core/base/check.h"

namespace plenary::log {

std::uint64_t branch_of(const ChainValue& chain) {
  std::uint64_t branch = 0;
  for (int i = 0; i < 8; ++i) branch = branch << 8 | std::to_integer<std::uint64_t>(chain.bytes[i]);
  return branch;
}

// ---- what is here

std::vector<Head> Causality::waiting() const {
  std::vector<Head> heads;
  for (const auto& [chain, change] : waiting_) heads.push_back({change.log, change.number, chain});
  std::sort(heads.begin(), heads.end());
  return heads;
}

Frontier Causality::frontier() const {
  Frontier heads;
  // A change that follows another either extends its lane or opens one, so each lane ends in a head.
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) heads.push_back(head_of(Place{lane, lanes_[lane].end()}));
  std::sort(heads.begin(), heads.end());
  return heads;
}

std::vector<Head> Causality::unseen_heads(const LogId& own, std::optional<Place> last) const {
  std::map<LogId, std::vector<Head>> now, cited;
  for (const Head& head : frontier()) {
    if (!last || head != head_of(*last)) now[head.log].push_back(head);
  }
  if (last) {
    CHECK(log_of(last->lane) == own);
    const bool at_end = lanes_[last->lane].end() == last->number;
    for (const auto& [log, heads] : at_end ? lanes_[last->lane].mentions : mentions_at(*last)) {
      for (const Cite& cite : heads) cited[logs_[log].id].push_back(head_of(cite));
      std::sort(cited[logs_[log].id].begin(), cited[logs_[log].id].end());
    }
  }
  std::vector<Head> unseen;
  for (const auto& [log, heads] : now) {
    const auto before = cited.find(log);
    if (before == cited.end() || before->second != heads) unseen.insert(unseen.end(), heads.begin(), heads.end());
  }
  return unseen;
}

std::optional<Place> Causality::find(const LogId& log, std::uint32_t number, const ChainValue& chain) const {
  const auto known = log_index_.find(log);
  if (known == log_index_.end()) return std::nullopt;
  for (const std::uint32_t lane : logs_[known->second].lanes) {
    if (number < lanes_[lane].first || number > lanes_[lane].end()) continue;
    if (lanes_[lane].chains[number - lanes_[lane].first] == chain) return Place{lane, number};
  }
  return std::nullopt;
}

bool Causality::is_forked(const LogId& log) const {
  const auto known = log_index_.find(log);
  return known != log_index_.end() && logs_[known->second].lanes.size() > 1;
}

bool Causality::holds_what_was_seen(Place place) const {
  const auto is_here = [&](const Cite& cite) { return place_of(cite).has_value(); };
  const Lane& lane = lanes_[place.lane];
  if (!lane.mentions_absent) return true;
  const Mentions mentions = lane.end() == place.number ? lane.mentions : mentions_at(place);
  return std::all_of(mentions.begin(), mentions.end(), [&](const auto& of_log) {
    return std::all_of(of_log.second.begin(), of_log.second.end(), is_here);
  });
}

std::vector<Head> Causality::missing() const {
  std::vector<Head> heads;
  for (const auto& [chain, change] : waiting_) {
    for (const Head& head : change.seen) {
      if (!is_delivered(head) && !waiting_.contains(head.chain)) heads.push_back(head);
    }
  }
  std::sort(heads.begin(), heads.end());
  heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
  return heads;
}

std::vector<LogId> Causality::logs() const {
  std::vector<LogId> ids;
  for (const Log& log : logs_) {
    if (!log.lanes.empty()) ids.push_back(log.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// ---- one change

const ChainValue& Causality::chain_of(Place place) const {
  const Lane& lane = lanes_[place.lane];
  CHECK(place.number >= lane.first && place.number <= lane.end());
  return lane.chains[place.number - lane.first];
}

std::optional<Place> Causality::previous_of(Place place) const {
  const Lane& lane = lanes_[place.lane];
  if (place.number > lane.first) return Place{place.lane, place.number - 1};
  if (lane.parent == kNone) return std::nullopt;
  return Place{lane.parent, lane.first - 1};
}

template <class Steps>
static std::uint32_t value_at(const Steps& steps, std::uint32_t number) {
  if (steps.empty()) return 0;
  if (steps.back().from <= number) return steps.back().value;
  const auto after = std::upper_bound(steps.begin(), steps.end(), number,
                                      [](std::uint32_t wanted, const auto& step) { return wanted < step.from; });
  return after == steps.begin() ? 0 : std::prev(after)->value;
}

std::uint32_t Causality::schema_of(Place place) const {
  return value_at(lanes_[place.lane].schemas, place.number);
}
std::uint32_t Causality::roster_of(Place place) const {
  return value_at(lanes_[place.lane].rosters, place.number);
}

bool Causality::before_in_order(Place a, Place b) const {
  if (a.lane == b.lane) return a.number < b.number;
  return head_of(a) < head_of(b);
}

// ---- names

ChangeName Causality::name_of(Place place) const {
  const Log& log = logs_[lanes_[place.lane].log];
  return {log.id, place.number, place.number <= log.common ? 0 : branch_of(chain_of(place))};
}

std::optional<Place> Causality::resolve(Place reader, const ChangeName& name) const {
  const auto known = log_index_.find(name.log);
  if (known == log_index_.end()) return std::nullopt;
  const bool own_log = known->second == lanes_[reader.lane].log;
  std::optional<Place> found;
  bool several = false;
  for (const std::uint32_t lane : logs_[known->second].lanes) {
    const Place place{lane, name.number};
    if (name.number < lanes_[lane].first || name.number > lanes_[lane].end()) continue;
    if (name.branch != 0 && branch_of(chain_of(place)) != name.branch) continue;
    if (place != reader && !in_history(reader, place)) continue;
    // Without a branch, a name in the author's own log is on the author's own line.
    if (own_log && name.branch == 0 && on_path(place, reader)) return place;
    several |= found.has_value();
    found = place;
  }
  return several ? std::nullopt : found;
}

std::optional<Place> Causality::resolve(const ChangeName& name) const {
  const auto known = log_index_.find(name.log);
  if (known == log_index_.end()) return std::nullopt;
  std::optional<Place> found;
  for (const std::uint32_t lane : logs_[known->second].lanes) {
    const Place place{lane, name.number};
    if (name.number < lanes_[lane].first || name.number > lanes_[lane].end()) continue;
    if (name.branch != 0 && branch_of(chain_of(place)) != name.branch) continue;
    if (found) return std::nullopt;
    found = place;
  }
  return found;
}

// Operations are counted to far below this bit, so a name that has it was forged and is nobody's, too.
static constexpr std::uint32_t kNotHeld = 0x8000'0000;

// canonical() changes the branch and this bit of the index, nothing else.
bool Causality::may_mean(const RecordName& written, const RecordName& canonical) {
  const auto* one = std::get_if<WriteName>(&written.origin);
  const auto* other = std::get_if<WriteName>(&canonical.origin);
  if (one == nullptr || other == nullptr) return written == canonical;
  return one->change.number == other->change.number && (one->index | kNotHeld) == (other->index | kNotHeld) &&
         written.type == canonical.type && one->change.log == other->change.log;
}

RecordName Causality::canonical(Place reader, const RecordName& record) const {
  const auto* origin = std::get_if<WriteName>(&record.origin);
  if (!origin) return record;
  const auto place = origin->index < kNotHeld ? resolve(reader, origin->change) : std::nullopt;
  if (!place) return {record.type, WriteName{origin->change, origin->index | kNotHeld}};
  return {record.type, WriteName{name_of(*place), origin->index}};
}

RecordName Causality::canonical(const RecordName& record) const {
  const auto* origin = std::get_if<WriteName>(&record.origin);
  if (!origin) return record;
  const auto place = origin->index < kNotHeld ? resolve(origin->change) : std::nullopt;
  if (!place) return {record.type, WriteName{origin->change, origin->index | kNotHeld}};
  return {record.type, WriteName{name_of(*place), origin->index}};
}

// ---- questions

std::uint32_t Causality::held_up_to(Place reader, std::uint32_t lane) const {
  const auto& clock = lanes_[reader.lane].clock;
  const auto track = std::lower_bound(clock.begin(), clock.end(), lane,
                                      [](const Track& entry, std::uint32_t wanted) { return entry.lane < wanted; });
  return track == clock.end() || track->lane != lane ? 0 : value_at(track->steps, reader.number);
}

bool Causality::on_path(Place ancestor, Place place) const {
  while (place.lane != ancestor.lane) {
    const Lane& lane = lanes_[place.lane];
    if (lane.parent == kNone) return false;
    place = {lane.parent, lane.first - 1};
  }
  return ancestor.number <= place.number;
}

bool Causality::within(Place place, std::uint32_t number, const ChainValue& chain, Horizon horizon) const {
  const auto end = find(log_of(place.lane), number, chain);
  if (!end || !sees(horizon, *end)) return place.number < number;
  return on_path(place, *end);
}

bool Causality::comparable(Place place, std::uint32_t number, const ChainValue& chain, Horizon horizon) const {
  const auto end = find(log_of(place.lane), number, chain);
  if (!end || !sees(horizon, *end)) return true;
  return on_path(place, *end) || on_path(*end, place);
}

bool Causality::on_line(Place place, const std::vector<Head>& names, Horizon horizon) const {
  const Log& log = logs_[lanes_[place.lane].log];
  if (log.lanes.size() == 1) return true;
  for (const std::uint32_t fork : log.lanes) {
    const std::uint32_t parent = lanes_[fork].parent, next = lanes_[fork].first;
    const bool is_root = parent == kNone;
    if (!is_root && (!on_path({parent, next - 1}, place) || Place{parent, next - 1} == place)) continue;
    // What follows the common point (parent, next - 1), as far as the horizon shows.
    std::vector<Place> siblings;
    if (!is_root && lanes_[parent].end() >= next) siblings.push_back({parent, next});
    for (const std::uint32_t lane : log.lanes) {
      if (lanes_[lane].parent == parent && lanes_[lane].first == next) siblings.push_back({lane, next});
    }
    std::erase_if(siblings, [&](Place sibling) { return !sees(horizon, sibling); });
    if (siblings.size() < 2) continue;
    std::optional<Place> chosen;
    for (auto name = names.rbegin(); name != names.rend() && !chosen; ++name) {
      const auto end = find(log.id, name->number, name->chain);
      if (!end || !sees(horizon, *end)) continue;
      const auto holds = [&](Place sibling) { return on_path(sibling, *end); };
      const auto sibling = std::find_if(siblings.begin(), siblings.end(), holds);
      if (sibling != siblings.end()) chosen = *sibling;
    }
    if (!chosen || !on_path(*chosen, place)) return false;
  }
  return true;
}

bool Causality::is_unclear(Place reader, const LogId& log) const {
  const auto known = log_index_.find(log);
  if (known == log_index_.end()) return false;
  const auto& entries = lanes_[reader.lane].unclear;
  const auto last = std::find_if(entries.rbegin(), entries.rend(), [&](const Unclear& entry) {
    return entry.from <= reader.number && entry.log == known->second;
  });
  return last != entries.rend() && last->unclear;
}

}  // namespace plenary::log
