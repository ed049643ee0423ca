// T6 and T8: what is not here is said, and whoever contradicts their own signature is proven. What should be said is
// read from the headers, statuses and signed heads that a device holds, and held against what its program shows.
#include <algorithm>

#include "tests/simulation/promises.h"

namespace plenary::simulation {
namespace {

std::string text_of(const log::Head& head) {
  return "change " + std::to_string(head.number) + " of log " + head.log.hex().substr(0, 8);
}

bool is_declared_lost(const replica::Space& space, const log::Head& head) {
  const auto losses = const_cast<replica::Space&>(space).store().roster().losses();
  return std::ranges::any_of(losses, [&](const log::Loss& loss) { return loss.log == head.log; });
}

std::vector<replica::Space::Notice> notices_of(replica::Space& space, sync::ItemKind kind) {
  auto notices = space.notices();
  std::erase_if(notices, [&](const replica::Space::Notice& notice) { return notice.kind != static_cast<int>(kind); });
  return notices;
}

// Did the author of these branches sign two changes under one number?
bool contradict(store::LogTable& table, const std::vector<std::uint32_t>& strands) {
  std::map<std::uint32_t, ChainValue> signed_heads;
  for (const std::uint32_t strand : strands) {
    for (const log::SignedHead& head : table.heads(strand, 0)) {
      const auto [known, is_new] = signed_heads.try_emplace(head.head.number, head.head.chain);
      if (!is_new && known->second != head.head.chain) return true;
    }
  }
  return false;
}

}  // namespace

Promises::Noticed& Promises::Noticed::operator+=(const Noticed& other) {
  gaps += other.gaps;
  tails += other.tails;
  forks += other.forks;
  hub_forks += other.hub_forks;
  hidden_at_hub += other.hidden_at_hub;
  return *this;
}

const Promises::Header& Promises::header_of(SimulatedDevice& device, replica::Space& space, const log::Head& head) {
  const auto [known, is_new] = headers_.try_emplace(head.chain);
  if (!is_new) return known->second;
  auto& table = space.store().log_table();
  const auto at = table.find(head);
  if (!at) throw Violation("T6: " + device.name + " counts with " + text_of(head) + ", which is not in its log");
  const store::SharedChange change = table.read(*at);
  known->second = {head, change->previous, change->seen, change->roster};
  return known->second;
}

Promises::Holdings Promises::holdings_of(replica::Space& space) const {
  Holdings holdings;
  const log::Causality& causality = space.store().causality();
  for (const log::LaneSnapshot& lane : causality.snapshot()) {
    holdings.delivered.insert(lane.chains.begin(), lane.chains.end());
  }
  for (const log::Head& head : causality.waiting()) holdings.waiting.insert(head.chain);
  return holdings;
}

// Nothing is shown that rests on something which is not here, unless the keeper declared that lost.
void Promises::check_delivered(SimulatedDevice& device, replica::Space& space, const Holdings& holdings) {
  for (const log::LaneSnapshot& lane : space.store().causality().snapshot()) {
    std::uint32_t number = lane.parent ? lane.parent->number : 0;
    for (const ChainValue& chain : lane.chains) {
      const Header& header = header_of(device, space, {lane.log, ++number, chain});
      if (number > 1 && !holdings.delivered.contains(header.previous)) {
        throw Violation("T6: " + device.name + " shows " + text_of(header.head) + " without the one before it");
      }
      for (const log::Head& seen : header.seen) {
        if (holdings.delivered.contains(seen.chain) || is_declared_lost(space, seen)) continue;
        throw Violation("T6: " + device.name + " shows " + text_of(header.head) + ", which follows " + text_of(seen) +
                        ", without it");
      }
    }
  }
}

// What waits is in a log without gaps, waits for something, and what it waits for is listed.
void Promises::check_waiting(SimulatedDevice& device, replica::Space& space, const Holdings& holdings) {
  const auto waiting = space.store().causality().waiting();
  if (waiting.empty()) return;
  const auto listed = space.missing_logs();
  for (const log::Head& head : waiting) {
    const Header& header = header_of(device, space, head);
    if (head.number > 1 && !holdings.hold(header.previous)) {
      throw Violation("T6: " + device.name + " took " + text_of(head) + " and not the one before it");
    }
    bool waits = head.number > 1 ? !holdings.delivered.contains(header.previous) : !header.previous.is_zero();
    waits |= space.store().roster().find(header.roster) == nullptr;
    for (const log::Head& seen : header.seen) {
      waits |= !holdings.delivered.contains(seen.chain);
      if (holdings.hold(seen.chain)) continue;
      ++noticed_.gaps;
      const auto entry = std::ranges::find(listed, seen.log, &replica::MissingLog::log);
      if (entry == listed.end() || entry->up_to < seen.number) {
        throw Violation("T6: " + device.name + " lacks " + text_of(seen) +
                        ", for which a change waits, and does not say so");
      }
    }
    if (!waits) throw Violation("T6: " + device.name + " holds back " + text_of(head) + ", which waits for nothing");
  }
}

// Whoever says more than is shown here is shown as ahead, and nobody else.
void Promises::check_statuses(SimulatedDevice& device, replica::Space& space, const Holdings& holdings) {
  const auto shown = space.device_statuses();
  const Digest position = space.store().position().position;
  for (const replica::Space::Notice& notice : notices_of(space, sync::ItemKind::status)) {
    const auto status = roster::decode_status(notice.bytes);
    const auto content = space.read_status(notice.bytes);
    const auto* member = status ? space.store().roster().standing().member(status->device) : nullptr;
    if (!content || member == nullptr || member->removed) continue;
    const auto view = std::ranges::find(shown, status->device, &replica::DeviceStatus::device);
    if (view == shown.end() || view->time_ms != content->time_ms) {
      throw Violation("T6: " + device.name + " does not show when it last heard of a member's tablet");
    }
    const bool ahead = std::ranges::any_of(
        content->frontier, [&](const log::Head& head) { return !holdings.delivered.contains(head.chain); });
    if (ahead) ++noticed_.tails;
    if (ahead != (view->logs_ahead > 0)) {
      throw Violation("T6: " + device.name + (ahead ? " does not say that" : " says wrongly that") +
                      " a colleague's tablet has something that is not shown here");
    }
    const bool same = !content->digests.empty() && content->digests.front().position == position;
    if (view->same_position != same) {
      throw Violation("T6: " + device.name + " is wrong about whether a colleague's tablet has what it has");
    }
  }
}

void Promises::check_deception(SimulatedDevice& device, const DeviceKey& hub, const Deception& deception,
                               bool alarmed) {
  if (deception.hides) ++noticed_.hidden_at_hub;
  if (deception.hides && !alarmed) {
    throw Violation("T6: a hub hides a log from " + device.name + ", which raises no alarm");
  }
  const bool contradicts = deception.contradicts_device || deception.contradicts_witness;
  if (contradicts) ++noticed_.hub_forks;
  if (contradicts && !alarmed) {
    throw Violation("T8: a hub shows " + device.name + " another history than before, and it raises no alarm");
  }
  if (deception.contradicts_witness && !proven_hubs(*device.space(space_)).contains(hub)) {
    throw Violation("T8: a hub shows " + device.name + " another history than a colleague, and it keeps no proof");
  }
}

bool Promises::is_sound(const replica::Space::Notice& proof) {
  const auto [judged, is_new] = judged_proofs_.try_emplace(proof.bytes, false);
  if (!is_new) return judged->second;
  if (proof.kind == static_cast<int>(sync::ItemKind::fork)) {
    const auto fork = log::decode_fork(proof.bytes);
    judged->second = fork && log::verify_fork(space_, *fork);
  } else {
    const auto fork = sync::decode_hub_fork(proof.bytes);
    judged->second = fork && sync::verify_hub_fork(space_, *fork);
  }
  return judged->second;
}

std::set<LogId> Promises::proven_logs(replica::Space& space) {
  std::set<LogId> logs;
  for (const auto& notice : notices_of(space, sync::ItemKind::fork)) {
    if (is_sound(notice)) logs.insert(log::decode_fork(notice.bytes)->a.head.log);
  }
  return logs;
}

std::set<DeviceKey> Promises::proven_hubs(replica::Space& space) {
  std::set<DeviceKey> hubs;
  for (const auto& notice : notices_of(space, sync::ItemKind::hub_fork)) {
    if (is_sound(notice)) hubs.insert(sync::decode_hub_fork(notice.bytes)->a.hub);
  }
  return hubs;
}

// T8: whoever holds two branches of a log shows that it forked, and where two of their heads contradict each other,
// can prove it to anybody.
void Promises::check_forks(SimulatedDevice& device, replica::Space& space) {
  auto& table = space.store().log_table();
  std::map<LogId, std::vector<std::uint32_t>> branches;
  for (const store::Strand& strand : table.strands()) branches[strand.log].push_back(strand.number);
  std::erase_if(branches, [](const auto& log) { return log.second.size() < 2; });
  if (branches.empty()) return;
  const auto shown = space.forks();
  const std::set<LogId> proven = proven_logs(space);
  const log::Causality& causality = space.store().causality();
  for (const auto& [log, strands] : branches) {
    const auto delivered = std::ranges::count_if(strands, [&](std::uint32_t strand) {
      const std::uint32_t first = table.strand(strand).first;
      return causality.is_delivered({log, first, table.chain({strand, first})});
    });
    if (delivered > 1 && std::ranges::find(shown, log, &replica::ForkView::log) == shown.end()) {
      throw Violation("T8: " + device.name + " holds two branches of log " + log.hex().substr(0, 8) +
                      " and does not show that it forked");
    }
    if (!contradict(table, strands)) continue;
    ++noticed_.forks;
    if (!proven.contains(log)) {
      throw Violation("T8: " + device.name + " holds two heads of one number of log " + log.hex().substr(0, 8) +
                      " and keeps no proof");
    }
  }
}

// T8: a hub that showed this device one thing and told a colleague another under the same number, as the colleague's
// status says.
void Promises::check_hub_heads(SimulatedDevice& device, replica::Space& space) {
  for (const replica::Space::Notice& notice : notices_of(space, sync::ItemKind::status)) {
    const auto content = space.read_status(notice.bytes);
    const auto theirs = content ? sync::decode_hub_head(content->hub_head) : fail(ErrorCode::not_found, "");
    if (!theirs) continue;
    for (const TransportKey& hub : hubs_) {
      const auto ours = device.replica().sync().hub_head(space_, hub);
      if (!ours || !sync::hub_disagreement(space_, *ours, *theirs) || !sync::verify_hub_head(space_, *theirs)) continue;
      ++noticed_.hub_forks;
      auto alarms = space.kept_alarms(true);
      std::ranges::move(space.kept_alarms(false), std::back_inserter(alarms));
      const bool alarmed = std::ranges::find(alarms, "hub_forked", &replica::AlarmView::kind) != alarms.end();
      if (!alarmed || !proven_hubs(space).contains(ours->hub)) {
        throw Violation("T8: " + device.name + " holds two heads that a hub signed under one number, and " +
                        (alarmed ? "keeps no proof" : "raises no alarm"));
      }
    }
  }
}

void Promises::check_same_proofs(const std::vector<SimulatedDevice*>& devices) {
  std::set<LogId> logs;
  std::set<DeviceKey> hubs;
  for (SimulatedDevice* device : devices) {
    logs.merge(proven_logs(*device->space(space_)));
    hubs.merge(proven_hubs(*device->space(space_)));
  }
  for (SimulatedDevice* device : devices) {
    if (!std::ranges::includes(proven_logs(*device->space(space_)), logs)) {
      throw Violation("T8: at the end " + device->name + " has no proof of a fork that others can prove");
    }
    if (!std::ranges::includes(proven_hubs(*device->space(space_)), hubs)) {
      throw Violation("T8: at the end " + device->name + " has no proof against a hub that others can prove");
    }
  }
}

}  // namespace plenary::simulation
