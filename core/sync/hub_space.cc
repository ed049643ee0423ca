#include "core/sync/hub_space.h"

#include <algorithm>

namespace plenary::sync {

// ---- what the device sends

// What was wanted before and is not sent yet bounds what may be wanted beside it. Records and notices are names alone;
// looking up segments costs more, so logs wait until the segments wanted before are sent.
void HubSpace::take(const Want& want) {
  if (access_ == WireAccess::removed) {
    const auto shown = context_.spaces.roster_until_removal(id_, context_.device());
    const std::unordered_set<RosterHash> may_read(shown.begin(), shown.end());
    if (wanted_records_.size() + want.roster.size() > kMaxRosterRecords) return end_for_wanting_too_much();
    std::ranges::copy_if(want.roster, std::back_inserter(wanted_records_),
                         [&](const RosterHash& hash) { return may_read.contains(hash); });
    live_ = done_due_ = true;
    return;
  }
  if (access_ != WireAccess::claimant && access_ != WireAccess::member) return;
  wanted_records_.insert(wanted_records_.end(), want.roster.begin(), want.roster.end());
  wanted_notices_.insert(wanted_notices_.end(), want.notices.begin(), want.notices.end());
  for (const LogWant& log : want.logs) wanted_logs_.insert_or_assign(log.log, log.have);
  if (wanted_records_.size() > kMaxRosterRecords || wanted_notices_.size() > kMaxNotices ||
      wanted_logs_.size() > kMaxHeads) {
    return end_for_wanting_too_much();
  }
  live_ = fresh_ = done_due_ = true;
  plan(want.roster.size() + want.notices.size());
}

void HubSpace::end_for_wanting_too_much() {
  context_.line.fail(ErrorCode::limit_exceeded, "The device wanted more at a time than a hub sends.");
}

// Looks up the segments that are wanted, once none waits to be sent, and says how much will come.
void HubSpace::plan(std::size_t named) {
  std::vector<LogWant> wants;
  if (next_segment_ == wanted_segments_.size()) {
    for (auto& [log, have] : wanted_logs_) wants.push_back({log, std::move(have)});
    wanted_logs_.clear();
    wanted_segments_.clear();
    next_segment_ = 0;
  }
  if (!wants.empty()) wanted_segments_ = context_.spaces.missing_segments(id_, wants);
  Plan plan{index_, named + (wants.empty() ? 0 : wanted_segments_.size()), 0};
  if (!wants.empty()) {
    for (const SegmentRef& segment : wanted_segments_) {
      plan.bytes += segment.size;
      if (segment.sequence > cursor_) skip_.insert(segment.sequence);
    }
  }
  if (plan.items > 0) context_.line.send(plan);
}

void HubSpace::take(Items items) {
  for (Item& item : items.items) {
    const auto size = static_cast<std::int64_t>(item.bytes.size());
    if (!open()) {  // was open when the device sent it
      context_.line.send(Credit{item.bytes.size()});
      continue;
    }
    // With any credit left a device may send one item that is larger.
    if (context_.uncommitted >= static_cast<std::int64_t>(context_.options.window)) {
      return context_.line.fail(ErrorCode::limit_exceeded,
                                "The device sent more than the hub had given it credit for (" +
                                    std::to_string(context_.options.window) + " bytes).");
    }
    context_.uncommitted += size;
    received_bytes_ += item.bytes.size();
    received_.push_back(std::move(item));
  }
  introduced_ = introduced_ || items.done;
}

void HubSpace::take(const Survey& survey) {
  if (access_ != WireAccess::member) return;
  Layout layout{index_, context_.spaces.layout(id_, survey.logs)};
  std::size_t entries = 0;
  std::erase_if(layout.logs, [&](const LogLayout& log) { return (entries += log.segments.size() + 1) > kMaxHeads; });
  context_.line.send(layout);
}

// Once on a connection: whoever opens a new epoch of the hub must have a head that the hub signed, and that it lacks.
void HubSpace::take(const Reminder& reminder) {
  if (access_ != WireAccess::member || std::exchange(reminded_, true)) return;
  request({}, 0, false);
  context_.line.output().store.back().reminder = reminder.head;
}

void HubSpace::request_storing() {
  if (received_.empty()) return;
  request(std::move(received_), received_bytes_, true);
  received_.clear();
  received_bytes_ = 0;
}

void HubSpace::request(std::vector<Item> items, std::uint64_t bytes, bool counted) {
  Progress& progress = context_.line.progress();
  progress.items_received += items.size();
  progress.bytes_received += bytes;
  pending_.push_back({context_.next_ticket, items.size(), bytes, counted});
  context_.line.output().store.push_back(
      {context_.next_ticket++, id_, context_.device(), context_.token, std::move(items)});
}

// ---- what storage answers

bool HubSpace::stored(const StoreOutcome& outcome) {
  const auto pending = std::ranges::find(pending_, outcome.ticket, &Pending::ticket);
  if (pending == pending_.end()) return false;
  const Pending request = *pending;
  pending_.erase(pending);
  for (std::int64_t sequence : outcome.sequences) {
    if (sequence > cursor_) skip_.insert(sequence);
  }
  context_.uncommitted -= static_cast<std::int64_t>(request.bytes);
  if (request.bytes > 0) context_.line.send(Credit{request.bytes});
  if (!open()) return true;
  if (request.items == 0) fresh_ = done_due_ = true;  // a reminder is answered with the newest head
  if (request.counted) tell_of(request.items, outcome);
  if (outcome.introduction_refused && access_ == WireAccess::introducing) {
    close(*outcome.introduction_refused);
  } else {
    check_access();
  }
  return true;
}

// An introducing device hears nothing of what became of its records until it is a member: that would tell a stranger
// whether the space is here. The inventory that it is shown then says which of its earlier records the hub has.
void HubSpace::tell_of(std::size_t items, const StoreOutcome& outcome) {
  Committed committed{index_, committed_count_ + items, {}, std::nullopt};
  for (const ItemRefusal& refusal : outcome.refused) {
    committed.refused.push_back(
        {committed_count_ + refusal.index + 1, {refusal.error, refusal.retry, 0}, refusal.tips});
  }
  if (!outcome.refused.empty()) {
    const ItemRefusal& first = outcome.refused.front();
    context_.line.emit({.kind = Event::Kind::refused,
                        .space = id_,
                        .count = outcome.refused.size(),
                        .error = first.error,
                        .retry = first.retry});
  }
  committed_count_ += items;
  if (access_ == WireAccess::introducing && access_now() != WireAccess::member) return;
  if (access_ != WireAccess::introducing) committed.head = head_update();
  context_.line.send(committed);
}

void HubSpace::changed() {
  if (!open() || access_ == WireAccess::introducing) return;
  fresh_ = true;
  check_access();
}

// ---- what the hub sends

void HubSpace::add(Items& items, std::size_t& bytes, Item item) {
  Progress& progress = context_.line.progress();
  bytes += item.bytes.size();
  context_.credit -= static_cast<std::int64_t>(item.bytes.size());
  progress.bytes_sent += item.bytes.size();
  ++progress.items_sent;
  items.items.push_back(std::move(item));
}

// Fills one message with what was asked for. False: nothing of that is left.
bool HubSpace::gather_wanted(Items& items, std::size_t& bytes) {
  while (bytes < kItemsMessage && context_.credit > 0) {
    std::optional<Bytes> item;
    ItemKind kind = ItemKind::segment;
    if (next_record_ < wanted_records_.size()) {
      kind = ItemKind::roster;
      item = context_.spaces.roster_record(id_, wanted_records_[next_record_++]);
    } else if (next_notice_ < wanted_notices_.size()) {
      kind = wanted_notices_[next_notice_].kind;
      item = context_.spaces.notice(id_, wanted_notices_[next_notice_++]);
    } else if (next_segment_ < wanted_segments_.size()) {
      item = context_.spaces.segment(id_, wanted_segments_[next_segment_++]);
    } else if (!wanted_logs_.empty()) {
      plan(0);
      continue;
    } else {
      wanted_records_.clear();
      wanted_notices_.clear();
      wanted_segments_.clear();
      next_record_ = next_notice_ = next_segment_ = 0;
      return false;
    }
    if (item) add(items, bytes, {kind, std::move(*item), {}, false});
  }
  return true;
}

// Fills one message with what is new. False: nothing of that is left.
bool HubSpace::gather_new(Items& items, std::size_t& bytes) {
  while (fresh_ && bytes < kItemsMessage && context_.credit > 0) {
    std::vector<StoredItem> batch = context_.spaces.items_after(id_, cursor_, kItemsMessage - bytes);
    if (batch.empty()) fresh_ = false;
    for (StoredItem& stored : batch) {
      if (bytes >= kItemsMessage || context_.credit <= 0) return true;
      cursor_ = stored.sequence;
      if (skip_.erase(stored.sequence) > 0) continue;
      add(items, bytes, std::move(stored.item));
      done_due_ = true;
    }
  }
  return fresh_;
}

// The next message. False: nothing more is waiting in this space.
bool HubSpace::gather(Items& items) {
  std::size_t bytes = 0;
  if (gather_wanted(items, bytes) || gather_new(items, bytes)) return true;
  items.done = done_due_;
  if (done_due_ && open()) items.head = head_update();
  done_due_ = false;
  return false;
}

void HubSpace::pump() {
  const bool reads = access_ != WireAccess::none && access_ != WireAccess::introducing;
  bool more = reads && live_ && (fresh_ || done_due_);
  while (more && context_.credit > 0 && !context_.line.full() && !context_.line.over()) {
    Items items;
    items.space = index_;
    more = gather(items);
    if (!items.items.empty() || items.done) context_.line.send(items);
  }
  if (more && context_.credit > 0) context_.line.output().more = true;
}

}  // namespace plenary::sync
