#include "tests/simulation/promises.h"

#include <algorithm>

namespace plenary::simulation {
namespace {

std::string text_of(const log::Head& head) {
  return head.log.hex().substr(0, 8) + "." + std::to_string(head.number) + " (" + head.chain.hex().substr(0, 8) + ")";
}

bool applies(const roster::Roster& roster, const RosterHash& record) {
  return roster.find(record) != nullptr && !roster.is_void(record);
}

}  // namespace

void Promises::check(SimulatedDevice& device) {
  if (!device.is_open()) return;
  replica::Space* const space = device.space(space_);
  if (space == nullptr) {
    if (device.joined) throw Violation("T14: " + device.name + " joined the space and does not know it any more");
    return;
  }
  ++checks_;
  check_confirmed(device, *space);
  check_roster(device, *space);
  check_digest(device, *space);
  if (space->store().roster().empty()) return;
  const Holdings holdings = holdings_of(*space);
  check_delivered(device, *space, holdings);
  check_waiting(device, *space, holdings);
  check_statuses(device, *space, holdings);
  check_forks(device, *space);
  check_hub_heads(device, *space);
}

// T14: what was there when an action ended is there for ever; a power cut or a full disk takes nothing of it.
void Promises::check_confirmed(SimulatedDevice& device, replica::Space& space) {
  store::SpaceStore& store = space.store();
  for (const log::Head& head : device.confirmed.frontier) {
    if (!store.log_table().find(head)) {
      throw Violation("T14: " + device.name + " lost change " + text_of(head) + ", which was confirmed");
    }
  }
  const auto& roster = store.roster_hashes();
  for (const RosterHash& hash : device.confirmed.roster) {
    if (std::ranges::find(roster, hash) == roster.end()) {
      throw Violation("T14: " + device.name + " lost a roster record that was confirmed");
    }
  }
  device.confirmed.frontier = store.causality().frontier();
  for (const log::Head& head : store.causality().waiting()) device.confirmed.frontier.push_back(head);
  device.confirmed.roster = roster;
}

// T9: records by anybody but the keeper are nowhere.
void Promises::check_roster(SimulatedDevice& device, replica::Space& space) const {
  for (const RosterHash& hash : forged_) {
    if (space.store().roster().find(hash) != nullptr) {
      throw Violation("T9: " + device.name + " took a roster record that its keeper did not sign");
    }
  }
}

// T7, T12, D12, and T4's "same quarantine everywhere": whoever is at a position where anybody ever was shows the same.
void Promises::check_digest(SimulatedDevice& device, replica::Space& space) {
  if (space.first_key() == nullptr) return;
  const store::StatePosition at = space.store().position();
  const auto [known, is_new] = reached_.try_emplace(at.position, Reached{at.digest, device.name});
  if (!is_new && known->second.digest != at.digest) {
    throw Violation("T7: " + device.name + " shows something else than " + known->second.by +
                    " did with the same changes and the same roster");
  }
}

void Promises::check_tables(SimulatedDevice& device) {
  replica::Space* const space = device.is_open() ? device.space(space_) : nullptr;
  if (space == nullptr) return;
  ++checks_;
  std::string all;
  for (const std::string& difference : space->store().check()) all += difference.substr(0, 300) + "\n";
  if (!all.empty()) throw Violation(device.name + "'s tables are not what its log says: " + all.substr(0, 2'000));
}

// Where a log forked and what made the record is not here, nobody can tell yet which branch's record somebody meant who
// knew of one branch only. What waits for that log keeps its words until it comes (docs/threat-model.md, "Not
// promised").
static bool is_undecided(store::SpaceStore& store, const RosterHash& erasure) {
  const auto* body = std::get_if<roster::Erase>(&store.roster().find(erasure)->body);
  const auto* named = body != nullptr ? std::get_if<log::WriteName>(&body->record.origin) : nullptr;
  if (named == nullptr || named->change.branch == 0) return false;
  const log::RecordName here = store.causality().canonical(body->record);
  return std::get<log::WriteName>(here.origin).index != named->index;
}

void Promises::check_erased(const SimulatedDevice& device, const replica::Space& space) const {
  auto& store = const_cast<replica::Space&>(space).store();
  if (erased_.empty()) return;
  const std::string files = device.opened_files();
  for (const auto& [record, words] : erased_) {
    if (!applies(store.roster(), record) || is_undecided(store, record)) continue;
    for (const std::string& word : words) {
      if (files.find(word) != std::string::npos) {
        throw Violation("T15: " + device.name + " knows that " + word + " was erased, and its files hold it");
      }
    }
  }
}

void Promises::expect_unreadable(const RosterHash& removal, const seal::KeyRing& keys, const DeviceKey& device) {
  removed_[removal] = {device, keys.ids()};
}

std::vector<RosterHash> Promises::known_removals(SimulatedDevice& device) const {
  std::vector<RosterHash> known;
  replica::Space* const space = device.space(space_);
  if (space == nullptr) return known;
  const roster::Roster& roster = space->store().roster();
  for (const auto& [removal, removed] : removed_) {
    const auto* member = applies(roster, removal) ? roster.standing().member(removed.device) : nullptr;
    // Whoever is removed has no other key than the old ones.
    const bool is_itself = removed.device == device.signing().public_key();
    if (member != nullptr && member->removed && !is_itself) known.push_back(removal);
  }
  return known;
}

std::vector<RosterHash> Promises::still_known(SimulatedDevice& device, std::vector<RosterHash> removals) const {
  const auto now = known_removals(device);
  std::erase_if(removals, [&](const RosterHash& removal) { return std::ranges::find(now, removal) == now.end(); });
  return removals;
}

void Promises::check_sealing(const std::string& sender, const std::vector<RosterHash>& known,
                             const std::vector<sync::Item>& items) const {
  for (const RosterHash& removal : known) {
    const std::vector<KeyId>& keys = removed_.at(removal).keys;
    for (const sync::Item& item : items) {
      if (item.kind != sync::ItemKind::segment) continue;
      const auto view = log::view_segment(item.bytes);
      if (view && std::ranges::find(keys, view->envelope.key) != keys.end()) {
        throw Violation("T4: " + sender + " knows of a removal, and sent what the removed device can read");
      }
    }
  }
}

}  // namespace plenary::simulation
