// Arrival and delivery: what becomes part of the graph, and when.
#include <algorithm>

#include "core/base/check.h"
#include "core/log/causality.h"

namespace plenary::log {

// What a change waits for first, if anything.
struct Causality::Obstacle {
  enum class Kind : std::uint8_t { none, change, roster, hopeless } kind = Kind::none;
  ChainValue change{};
};

std::uint32_t Causality::log_index(const LogId& log) {
  const auto [found, added] = log_index_.try_emplace(log, static_cast<std::uint32_t>(logs_.size()));
  if (added) logs_.push_back(Log{.id = log});
  return found->second;
}

void Causality::learn_author(const LogId& log, const DeviceKey& author) {
  logs_[log_index(log)].author = author;
}

Delivery Causality::add(const Change& change) {
  Delivery delivery;
  if (waiting_.contains(change.chain) || find(change.log, change.number, change.chain)) return delivery;
  const auto known = log_index_.find(change.log);
  CHECK(known != log_index_.end() && !logs_[known->second].author.is_zero());
  Change header{.log = change.log,
                .number = change.number,
                .chain = change.chain,
                .previous = change.previous,
                .seen = change.seen,
                .roster = change.roster,
                .time_ms = change.time_ms,
                .schema = change.schema};
  std::sort(header.seen.begin(), header.seen.end());
  header.seen.erase(std::unique(header.seen.begin(), header.seen.end()), header.seen.end());
  waiting_.emplace(change.chain, std::move(header));
  deliver_ready({change.chain}, delivery);
  settle(delivery);
  return delivery;
}

Delivery Causality::learn_roster(const RosterHash& record) {
  Delivery delivery;
  const auto index = static_cast<std::uint32_t>(rosters_.size());
  if (!roster_index_.try_emplace(record, index).second) return delivery;
  rosters_.push_back(record);
  if (const auto blocked = blocked_on_roster_.extract(record)) deliver_ready(blocked.mapped(), delivery);
  settle(delivery);
  return delivery;
}

Delivery Causality::declare_lost(const Loss& loss) {
  Delivery delivery;
  if (std::find(losses_.begin(), losses_.end(), loss) != losses_.end()) return delivery;
  losses_.push_back(loss);
  retry_waiting(delivery);
  settle(delivery);
  return delivery;
}

bool Causality::is_declared_lost(const Head& head) const {
  return std::any_of(losses_.begin(), losses_.end(), [&](const Loss& loss) {
    // At or below the declared number the head is on another branch than the one declared, once that one is here:
    // were it on the same, it would be here too.
    return loss.log == head.log && (head.number > loss.number || find(loss.log, loss.number, loss.chain));
  });
}

Causality::Obstacle Causality::obstacle(const Change& change) const {
  using Kind = Obstacle::Kind;
  if (change.number == 0 || (change.number == 1) != change.previous.is_zero()) return {Kind::hopeless};
  if (change.number > 1 && !find(change.log, change.number - 1, change.previous))
    return {Kind::change, change.previous};
  if (!roster_index_.contains(change.roster)) return {Kind::roster};
  // Heads cited by the log's earlier changes were asked for when those were delivered, and stay answered.
  for (const Head& head : change.seen) {
    if (!is_delivered(head) && !is_declared_lost(head)) return {Kind::change, head.chain};
  }
  return {};
}

void Causality::deliver_ready(std::vector<ChainValue> candidates, Delivery& delivery) {
  bool retry = false;
  while (!candidates.empty()) {
    const ChainValue chain = candidates.back();
    candidates.pop_back();
    const auto waiting = waiting_.find(chain);
    if (waiting == waiting_.end()) continue;
    const Obstacle obstacle = this->obstacle(waiting->second);
    if (obstacle.kind == Obstacle::Kind::change) blocked_on_change_[obstacle.change].push_back(chain);
    if (obstacle.kind == Obstacle::Kind::roster) blocked_on_roster_[waiting->second.roster].push_back(chain);
    if (obstacle.kind != Obstacle::Kind::none) continue;
    deliver(waiting->second, delivery);
    waiting_.erase(waiting);
    retry |= std::any_of(losses_.begin(), losses_.end(), [&](const Loss& loss) { return loss.chain == chain; });
    if (auto blocked = blocked_on_change_.extract(chain)) {
      candidates.insert(candidates.end(), blocked.mapped().begin(), blocked.mapped().end());
    }
  }
  if (retry) retry_waiting(delivery);
}

void Causality::retry_waiting(Delivery& delivery) {
  std::vector<ChainValue> candidates;
  for (const auto& [chain, change] : waiting_) candidates.push_back(chain);
  blocked_on_change_.clear();
  blocked_on_roster_.clear();
  deliver_ready(std::move(candidates), delivery);
}

void Causality::deliver(const Change& change, Delivery& delivery) {
  const std::uint32_t lane = lane_for(change, delivery);
  const Place place{lane, change.number};
  Lane& mine = lanes_[lane];
  mine.chains.push_back(change.chain);
  const auto step = [&](std::vector<Step>& steps, std::uint32_t value) {
    if (steps.empty() || steps.back().value != value) steps.push_back({change.number, value});
  };
  step(mine.rosters, roster_index_.at(change.roster));
  step(mine.schemas, change.schema);
  for (const Head& head : change.seen) cite(lane, change.number, head);
  ++size_;

  const auto turned_up = absent_index_.find({change.log, change.number, change.chain});
  const bool was_absent = turned_up != absent_index_.end() && !absent_[turned_up->second].place;
  // Somebody cites a lost head of this log: what that stands for may be different now.
  if (was_absent || logs_[mine.log].absent > 0) delivery.reshaped = stale_ = true;
  if (was_absent) {
    absent_[turned_up->second].place = place;
    --logs_[mine.log].absent;
  }
  stale_ |= rings_;
  if (!stale_) {
    if (mine.chains.size() == 1) inherit(lane);
    apply(place, nullptr);
  }
  delivery.places.push_back(place);
}

std::uint32_t Causality::open_lane(std::uint32_t log, std::uint32_t parent, std::uint32_t first) {
  const auto lane = static_cast<std::uint32_t>(lanes_.size());
  if (!logs_[log].lanes.empty()) logs_[log].common = std::min(logs_[log].common, first - 1);
  logs_[log].lanes.push_back(lane);
  Lane opened;
  opened.log = log;
  opened.parent = parent;
  opened.first = first;
  lanes_.push_back(std::move(opened));
  return lane;
}

std::uint32_t Causality::lane_for(const Change& change, Delivery& delivery) {
  const std::uint32_t log = log_index(change.log);
  const auto previous = change.number == 1 ? std::nullopt : find(change.log, change.number - 1, change.previous);
  if (previous && lanes_[previous->lane].end() == previous->number) return previous->lane;
  if (!logs_[log].lanes.empty()) delivery.reshaped = true;  // the log forks here
  return open_lane(log, previous ? previous->lane : kNone, change.number);
}

void Causality::cite(std::uint32_t lane, std::uint32_t number, const Head& head) {
  if (const auto place = find(head.log, head.number, head.chain)) {
    lanes_[lane].cites.push_back({number, place->lane, place->number});
    return;
  }
  const auto [found, added] = absent_index_.try_emplace(head, static_cast<std::uint32_t>(absent_.size()));
  if (added) {
    const std::uint32_t log = log_index(head.log);
    absent_.push_back({head, log, std::nullopt});
    ++logs_[log].absent;
  }
  lanes_[lane].cites.push_back({number, kAbsent, found->second});
}

void Causality::settle(Delivery& delivery) {
  if (stale_) rebuild();
  stale_ = false;
  if (delivery.reshaped) ++shape_;
}

// ---- snapshot

std::vector<LaneSnapshot> Causality::snapshot() const {
  std::vector<LaneSnapshot> lanes;
  for (const Lane& lane : lanes_) {
    LaneSnapshot& out = lanes.emplace_back();
    out.log = logs_[lane.log].id;
    out.author = logs_[lane.log].author;
    if (lane.parent != kNone) out.parent = Place{lane.parent, lane.first - 1};
    out.chains = lane.chains;
    for (const Step& step : lane.rosters) out.rosters.emplace_back(step.from, rosters_[step.value]);
    for (const Step& step : lane.schemas) out.schemas.emplace_back(step.from, step.value);
    for (const Cite& cite : lane.cites) out.cited.push_back({cite.by, head_of(cite)});
  }
  return lanes;
}

Result<Causality> Causality::restore(const std::vector<LaneSnapshot>& lanes, const std::vector<RosterHash>& rosters,
                                     const std::vector<Loss>& losses) {
  const auto wrong = [](const char* what) {
    return fail(ErrorCode::malformed, std::string("The stored graph of changes contradicts itself (") + what +
                                          "). Rebuild it from the changes.");
  };
  Causality graph;
  for (const RosterHash& record : rosters) graph.learn_roster(record);
  graph.losses_ = losses;
  for (const LaneSnapshot& in : lanes) {
    const std::uint32_t log = graph.log_index(in.log);
    graph.logs_[log].author = in.author;
    if (in.chains.empty() || in.rosters.empty() || in.schemas.empty()) return wrong("an empty lane");
    if (in.parent && (in.parent->lane >= graph.lanes_.size() || graph.lanes_[in.parent->lane].log != log ||
                      graph.lanes_[in.parent->lane].first > in.parent->number ||
                      graph.lanes_[in.parent->lane].end() < in.parent->number)) {
      return wrong("a branch without a log");
    }
    const std::uint32_t first = in.parent ? in.parent->number + 1 : 1;
    Lane& lane = graph.lanes_[graph.open_lane(log, in.parent ? in.parent->lane : kNone, first)];
    lane.chains = in.chains;
    graph.size_ += in.chains.size();
    if (in.rosters.front().first != first || in.schemas.front().first != first) return wrong("a lane without a start");
    for (const auto& [from, record] : in.rosters) {
      const auto known = graph.roster_index_.find(record);
      if (known == graph.roster_index_.end()) return wrong("an unknown roster record");
      lane.rosters.push_back({from, known->second});
    }
    for (const auto& [from, schema] : in.schemas) lane.schemas.push_back({from, schema});
  }
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    for (const LaneSnapshot::Cited& cited : lanes[lane].cited) graph.cite(lane, cited.by, cited.head);
  }
  graph.rebuild();
  return graph;
}

}  // namespace plenary::log
