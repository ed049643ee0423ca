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

// What is kept of standings that are not at the tip: so many of them, and so many people, rights and keys in all.
constexpr std::size_t kHeldStandings = 64;
constexpr std::size_t kHeldEntries = 100'000;

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
    if (!here && waiting_count_ < kMaxWaiting) {
      followers.push_back(record);
      ++waiting_count_;
    }
    if (followers.empty()) waiting_.erase(record.previous);
    return Admission::waiting;
  }
  const Admission outcome = admit(record, admitted);
  if (outcome != Admission::admitted) return outcome;
  // The usual record follows the tip and opens no epoch: it is the tip, and nothing else is to be looked at.
  const bool follows = nodes_.size() > 1 && nodes_.back()->parent == tip_ && !is_opening(record.body);
  if (follows && !waiting_.contains(record.hash)) {
    tip_ = static_cast<std::uint32_t>(nodes_.size()) - 1;
    return Admission::admitted;
  }
  std::vector<RosterHash> arrived{record.hash};
  while (!arrived.empty()) {
    auto followers = waiting_.extract(arrived.back());
    arrived.pop_back();
    if (!followers) continue;
    waiting_count_ -= followers.mapped().size();
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
    node->signers = {found->keeper.signing, found->recovery};
  } else {
    const std::uint32_t parent = index_.at(record.previous);
    const Node& last = *nodes_[parent];
    const DeviceKey& signer = is_recovery(record.body) ? last.signers.recovery : last.signers.keeper;
    const std::uint32_t epoch = last.record.epoch + (is_opening(record.body) ? 1 : 0);
    if (record.signer != signer || record.epoch != epoch) {
      invalid_.insert(record.hash);
      return Admission::invalid;
    }
    node->parent = parent;
    node->depth = last.depth + 1;
    node->signers = last.signers;
    if (const auto* handover = std::get_if<HandOver>(&record.body)) node->signers.keeper = handover->keeper.signing;
    if (const auto* recovery = std::get_if<Recover>(&record.body)) {
      node->signers = {recovery->keeper.signing, recovery->recovery};
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

// As the tip moves on, its standing moves with it.
const Standing& Roster::standing() const {
  CHECK(!nodes_.empty());
  auto steps = path(at_tip_.node, tip_);
  const bool goes_on = at_tip_.standing && (at_tip_.node == tip_ || nodes_[steps.front()]->parent == at_tip_.node);
  if (!goes_on) at_tip_ = {UINT32_MAX, std::make_unique<Standing>()};
  for (const std::uint32_t step : steps) apply(*at_tip_.standing, nodes_[step]->record);
  at_tip_.node = tip_;
  return *at_tip_.standing;
}

const Standing* Roster::standing_at(const RosterHash& record) const {
  const auto found = index_.find(record);
  if (found == index_.end()) return nullptr;
  if (found->second == tip_) return &standing();
  const Held* nearest = at_tip_.standing ? &at_tip_ : nullptr;
  std::vector<std::uint32_t> steps = path(nearest ? nearest->node : UINT32_MAX, found->second);
  if (nearest && !steps.empty() && nodes_[steps.front()]->parent != nearest->node) nearest = nullptr;
  for (const Held& held : elsewhere_) {
    if (held.node == found->second) return held.standing.get();
    auto from_there = path(held.node, found->second);
    if (from_there.size() >= steps.size() || nodes_[from_there.front()]->parent != held.node) continue;
    nearest = &held;
    steps = std::move(from_there);
  }
  Held made{found->second, nearest ? std::make_unique<Standing>(*nearest->standing) : std::make_unique<Standing>()};
  for (const std::uint32_t step : steps) apply(*made.standing, nodes_[step]->record);
  return &keep(std::move(made));
}

// The nodes after `from` to `to`; from the founding on where `from` is not before it.
std::vector<std::uint32_t> Roster::path(std::uint32_t from, std::uint32_t to) const {
  std::vector<std::uint32_t> steps;
  for (std::uint32_t at = to; at != UINT32_MAX && at != from; at = nodes_[at]->parent) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

// Standings of long rosters are large: were each kept, memory would grow with the square of the roster.
const Standing& Roster::keep(Held held) const {
  const auto entries = [](const Held& each) {
    const Standing& standing = *each.standing;
    return standing.people.size() + standing.events.size() + standing.names.size() + standing.erasures.size() +
           standing.invitations.size() + standing.keys.size();
  };
  elsewhere_.push_back(std::move(held));
  std::size_t together = 0;
  for (const Held& each : elsewhere_) together += entries(each);
  while (elsewhere_.size() > 1 && (together > kHeldEntries || elsewhere_.size() > kHeldStandings)) {
    together -= entries(elsewhere_.front());
    elsewhere_.pop_front();
  }
  return *elsewhere_.back().standing;
}

std::optional<Signers> Roster::signers_after(const RosterHash& record) const {
  const auto found = index_.find(record);
  if (found == index_.end()) return std::nullopt;
  return nodes_[found->second]->signers;
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
