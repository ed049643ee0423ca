// Clocks: what each author held, as step functions along lanes; and what a lost, absent head stands for.
#include <algorithm>

#include "core/base/check.h"
#include "core/log/causality.h"

namespace plenary::log {

// How far each lane's clock is rebuilt: its last number so far, 0 for nothing.
struct Causality::Progress {
  std::vector<std::uint32_t> done;
  bool has(Place place) const { return done[place.lane] >= place.number; }
};

// ---- cited heads

std::uint32_t Causality::log_of_cite(const Cite& cite) const {
  return cite.lane == kAbsent ? absent_[cite.number].log : lanes_[cite.lane].log;
}

std::optional<Place> Causality::place_of(const Cite& cite) const {
  return cite.lane == kAbsent ? absent_[cite.number].place : Place{cite.lane, cite.number};
}

Head Causality::head_of(const Cite& cite) const {
  return cite.lane == kAbsent ? absent_[cite.number].head : head_of(Place{cite.lane, cite.number});
}

std::span<const Causality::Cite> Causality::cites_of(Place place) const {
  const auto& cites = lanes_[place.lane].cites;
  if (cites.empty() || cites.back().by < place.number) return {};
  const auto by = [](const Cite& cite, std::uint32_t number) { return cite.by < number; };
  const auto first = std::lower_bound(cites.begin(), cites.end(), place.number, by);
  auto last = first;
  while (last != cites.end() && last->by == place.number) ++last;
  return {first, last};
}

Causality::Mentions Causality::mentions_at(Place place) const {
  const Lane& lane = lanes_[place.lane];
  Mentions mentions;
  if (lane.parent != kNone) mentions = mentions_at({lane.parent, lane.first - 1});
  std::uint32_t by = 0;
  std::uint32_t log = kNone;
  for (const Cite& cite : lane.cites) {
    if (cite.by > place.number) break;
    if (cite.by != by || log_of_cite(cite) != log) mentions[log_of_cite(cite)].clear();
    by = cite.by;
    log = log_of_cite(cite);
    mentions[log].push_back(cite);
  }
  return mentions;
}

// ---- clocks

bool Causality::raise_one(Lane& lane, std::uint32_t from, Place held) {
  const auto before = [](const Track& track, std::uint32_t wanted) { return track.lane < wanted; };
  auto track = std::lower_bound(lane.clock.begin(), lane.clock.end(), held.lane, before);
  if (track == lane.clock.end() || track->lane != held.lane) track = lane.clock.insert(track, Track{held.lane, {}});
  auto& steps = track->steps;
  if (!steps.empty() && steps.back().value >= held.number) return false;
  if (!steps.empty() && steps.back().from == from) {
    steps.back().value = held.number;
  } else {
    steps.push_back({from, held.number});
  }
  return true;
}

void Causality::raise(std::uint32_t lane, std::uint32_t from, Place held) {
  // A branch holds what it branched off from.
  while (held.lane != lane && raise_one(lanes_[lane], from, held)) {
    const Lane& branch = lanes_[held.lane];
    if (branch.parent == kNone) return;
    held = {branch.parent, branch.first - 1};
  }
}

void Causality::inherit(std::uint32_t index) {
  const std::uint32_t parent = lanes_[index].parent, first = lanes_[index].first;
  if (parent == kNone) return;
  const Place before{parent, first - 1};
  raise(index, first, before);
  for (const Track& track : lanes_[parent].clock) {
    if (const std::uint32_t held = held_up_to(before, track.lane)) raise(index, first, {track.lane, held});
  }
  Lane& lane = lanes_[index];
  lane.mentions = mentions_at(before);
  for (const auto& [log, heads] : lane.mentions) mark_unclear({index, first}, log, heads);
}

void Causality::mark_unclear(Place place, std::uint32_t log, const std::vector<Cite>& heads) {
  Lane& lane = lanes_[place.lane];
  const bool absent = std::any_of(heads.begin(), heads.end(), [&](const Cite& cite) { return !place_of(cite); });
  const bool unclear = absent && heads.size() + (log == lane.log) > 1;
  lane.mentions_absent |= absent;
  const auto last =
      std::find_if(lane.unclear.rbegin(), lane.unclear.rend(), [&](const Unclear& entry) { return entry.log == log; });
  if (unclear != (last != lane.unclear.rend() && last->unclear)) lane.unclear.push_back({place.number, log, unclear});
}

void Causality::apply(Place place, const Progress* progress) {
  const std::span<const Cite> cites = cites_of(place);
  Lane& lane = lanes_[place.lane];
  for (std::size_t i = 0; i < cites.size();) {
    const std::uint32_t log = log_of_cite(cites[i]);
    std::vector<Cite>& heads = lane.mentions[log];
    heads.clear();
    for (; i < cites.size() && log_of_cite(cites[i]) == log; ++i) {
      heads.push_back(cites[i]);
      if (const auto held = place_of(cites[i])) raise(place.lane, place.number, *held);
    }
    mark_unclear(place, log, heads);
  }
  if (lane.mentions_absent) presume(place, progress);
}

// ---- presumptions: a head that is lost and absent stands for its log up to the first fork, as far as it says

std::optional<Place> Causality::presumed(std::uint32_t log, std::uint32_t below) const {
  const Log& of = logs_[log];
  if (of.lanes.empty() || of.common == 0 || below <= 1) return std::nullopt;
  const std::uint32_t root = of.lanes.front();
  return Place{root, std::min({below - 1, of.common, lanes_[root].end()})};
}

void Causality::presume(Place place, const Progress* progress) {
  for (const auto& [log, heads] : lanes_[place.lane].mentions) {
    for (const Cite& cite : heads) {
      if (place_of(cite)) continue;
      auto stands_for = presumed(log, absent_[cite.number].head.number);
      if (!stands_for) continue;
      // In a ring, the change that goes first does without what is not there yet.
      if (progress) stands_for->number = std::min(stands_for->number, progress->done[stands_for->lane]);
      if (stands_for->number > 0) raise(place.lane, place.number, *stands_for);
    }
  }
}

// ---- rebuilding

void Causality::rebuild() {
  for (Lane& lane : lanes_) {
    lane.clock.clear();
    lane.unclear.clear();
    lane.mentions.clear();
    lane.mentions_absent = false;
  }
  rings_ = false;
  const bool any_absent =
      std::any_of(absent_.begin(), absent_.end(), [](const Absent& absent) { return !absent.place; });
  if (any_absent) return rebuild_causes_first();
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    inherit(lane);
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < lanes_[lane].cites.size(); ++i) {
      const std::uint32_t by = lanes_[lane].cites[i].by;
      if (by != last) apply({lane, by}, nullptr);
      last = by;
    }
  }
}

bool Causality::is_free(Place place, const Progress& progress) const {
  const Lane& lane = lanes_[place.lane];
  if (place.number == lane.first && lane.parent != kNone && !progress.has({lane.parent, lane.first - 1})) return false;
  const auto cites = cites_of(place);
  return std::all_of(cites.begin(), cites.end(), [&](const Cite& cite) {
    const auto held = place_of(cite);
    return !held || progress.has(*held);
  });
}

bool Causality::is_ready(Place place, const Progress& progress) const {
  const Lane& lane = lanes_[place.lane];
  const auto is_there = [&](const Cite& cite) {
    if (place_of(cite)) return true;
    const auto stands_for = presumed(log_of_cite(cite), absent_[cite.number].head.number);
    return !stands_for || progress.has(*stands_for);
  };
  const auto cites = cites_of(place);
  if (!std::all_of(cites.begin(), cites.end(), is_there)) return false;
  // Heads that were cited before and not again.
  const bool branches_off = place.number == lane.first && lane.parent != kNone;
  if (!branches_off && !lane.mentions_absent) return true;
  const Mentions inherited = branches_off ? mentions_at({lane.parent, lane.first - 1}) : Mentions{};
  for (const auto& [log, heads] : branches_off ? inherited : lane.mentions) {
    const auto is_same_log = [&, of = log](const Cite& cite) { return log_of_cite(cite) == of; };
    if (std::any_of(cites.begin(), cites.end(), is_same_log)) continue;
    if (!std::all_of(heads.begin(), heads.end(), is_there)) return false;
  }
  return true;
}

// What a lost head stands for counts as a cause, too. Should that make a ring (it takes forged, lost logs), the least
// change in it by (log, number, chain value) goes first and does without.
void Causality::rebuild_causes_first() {
  Progress progress{std::vector<std::uint32_t>(lanes_.size())};
  const auto next = [&](std::uint32_t lane) {
    return Place{lane, progress.done[lane] ? progress.done[lane] + 1 : lanes_[lane].first};
  };
  const auto go = [&](Place place) {
    if (place.number == lanes_[place.lane].first) inherit(place.lane);
    apply(place, &progress);
    progress.done[place.lane] = place.number;
  };
  for (;;) {
    bool moved = false, all_done = true;
    std::optional<Place> least;
    for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
      Place place = next(lane);
      for (; place.number <= lanes_[lane].end() && is_free(place, progress); place = next(lane)) {
        if (!is_ready(place, progress)) {
          if (!least || before_in_order(place, *least)) least = place;
          break;
        }
        go(place);
        moved = true;
      }
      all_done &= place.number > lanes_[lane].end();
    }
    if (all_done) return;
    if (moved) continue;
    CHECK(least.has_value());  // causes alone make no ring: each names the other's hash
    rings_ = true;
    go(*least);
  }
}

}  // namespace plenary::log
