#include "core/sync/device_space.h"

#include <algorithm>

#include "core/log/segment.h"
#include "core/roster/codec.h"

namespace plenary::sync {
namespace {

constexpr int kMaxAskedAgain = 2;  // per log and connection
constexpr int kMaxReplanned = 8;   // per log and connection
constexpr int kMaxSurveys = 4;     // per connection

}  // namespace

// ---- opening

Open DeviceSpace::make_open() {
  at_open_ = context_.spaces.inventory(id_).value_or(Inventory{});
  head_ = context_.spaces.hub_head(id_, context_.options.hub);
  Open open;
  open.space = id_;
  open.position = shorten(position_of(id_, at_open_));
  open.claim = context_.spaces.claim(id_).value_or(Bytes{});
  open.introduce = !at_open_.roster.empty();
  if (head_) {
    open.hub_epoch = head_->epoch;
    open.hub_number = head_->number;
  }
  return open;
}

void DeviceSpace::close(const Problem& problem) {
  state_ = State::closed;
  queue_.clear();
  in_flight_.clear();
  incoming_.clear();
  context_.pending -= incoming_bytes_;
  incoming_bytes_ = 0;
  context_.line.emit({.kind = Event::Kind::refused,
                      .space = id_,
                      .error = problem.error,
                      .retry = problem.retry,
                      .retry_after_ms = problem.retry_after_ms});
}

// The hub says that this device was removed, and shows the roster up to there: the keeper's word, which is kept.
void DeviceSpace::learn_of_removal(const Opened& opened) {
  access_ = WireAccess::removed;
  state_ = State::open;
  removal_ =
      opened.problem.value_or(Problem{{ErrorCode::refused, "This device was removed from the space."}, false, 0});
  queue_.clear();
  in_flight_.clear();
  plan_due_ = false;
  PeerView ours;
  ours.set_roster(context_.spaces.inventory(id_).value_or(Inventory{}).roster);
  Want want;
  want.space = index_;
  want.roster = ours.records_lacking({opened.roster.value_or(std::vector<RosterHash>()), {}, {}, 0});
  if (want.roster.empty()) return;
  downloading_ = true;
  context_.line.send(want);
}

void DeviceSpace::take(const Opened& opened) {
  if (state_ == State::closed) return;
  if (opened.access == WireAccess::removed) return learn_of_removal(opened);
  if (opened.access == WireAccess::none) {
    return close(opened.problem.value_or(Problem{{ErrorCode::refused, "The hub closed the space."}, true, 0}));
  }
  const bool first = state_ == State::asked || (access_ == WireAccess::introducing && !opened.again);
  access_ = opened.access;
  state_ = State::open;
  plan_due_ = true;
  waiting_.clear();
  if (!first) return;
  context_.line.emit({.kind = Event::Kind::opened, .space = id_});
  if (access_ == WireAccess::introducing) return;
  if (opened.head) check_head(*opened.head);
  // The hub says that nothing is newer than the head that we have: others may know better.
  if (!opened.head && head_) agrees_with_witnesses({*head_, {}});
  check_inventory(opened);
  if (!opened.roster) context_.spaces.roster_is_same(id_, context_.options.hub);
  if (opened.frontier) context_.spaces.peer_shows(id_, context_.options.hub, *opened.frontier);
  hub_.set_roster(opened.roster.value_or(at_open_.roster));
  hub_.set_frontier(opened.frontier.value_or(at_open_.frontier));
  hub_.set_notices(opened.notices.value_or(at_open_.notices));
  if (opened.roster || opened.frontier || opened.notices) ask_for_what_we_lack(opened);
  at_open_ = {};
}

void DeviceSpace::ask_for_what_we_lack(const Opened& opened) {
  unsettled_ = unsettled_ || opened.roster || opened.frontier;
  Want want;
  want.space = index_;
  PeerView ours;
  ours.set_roster(at_open_.roster);
  ours.set_frontier(at_open_.frontier);
  ours.set_notices(at_open_.notices);
  const Inventory theirs{opened.roster.value_or(std::vector<RosterHash>()), opened.frontier.value_or(log::Frontier()),
                         opened.notices.value_or(std::vector<NoticeName>()), 0};
  want.roster = ours.records_lacking(theirs);
  want.notices = ours.notices_lacking(theirs);
  want.logs = ours.logs_lacking(theirs);
  std::set<LogId> ahead;
  for (const log::Head& head : theirs.frontier) {
    if (!context_.spaces.holds(id_, head)) ahead.insert(head.log);
  }
  std::erase_if(want.logs, [&](const LogWant& log) { return !ahead.contains(log.log); });
  downloading_ = true;
  context_.line.send(want);
}

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

// ---- receiving

void DeviceSpace::take(const Plan& plan) {
  Progress& progress = context_.line.progress();
  progress.items_to_receive += plan.items;
  progress.bytes_to_receive += plan.bytes;
}

void DeviceSpace::take(Items items) {
  if (state_ != State::open) return;
  Progress& progress = context_.line.progress();
  announced_ = announced_ && items.items.empty();
  for (Item& item : items.items) {
    incoming_bytes_ += item.bytes.size();
    context_.pending += item.bytes.size();
    progress.bytes_received += item.bytes.size();
    ++progress.items_received;
    if (item.kind != ItemKind::status) unsettled_ = true;
    note_received(item);
    incoming_.push_back(std::move(item));
  }
  progress.bytes_to_receive = std::max(progress.bytes_to_receive, progress.bytes_received);
  progress.items_to_receive = std::max(progress.items_to_receive, progress.items_received);
  if (items.done) {
    downloading_ = false;
    incoming_complete_ = true;
  }
  if (items.head) check_head(*items.head);
}

// The hub has what it sends. What does not parse is left to the store, which says why.
void DeviceSpace::note_received(const Item& item) {
  if (item.kind == ItemKind::segment) {
    const auto segment = log::view_segment(item.bytes);
    if (segment && segment->envelope.space == id_) {
      hub_.add_run(segment->envelope.first, segment->envelope.head().head);
    }
  } else if (item.kind == ItemKind::roster) {
    const auto record = roster::decode_signed_record(item.bytes);
    if (record) hub_.add_record(roster::hash_record(id_, record->bytes));
  } else if (const auto name = name_notice(id_, item.kind, item.bytes)) {
    hub_.add_notice(*name);
  }
}

void DeviceSpace::store_incoming() {
  const bool due = incoming_complete_ || context_.pending * 2 >= context_.options.window;
  if (!due || incoming_.empty()) {
    if (incoming_.empty()) incoming_complete_ = false;
    return;
  }
  const StoreSummary summary = context_.spaces.store(id_, incoming_);
  context_.line.send(Credit{incoming_bytes_});
  context_.line.emit({.kind = Event::Kind::received, .space = id_, .count = incoming_.size()});
  for (const Error& error : summary.refused) {
    context_.line.emit({.kind = Event::Kind::refused, .space = id_, .error = error});
  }
  incoming_.clear();
  context_.pending -= incoming_bytes_;
  incoming_bytes_ = 0;
  incoming_complete_ = false;
  if (summary.roster_new > 0) waiting_.clear();
  plan_due_ = true;
  ask_again(summary.ask_again);
}

void DeviceSpace::ask_again(const std::vector<LogWant>& wants) {
  Want want;
  want.space = index_;
  for (const LogWant& log : wants) {
    const int times = ++asked_again_[log.log];
    if (times <= kMaxAskedAgain) want.logs.push_back({log.log, times == 1 ? log.have : std::vector<log::Head>()});
    if (times == kMaxAskedAgain + 1) {
      context_.line.emit({.kind = Event::Kind::refused,
                          .space = id_,
                          .error = {ErrorCode::not_delivered,
                                    "What the hub has of log " + log.log.hex().substr(0, 8) +
                                        " is not what its author signed, or lacks what comes before: it counts as not "
                                        "delivered. It comes when its author's device has handed it over."},
                          .retry = true});
    }
  }
  if (want.logs.empty()) return;
  downloading_ = true;
  context_.line.send(want);
}

// ---- sending

void DeviceSpace::local_change() {
  plan_due_ = true;
  announced_ = false;
  waiting_.clear();
}

void DeviceSpace::plan() {
  const bool may_send = access_ == WireAccess::member || access_ == WireAccess::introducing;
  if (!plan_due_ || !queue_.empty() || !in_flight_.empty()) return;
  plan_due_ = false;
  turned_back_.clear();
  if (!may_send) return;
  const Inventory ours = context_.spaces.inventory(id_).value_or(Inventory{});
  for (const RosterHash& hash : hub_.records_lacking(ours)) {
    queue_.push_back({ItemKind::roster, hash, {}, {}, 0});
  }
  if (access_ == WireAccess::member) {
    plan_segments(ours);
    for (const NoticeName& name : hub_.notices_lacking(ours)) {
      queue_.push_back({name.kind, {}, name, {}, 0});
    }
  }
  context_.line.progress().items_to_send += queue_.size();
}

void DeviceSpace::plan_segments(const Inventory& ours) {
  std::vector<LogWant> wants = hub_.logs_lacking(ours);
  std::erase_if(wants,
                [&](const LogWant& want) { return waiting_.contains(want.log) || given_up_.contains(want.log); });
  if (wants.empty()) return;
  for (const SegmentRef& segment : context_.spaces.missing_segments(id_, wants)) {
    queue_.push_back({ItemKind::segment, {}, {}, segment, segment.size});
    context_.line.progress().bytes_to_send += segment.size;
  }
}

std::optional<Item> DeviceSpace::load(Outgoing& what) {
  std::optional<Bytes> bytes;
  if (what.kind == ItemKind::segment) {
    bytes = context_.spaces.segment(id_, what.segment);
  } else if (what.kind == ItemKind::roster) {
    bytes = context_.spaces.roster_record(id_, what.record);
  } else {
    bytes = context_.spaces.notice(id_, what.notice);
  }
  Progress& progress = context_.line.progress();
  if (what.kind == ItemKind::segment) progress.bytes_to_send -= std::min(what.size, progress.bytes_to_send);
  if (!bytes || bytes->size() > kMaxItem) return std::nullopt;
  what.size = bytes->size();
  progress.bytes_to_send += what.size;
  return Item{what.kind, std::move(*bytes), what.segment.after, what.segment.branch, what.replaces};
}

// Not to be planned again on this connection.
void DeviceSpace::give_up(const Outgoing& what) {
  if (what.replaces) {
    replacing_.erase(what.segment.log);
  } else if (what.kind == ItemKind::segment) {
    waiting_.insert(what.segment.log);
  } else if (what.kind == ItemKind::roster) {
    hub_.add_record(what.record);
  } else {
    hub_.add_notice(what.notice);
  }
}

void DeviceSpace::pump() {
  Progress& progress = context_.line.progress();
  while (!queue_.empty() && context_.credit > 0 && !context_.line.full()) {
    Items items;
    items.space = index_;
    std::size_t bytes = 0;
    while (!queue_.empty() && bytes < kItemsMessage && context_.credit > 0) {
      Outgoing what = std::move(queue_.front());
      queue_.pop_front();
      std::optional<Item> item = load(what);
      if (!item) {
        give_up(what);
        continue;
      }
      bytes += what.size;
      context_.credit -= static_cast<std::int64_t>(what.size);
      progress.bytes_sent += what.size;
      ++progress.items_sent;
      items.items.push_back(std::move(*item));
      in_flight_.push_back({std::move(what), ++sent_count_});
    }
    items.done = queue_.empty();
    if (!items.items.empty()) context_.line.send(items);
  }
  if (!queue_.empty() && context_.credit > 0) context_.line.output().more = true;
}

void DeviceSpace::take(const Committed& message) {
  if (state_ != State::open) return;
  std::vector<log::Head> heads;
  std::uint64_t handed_over = 0;
  while (!in_flight_.empty() && in_flight_.front().number <= message.count) {
    const Sent sent = std::move(in_flight_.front());
    in_flight_.pop_front();
    const auto refusal = std::ranges::find(message.refused, sent.number, &Refused::number);
    if (refusal != message.refused.end()) {
      refused(sent, *refusal);
      continue;
    }
    committed(sent);
    ++handed_over;
    if (sent.what.kind == ItemKind::segment && !sent.what.replaces) {
      heads.push_back({sent.what.segment.log, sent.what.segment.last, sent.what.segment.chain});
    }
  }
  if (!heads.empty()) context_.spaces.acknowledged(id_, context_.options.hub, heads);
  if (handed_over > 0) {
    context_.line.emit({.kind = Event::Kind::handed_over, .space = id_, .count = handed_over});
  }
  plan_due_ = true;
  if (message.head) check_head(*message.head);
}

void DeviceSpace::committed(const Sent& sent) {
  if (sent.what.replaces) {
    const auto replacing = replacing_.find(sent.what.segment.log);
    if (replacing == replacing_.end() || --replacing->second > 0) return;
    replacing_.erase(replacing);
    context_.spaces.replaced(id_, sent.what.segment.log);
    return;
  }
  if (sent.what.kind != ItemKind::status) unsettled_ = true;
  if (sent.what.kind == ItemKind::segment) {
    const SegmentRef& segment = sent.what.segment;
    hub_.add_run(segment.first, {segment.log, segment.last, segment.chain});
  } else if (sent.what.kind == ItemKind::roster) {
    hub_.add_record(sent.what.record);
  } else {
    hub_.add_notice(sent.what.notice);
  }
}

void DeviceSpace::refused(const Sent& sent, const Refused& refusal) {
  const Problem& problem = refusal.problem;
  if (sent.what.replaces) {
    give_up(sent.what);
    if (problem.error.code == ErrorCode::conflict) return;  // it keeps the log otherwise by now: at the next connection
  } else if (sent.what.kind != ItemKind::segment) {
    give_up(sent.what);
  } else {
    const LogId& log = sent.what.segment.log;
    context_.spaces.peer_shows(id_, context_.options.hub, refusal.tips);
    const bool elsewhere = problem.error.code == ErrorCode::conflict && problem.retry;
    if (elsewhere && turned_back_.insert(log).second) ++replanned_[log];
    if (elsewhere && replanned_[log] <= kMaxReplanned) {
      hub_.set_tips(log, refusal.tips);  // someone else was faster, or the hub has less than it said: from there
      return;
    }
    (problem.retry ? waiting_ : given_up_).insert(log);
  }
  context_.line.emit({.kind = Event::Kind::refused,
                      .space = id_,
                      .error = problem.error,
                      .retry = problem.retry,
                      .retry_after_ms = problem.retry_after_ms});
}

// ---- coming to rest

bool DeviceSpace::quiet() const {
  return state_ == State::open && !downloading_ && incoming_.empty() && queue_.empty() && in_flight_.empty() &&
         !plan_due_ && !surveying_;
}

bool DeviceSpace::may_settle() const {
  return !settled_at_ms_ || context_.line.now_ms() >= *settled_at_ms_ + kStatusIntervalMs;
}

bool DeviceSpace::idle() const {
  return state_ == State::closed || (quiet() && access_ != WireAccess::introducing && !(unsettled_ && may_settle()));
}

void DeviceSpace::settle() {
  if (!quiet() || !unsettled_ || access_ == WireAccess::introducing) return;
  if (!may_settle()) return context_.line.wake_at(*settled_at_ms_ + kStatusIntervalMs);
  unsettled_ = false;
  settled_at_ms_ = context_.line.now_ms();
  survey_due_ = true;
  context_.spaces.settled(id_, context_.options.hub);
  plan_due_ = true;
}

// Both sides hold the same: the moment to ask how the hub keeps what should be packed otherwise.
void DeviceSpace::survey() {
  if (!survey_due_ || unsettled_ || !quiet() || access_ != WireAccess::member || surveys_ == kMaxSurveys) return;
  survey_due_ = false;
  const auto logs = context_.spaces.logs_to_repack(id_, context_.options.hub);
  if (logs.empty()) return;
  ++surveys_;
  surveying_ = true;
  context_.line.send(
      Survey{index_, {logs.begin(), logs.begin() + static_cast<std::ptrdiff_t>(std::min(logs.size(), kMaxSurveyed))}});
}

void DeviceSpace::take(const Layout& layout) {
  if (!surveying_) return;
  surveying_ = false;
  std::map<LogId, std::size_t> counts;
  for (const LogLayout& log : layout.logs) counts[log.log] = 0;
  for (const SegmentRef& segment : context_.spaces.replacements(id_, layout.logs)) {
    queue_.push_back({ItemKind::segment, {}, {}, segment, segment.size, true});
    context_.line.progress().bytes_to_send += segment.size;
    ++context_.line.progress().items_to_send;
    ++counts[segment.log];
  }
  for (const auto& [log, count] : counts) {
    if (count > 0) {
      replacing_[log] = count;
    } else {
      context_.spaces.replaced(id_, log);
    }
  }
}

void DeviceSpace::work() {
  if (state_ != State::open || context_.line.over()) return;
  store_incoming();
  if (removal_) {
    if (!downloading_ && incoming_.empty()) close(*removal_);
    return;
  }
  plan();
  pump();
  save_head();
  settle();
  plan();
  pump();
  survey();
  pump();
  if (!idle() || announced_) return;
  announced_ = true;
  context_.line.emit({.kind = Event::Kind::up_to_date, .space = id_});
}

}  // namespace plenary::sync
