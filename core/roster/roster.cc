#include "core/roster/roster.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/roster/standing.h"

namespace plenary::roster {
namespace {

bool is_recovery(const Body& body) {
  return std::holds_alternative<Recover>(body);
}
bool is_hand_over(const Body& body) {
  return std::holds_alternative<HandOver>(body);
}
bool is_opening(const Body& body) {
  return is_recovery(body) || is_hand_over(body);
}

}  // namespace

// ---- admission

Admission Roster::add(const Record& record, std::vector<const Record*>* admitted) {
  if (index_.contains(record.hash)) return Admission::known;
  if (invalid_.contains(record.hash)) return Admission::invalid;
  const bool founding = std::holds_alternative<Found>(record.body);
  if (!founding && !index_.contains(record.previous)) {
    auto& followers = waiting_[record.previous];
    const bool here =
        std::any_of(followers.begin(), followers.end(), [&](const Record& r) { return r.hash == record.hash; });
    if (!here) followers.push_back(record);
    return Admission::waiting;
  }
  const Admission outcome = admit(record, admitted);
  if (outcome != Admission::admitted) return outcome;
  std::vector<RosterHash> arrived{record.hash};
  while (!arrived.empty()) {
    auto followers = waiting_.extract(arrived.back());
    arrived.pop_back();
    if (!followers) continue;
    for (const Record& follower : followers.mapped()) {
      if (admit(follower, admitted) == Admission::admitted) arrived.push_back(follower.hash);
    }
  }
  find_tip();
  return Admission::admitted;
}

Admission Roster::admit(const Record& record, std::vector<const Record*>* admitted) {
  auto node = std::make_unique<Node>();
  if (const auto* found = std::get_if<Found>(&record.body)) {
    // One founding, by its keeper; a second one founds another space.
    if (!nodes_.empty() || record.epoch != 0 || record.signer != found->keeper.signing) {
      invalid_.insert(record.hash);
      return Admission::invalid;
    }
    node->keeper = found->keeper.signing;
    node->recovery = found->recovery;
  } else {
    const std::uint32_t parent = index_.at(record.previous);
    const Node& last = *nodes_[parent];
    const DeviceKey& signer = is_recovery(record.body) ? last.recovery : last.keeper;
    const std::uint32_t epoch = last.record.epoch + (is_opening(record.body) ? 1 : 0);
    if (record.signer != signer || record.epoch != epoch) {
      invalid_.insert(record.hash);
      return Admission::invalid;
    }
    node->parent = parent;
    node->depth = last.depth + 1;
    node->keeper = last.keeper;
    node->recovery = last.recovery;
    if (const auto* handover = std::get_if<HandOver>(&record.body)) node->keeper = handover->keeper.signing;
    if (const auto* recovery = std::get_if<Recover>(&record.body)) {
      node->keeper = recovery->keeper.signing;
      node->recovery = recovery->recovery;
    }
  }
  node->record = record;
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  if (node->parent != UINT32_MAX) nodes_[node->parent]->children.push_back(index);
  index_.emplace(record.hash, index);
  nodes_.push_back(std::move(node));
  if (admitted) admitted->push_back(&nodes_.back()->record);
  ++revision_;
  return Admission::admitted;
}

// ---- the chain that applies

// The openings after `base` for which no barrier lies between.
std::vector<std::uint32_t> Roster::beyond(std::uint32_t base, Opening kind, Opening barrier) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    if (!kind(nodes_[index]->record.body)) continue;
    std::uint32_t at = nodes_[index]->parent;
    while (at != base && at != UINT32_MAX && !barrier(nodes_[at]->record.body)) at = nodes_[at]->parent;
    if (at == base) found.push_back(index);
  }
  return found;
}

std::uint32_t Roster::follow_keeper(std::uint32_t base) const {
  for (;;) {
    std::uint32_t next = UINT32_MAX;
    for (const std::uint32_t child : nodes_[base]->children) {
      const Record& record = nodes_[child]->record;
      if (record.epoch != nodes_[base]->record.epoch) continue;
      if (next == UINT32_MAX || record.hash < nodes_[next]->record.hash) next = child;
    }
    if (next == UINT32_MAX) return base;
    base = next;
  }
}

void Roster::find_tip() {
  std::uint32_t base = 0;
  for (;;) {  // of two recoveries by one key, the higher epoch, then the lower hash
    const auto openings = beyond(base, is_recovery, is_recovery);
    if (openings.empty()) break;
    base = *std::min_element(openings.begin(), openings.end(), [&](std::uint32_t a, std::uint32_t b) {
      const Record &one = nodes_[a]->record, &other = nodes_[b]->record;
      return one.epoch != other.epoch ? one.epoch > other.epoch : one.hash < other.hash;
    });
  }
  for (;;) {  // of two hand-overs, the lower hash
    const auto openings = beyond(base, is_hand_over, is_opening);
    if (openings.empty()) break;
    base = *std::min_element(openings.begin(), openings.end(), [&](std::uint32_t a, std::uint32_t b) {
      return nodes_[a]->record.hash < nodes_[b]->record.hash;
    });
  }
  tip_ = follow_keeper(base);
}

// ---- questions

RosterHash Roster::tip() const {
  return nodes_.empty() ? RosterHash{} : nodes_[tip_]->record.hash;
}

const Standing& Roster::standing() const {
  CHECK(!nodes_.empty());
  return standing_of(tip_);
}

const Standing* Roster::standing_at(const RosterHash& record) const {
  const auto found = index_.find(record);
  return found == index_.end() ? nullptr : &standing_of(found->second);
}

const Standing& Roster::standing_of(std::uint32_t node) const {
  if (nodes_[node]->standing) return *nodes_[node]->standing;
  std::vector<std::uint32_t> path;
  std::uint32_t at = node;
  for (; at != UINT32_MAX && !nodes_[at]->standing; at = nodes_[at]->parent) path.push_back(at);
  auto standing = std::make_unique<Standing>();
  if (at != UINT32_MAX) *standing = *nodes_[at]->standing;
  for (auto step = path.rbegin(); step != path.rend(); ++step) apply(*standing, nodes_[*step]->record);
  nodes_[node]->standing = std::move(standing);
  return *nodes_[node]->standing;
}

const Record* Roster::find(const RosterHash& record) const {
  const auto found = index_.find(record);
  return found == index_.end() ? nullptr : &nodes_[found->second]->record;
}

std::vector<const Record*> Roster::chain(const RosterHash& record) const {
  std::vector<const Record*> chain;
  const auto found = index_.find(record);
  for (std::uint32_t at = found == index_.end() ? UINT32_MAX : found->second; at != UINT32_MAX;
       at = nodes_[at]->parent) {
    chain.push_back(&nodes_[at]->record);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

bool Roster::on_chain(const RosterHash& earlier, const RosterHash& later) const {
  const auto wanted = index_.find(earlier), from = index_.find(later);
  if (wanted == index_.end() || from == index_.end()) return false;
  std::uint32_t at = from->second;
  while (at != UINT32_MAX && nodes_[at]->depth > nodes_[wanted->second]->depth) at = nodes_[at]->parent;
  return at == wanted->second;
}

std::vector<const Record*> Roster::void_erasures() const {
  std::vector<const Record*> found;
  for (const auto& node : nodes_) {
    if (std::holds_alternative<Erase>(node->record.body) && is_void(node->record.hash)) found.push_back(&node->record);
  }
  return found;
}

std::vector<RosterHash> Roster::unsettled() const {
  std::vector<RosterHash> found;
  if (nodes_.empty()) return found;
  for (const Record* erasure : void_erasures()) {
    if (!standing().settled_records.contains(erasure->hash)) found.push_back(erasure->hash);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<log::Loss> Roster::losses() const {
  std::vector<log::Loss> found;
  for (const auto& node : nodes_) {
    if (const auto* lost = std::get_if<Lost>(&node->record.body))
      found.push_back({lost->log, lost->number, lost->chain});
  }
  return found;
}

std::vector<std::vector<RosterHash>> Roster::alarms() const {
  // Openings of one epoch by one signer are in one place, wherever they follow.
  std::map<std::tuple<DeviceKey, std::uint32_t, bool, RosterHash>, std::vector<RosterHash>> places;
  for (const auto& node : nodes_) {
    const Record& record = node->record;
    const bool opening = is_opening(record.body);
    places[{record.signer, record.epoch, opening, opening ? RosterHash{} : record.previous}].push_back(record.hash);
  }
  std::vector<std::vector<RosterHash>> alarms;
  for (auto& [place, hashes] : places) {
    std::sort(hashes.begin(), hashes.end());
    if (hashes.size() > 1) alarms.push_back(std::move(hashes));
  }
  std::sort(alarms.begin(), alarms.end());
  return alarms;
}

std::vector<const Record*> Roster::records() const {
  std::vector<const Record*> all;
  for (const auto& node : nodes_) all.push_back(&node->record);
  return all;
}

}  // namespace plenary::roster
