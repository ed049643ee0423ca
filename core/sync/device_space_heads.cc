// The hub heads that a device is shown: do they follow from the one that it trusts, agree with what others saw, and
// tell the truth about the inventory beside them.
#include "core/sync/device_space.h"

namespace plenary::sync {

void DeviceSpace::raise(HubAlarm::Kind kind, const HubHead& seen, const HubHead& shown,
                        std::optional<HubForkProof> proof) {
  context_.spaces.raise_alarm(id_, context_.options.hub, {kind, seen, shown, std::move(proof)});
  context_.line.emit({.kind = Event::Kind::alarm,
                      .space = id_,
                      .error = {ErrorCode::conflict,
                                "The hub contradicts what it signed before. Nothing on this device is affected; show "
                                "this to whoever runs the hub."}});
}

// A hub that was put back from a backup without knowing opens a new epoch when it sees what it had signed.
void DeviceSpace::forgot(const HubHead& seen, const HubHead& shown) {
  raise(HubAlarm::Kind::forgot, seen, shown);
  if (!std::exchange(reminded_, true)) context_.line.send(Reminder{index_, seen});
}

void DeviceSpace::check_head(const HeadUpdate& update) {
  const HubHead& shown = update.head;
  if (!verify_hub_head(id_, shown) || shown.hub != context_.hub_signing) {
    return context_.line.fail(ErrorCode::refused, "The hub showed a hub head that it did not sign.");
  }
  if (head_ && !follows(update)) return;
  if (!agrees_with_witnesses(update) || head_ == shown) return;
  head_ = shown;
  head_unsaved_ = true;
}

// Does the chain of hub heads lead from the one that we trust to the one that is shown? Where it does not, there is an
// alarm. A new epoch, and a chain that was not shown, begin anew after one.
bool DeviceSpace::follows(const HeadUpdate& update) {
  const HubHead& shown = update.head;
  const auto raised = [&](HubAlarm::Kind kind, std::optional<HubForkProof> proof = {}) {
    raise(kind, *head_, shown, std::move(proof));
    return false;
  };
  if (head_->hub != shown.hub) return raised(HubAlarm::Kind::other_signer);
  if (std::pair(shown.epoch, shown.number) < std::pair(head_->epoch, head_->number)) {
    forgot(*head_, shown);
    return false;
  }
  if (shown.epoch > head_->epoch) {
    raise(HubAlarm::Kind::restored, *head_, shown);
    return true;
  }
  if (auto proof = hub_disagreement(id_, *head_, shown)) return raised(HubAlarm::Kind::forked, std::move(proof));
  if (shown.number == head_->number) return true;
  if (update.links.size() != shown.number - head_->number - 1) {
    raise(HubAlarm::Kind::unlinked, *head_, shown);
    return true;
  }
  HubValue value = value_of(id_, *head_);
  std::uint64_t number = head_->number;
  for (const HubContent& content : update.links) value = next_value(id_, value, shown.epoch, ++number, content);
  if (value == shown.previous) return true;
  // With nothing between them, the hub's own word shows that it built on something else.
  return raised(HubAlarm::Kind::forked,
                update.links.empty() ? hub_detour(id_, *head_, shown, shown.previous, {}) : std::nullopt);
}

// Was everybody shown the same? What others saw lies at the head that is shown, or on the way to it from ours.
bool DeviceSpace::agrees_with_witnesses(const HeadUpdate& update) {
  const HubHead& shown = update.head;
  for (const HubHead& witness : context_.spaces.witnessed(id_, shown.hub)) {
    if (std::pair(shown.epoch, shown.number) < std::pair(witness.epoch, witness.number)) {
      forgot(witness, shown);
      continue;
    }
    if (witness.epoch != shown.epoch) continue;
    std::optional<HubForkProof> proof = hub_disagreement(id_, witness, shown);
    const bool on_the_way = head_ && head_->epoch == shown.epoch && head_->number < witness.number &&
                            update.links.size() == shown.number - head_->number - 1;
    if (!proof && on_the_way && witness.number < shown.number) {
      HubValue value = value_of(id_, *head_);
      const auto until = static_cast<std::ptrdiff_t>(witness.number - head_->number);
      std::uint64_t number = head_->number;
      for (auto link = update.links.begin(); link != update.links.begin() + until; ++link) {
        value = next_value(id_, value, shown.epoch, ++number, *link);
      }
      if (value != value_of(id_, witness)) {
        proof = hub_detour(id_, witness, shown, value, {update.links.begin() + until, update.links.end()});
      }
    }
    if (!proof) continue;
    raise(HubAlarm::Kind::forked, witness, shown, std::move(proof));
    return false;
  }
  return true;
}

// Once there is a pause, not for every head: if it is lost in a crash, the chain is followed from an older one.
void DeviceSpace::save_head() {
  if (!head_unsaved_ || !quiet()) return;
  head_unsaved_ = false;
  context_.spaces.set_hub_head(id_, context_.options.hub, *head_);
}

// The inventory that a hub shows must be the one of the head that it signs.
void DeviceSpace::check_inventory(const Opened& opened) {
  if (!head_ || reminded_) return;
  log::Frontier frontier = opened.frontier.value_or(at_open_.frontier);
  const bool same = digest_of_roster(id_, opened.roster.value_or(at_open_.roster)) == head_->roster &&
                    digest_of_frontier(id_, frontier) == head_->frontier;
  if (!same) raise(HubAlarm::Kind::withheld, *head_, *head_);
}

}  // namespace plenary::sync
