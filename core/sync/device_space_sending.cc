// What a device hands over: planned from what the hub lacks, sent as credit allows, and what the hub makes of it.
#include <algorithm>

#include "core/sync/device_space.h"

namespace plenary::sync {
namespace {

constexpr int kMaxReplanned = 8;  // per log and connection

}  // namespace

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
      Outgoing what = queue_.front();
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
      in_flight_.push_back({what, ++sent_count_});
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
    const Sent sent = in_flight_.front();
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

}  // namespace plenary::sync
