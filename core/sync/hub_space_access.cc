// Whom a hub lets into a space, what it shows them at the door, and how it sends them away.
#include "core/sync/hub_space.h"

namespace plenary::sync {
namespace {

constexpr int kConsistentReads = 8;

// One answer for a space that is not here and for one that this device may not see: nothing can be probed.
Error not_for_you() {
  return {ErrorCode::refused,
          "This hub does not serve the space to this device: the device is not a member of it, its invitation was used "
          "already or is void, or the space was never brought to this hub. Ask the keeper of the space."};
}

Error dropped() {
  return {ErrorCode::refused,
          "This space has expired, as its keeper had decided, and the hub has dropped it. What is on this device stays "
          "there until you remove it; to go on working, found a new space."};
}

Error removed() {
  return {
      ErrorCode::refused,
      "This device was removed from the space by its keeper. What is on it stays there; nothing more is exchanged."};
}

}  // namespace

Opened HubSpace::refuse(const Error& error, bool retry) const {
  Opened opened;
  opened.space = index_;
  opened.problem = Problem{error, retry, 0};
  return opened;
}

WireAccess HubSpace::access_now() const {
  switch (context_.spaces.access(id_, context_.device())) {
    case Access::member:
      return WireAccess::member;
    case Access::claimant:
      return WireAccess::claimant;
    case Access::removed:
      return WireAccess::removed;
    case Access::none:
      break;
  }
  return WireAccess::none;
}

Result<WireAccess> HubSpace::decide(const Open& open) {
  const WireAccess access = access_now();
  if (access != WireAccess::none) return access;
  if (context_.spaces.expired(id_)) return tl::make_unexpected(dropped());
  if (!open.claim.empty()) {
    if (context_.spaces.check_claim(id_, context_.device(), open.claim)) return WireAccess::claimant;
  }
  // The same whether the space is here or not, and whether the device could found it.
  if (!open.introduce) return tl::make_unexpected(not_for_you());
  return WireAccess::introducing;
}

Opened HubSpace::answer(const Open& open) {
  const Result<WireAccess> access = decide(open);
  if (!access) return refuse(access.error(), access.error() != dropped());
  if (*access == WireAccess::removed) return tell_of_removal();
  head_epoch_ = open.hub_epoch;
  head_number_ = open.hub_number;
  if (*access == WireAccess::claimant && !open.claim.empty()) {
    claim_ = open.claim;
    request({Item{ItemKind::claim, open.claim, {}, false}}, 0, false);
  }
  return let_in(*access, &open.position);
}

// Only members send what is large.
void HubSpace::set_access(WireAccess access) {
  access_ = access;
  if (access == WireAccess::member) context_.line.channel().set_message_limit(kMaxMessage);
}

Opened HubSpace::let_in(WireAccess access, const ShortPosition* known) {
  set_access(access);
  Opened opened;
  opened.space = index_;
  opened.access = access;
  context_.line.emit({.kind = Event::Kind::opened, .space = id_});
  if (access != WireAccess::introducing) fill_inventory(opened, known);
  return opened;
}

// Head and inventory of one moment, though commits go on meanwhile: the device holds one against the other.
void HubSpace::fill_inventory(Opened& opened, const ShortPosition* known) {
  std::optional<Inventory> held;
  std::optional<HubHead> head;
  std::optional<Position> position;
  for (int read = 0; read < kConsistentReads; ++read) {
    cursor_ = context_.spaces.last_sequence(id_);
    head = context_.spaces.head(id_);
    position = context_.spaces.position(id_);
    if (known && position && shorten(*position) == *known) {
      held = Inventory{};
    } else {
      held = context_.spaces.inventory(id_);
      if (held) position = position_of(id_, *held);
    }
    if (held && context_.spaces.head(id_) == head) break;
  }
  if (!held || !position) return;
  const ShortPosition now = shorten(*position);
  const bool all = known == nullptr;
  if (!all && now == *known) {
    live_ = fresh_ = true;
  } else {
    cursor_ = held->sequence;
    if (all || now.roster != known->roster) opened.roster = std::move(held->roster);
    if (all || now.frontier != known->frontier) opened.frontier = std::move(held->frontier);
    if (all || now.notices != known->notices) opened.notices = std::move(held->notices);
  }
  opened.head = head_update();
}

// The newest hub head with the links to it, where the device does not have it yet.
std::optional<HeadUpdate> HubSpace::head_update() {
  const std::optional<HubHead> head = context_.spaces.head(id_);
  if (!head || (head->epoch == head_epoch_ && head->number == head_number_)) return std::nullopt;
  HeadUpdate update{*head, {}};
  if (head->epoch == head_epoch_ && head_number_ > 0 && head->number > head_number_ + 1) {
    update.links = context_.spaces.links(id_, head->epoch, head_number_, head->number - 1);
  }
  head_epoch_ = head->epoch;
  head_number_ = head->number;
  return update;
}

// The keeper's own record is shown, not only the hub's word.
Opened HubSpace::tell_of_removal() {
  stop();
  access_ = WireAccess::removed;
  Opened opened = refuse(removed(), false);
  opened.access = access_;
  opened.roster = context_.spaces.roster_until_removal(id_, context_.device());
  return opened;
}

void HubSpace::stop() {
  live_ = fresh_ = false;
  // What came meanwhile is dropped; the device may send as much again, of other spaces.
  if (received_bytes_ > 0) context_.line.send(Credit{received_bytes_});
  context_.uncommitted -= static_cast<std::int64_t>(received_bytes_);
  received_bytes_ = 0;
  received_.clear();
  wanted_records_.clear();
  wanted_segments_.clear();
  wanted_notices_.clear();
  wanted_logs_.clear();
  next_record_ = next_segment_ = next_notice_ = 0;
}

void HubSpace::close(const Error& error) {
  Opened closed = refuse(error, true);
  closed.again = true;
  stop();
  access_ = WireAccess::none;
  context_.line.send(closed);
  context_.line.emit({.kind = Event::Kind::refused, .space = id_, .error = error, .retry = true});
}

void HubSpace::check_access() {
  WireAccess now = access_now();
  if (now == WireAccess::none && access_ == WireAccess::claimant && !claim_.empty() &&
      context_.spaces.check_claim(id_, context_.device(), claim_)) {
    now = WireAccess::claimant;
  }
  if (now == access_) return;
  const bool more_to_come = !introduced_ || !pending_.empty();
  if (access_ == WireAccess::introducing && now == WireAccess::none && more_to_come) return;
  if (now == WireAccess::removed) return context_.line.send(tell_of_removal());
  if (now == WireAccess::none) return close(context_.spaces.expired(id_) ? dropped() : not_for_you());
  if (access_ == WireAccess::introducing) return context_.line.send(let_in(now, nullptr));
  set_access(now);
  Opened again;
  again.space = index_;
  again.access = now;
  again.again = true;
  context_.line.send(again);
}

}  // namespace plenary::sync
