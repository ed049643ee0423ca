#include "core/sync/device_space.h"

#include <algorithm>

#include "core/log/segment.h"
#include "core/roster/codec.h"

namespace plenary::sync {
namespace {

constexpr int kMaxAskedAgain = 2;  // per log and connection
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
