// What the hub should keep otherwise than it does: segments that hold what was erased since, and many small ones of
// this device's own log. Rules and limits: docs/protocol/sync.md, "Repacking".
#include <algorithm>

#include "core/replica/space.h"

namespace plenary::replica {
namespace {

constexpr std::uint32_t kPiecesBeforeJoining = 32;  // segments handed over since the log was joined last
constexpr std::size_t kJoinAtLeast = 8;
constexpr std::uint32_t kJoinedChangesMax = 1000;
constexpr std::uint64_t kPieceBytesMax = 32u << 10, kJoinedBytesMax = 512u << 10;

bool overlaps(const store::StrandRun& run, const sync::SegmentRef& segment) {
  return log::blinder_run(segment.first) <= run.run && run.run <= log::blinder_run(segment.last);
}

bool covers(const sync::SegmentRef& ref, const sync::SegmentRef& segment) {
  return ref.log == segment.log && ref.first <= segment.first && segment.last <= ref.last;
}
bool is_covered(std::span<const sync::SegmentRef> refs, const sync::SegmentRef& segment) {
  return std::ranges::any_of(refs, [&](const sync::SegmentRef& ref) { return covers(ref, segment); });
}

sync::SegmentRef spanning(const sync::SegmentRef& first, const sync::SegmentRef& last, std::uint64_t size) {
  sync::SegmentRef joined = last;
  joined.first = first.first;
  joined.size = size;
  return joined;
}

std::string resealed_setting(const LogId& log) {
  return "resealed " + log.hex();
}

std::string pieces_setting(const LogId& log) {
  return "pieces " + log.hex();
}

}  // namespace

void Space::count_pieces(Writing& writing, const LogId& log, std::uint32_t pieces) {
  const auto before = number_setting(pieces_setting(log)).value_or(0);
  writing.set(pieces_setting(log), number_bytes(static_cast<std::uint64_t>(before) + pieces));
}

std::vector<LogId> Space::logs_to_repack() {
  std::vector<LogId> logs;
  if (current_key() == nullptr || !is_granted()) return logs;
  const DeviceKey& own = context_.profile.signing().public_key();
  const bool keeper = is_keeper();
  auto& table = store_->log_table();
  for (const store::StrandRun& run : table.due()) {
    const store::Strand& strand = table.strand(run.strand);
    if (keeper || strand.descriptor.author == own) logs.push_back(strand.log);
  }
  for (const OwnLog& log : own_logs()) {
    if (number_setting(pieces_setting(log.log)).value_or(0) >= kPiecesBeforeJoining || is_unconfirmed(log)) {
      logs.push_back(log.log);
    }
  }
  for (const LogId& log : logs_to_reseal()) logs.push_back(log);
  std::ranges::sort(logs);
  logs.erase(std::unique(logs.begin(), logs.end()), logs.end());
  return logs;
}

// Each segment of a run that lost something, as it is now; where the author's head at its end is not here, together
// with those that follow it.
void Space::replace_due(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs) {
  auto& table = store_->log_table();
  const auto strands = table.strands_of(layout.log);
  std::vector<store::StrandRun> due = table.due();
  std::erase_if(due,
                [&](const store::StrandRun& run) { return std::ranges::find(strands, run.strand) == strands.end(); });
  const auto& segments = layout.segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (std::ranges::none_of(due, [&](const auto& run) { return overlaps(run, segments[i]); })) continue;
    std::size_t end = i;
    while (end < segments.size() && !table.signed_head({layout.log, segments[end].last, segments[end].chain})) {
      const bool goes_on = end + 1 < segments.size() && segments[end + 1].first == segments[end].last + 1;
      end = goes_on ? end + 1 : segments.size();
    }
    if (end == segments.size()) {
      // Its author can, when that tablet meets the hub; until then it stays due.
      std::erase_if(due, [&](const store::StrandRun& run) { return overlaps(run, segments[i]); });
      continue;
    }
    refs.push_back(spanning(segments[i], segments[end], segments[end].size));
    i = end;
  }
  replacing_[layout.log] = std::move(due);
}

bool Space::has_void_keys() {
  const auto& roster = store_->roster();
  const auto records = roster.records();
  return std::ranges::any_of(records, [&](const roster::Record* record) {
    return roster::key_of(*record) != nullptr && roster.is_void(record->hash);
  });
}

// What was sealed under a key that a void record made is sealed anew by its author, and by the keeper, once for each
// tip of the roster: who never had that key could not read it.
std::vector<LogId> Space::logs_to_reseal() {
  std::vector<LogId> logs;
  if (!has_void_keys()) return logs;
  const DeviceKey& own = context_.profile.signing().public_key();
  const bool keeper = is_keeper();
  for (const store::Strand& strand : store_->log_table().strands()) {
    if (!keeper && strand.descriptor.author != own) continue;
    const auto done = store_->setting(resealed_setting(strand.log));
    if (!done || RosterHash::from(*done) != store_->roster().tip()) logs.push_back(strand.log);
  }
  return logs;
}

void Space::reseal(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs) {
  const auto& keys = store_->roster().standing().keys;
  for (const sync::SegmentRef& segment : layout.segments) {
    if (std::ranges::find(keys, segment.key) != keys.end()) continue;
    if (is_covered(refs, segment)) continue;
    if (store_->log_table().signed_head({layout.log, segment.last, segment.chain})) refs.push_back(segment);
  }
}

// All was sent, and yet the hub never confirmed this device's own work: it had that from somebody else already. Nobody
// can tell there whether what somebody else packed is what this device signed.
bool Space::is_unconfirmed(const OwnLog& log) {
  const store::Strand& strand = store_->log_table().strand(log.strand);
  return strand.head.head.number > log.handed_over;
}

void Space::replace_unconfirmed(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs) {
  confirming_.erase(layout.log);
  for (const OwnLog& own : own_logs()) {
    if (own.log != layout.log || !is_unconfirmed(own)) continue;
    for (const sync::SegmentRef& segment : layout.segments) {
      const log::Head head{segment.log, segment.last, segment.chain};
      if (segment.last <= own.handed_over || !store_->log_table().signed_head(head)) continue;
      refs.push_back(segment);
      confirming_[layout.log] = head;
    }
  }
}

void Space::join_pieces(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs) {
  const auto& segments = layout.segments;
  for (std::size_t i = 0; i < segments.size();) {
    std::size_t end = i;
    std::uint64_t size = 0;
    const auto fits = [&](const sync::SegmentRef& next) {
      const bool continues = end == i || next.first == segments[end - 1].last + 1;
      return continues && next.size <= kPieceBytesMax && size + next.size <= kJoinedBytesMax &&
             next.last - segments[i].first < kJoinedChangesMax;
    };
    for (; end < segments.size() && fits(segments[end]); ++end) size += segments[end].size;
    if (end - i >= kJoinAtLeast) refs.push_back(spanning(segments[i], segments[end - 1], size));
    i = std::max(end, i + 1);
  }
}

std::vector<sync::SegmentRef> Space::replacements(std::span<const sync::LogLayout> layouts) {
  std::vector<sync::SegmentRef> refs;
  auto& table = store().log_table();
  for (const sync::LogLayout& layout : layouts) {
    std::vector<sync::SegmentRef> joined;
    const auto strand = table.only_strand_of(layout.log);
    const bool is_own = strand && table.strand(*strand).descriptor.author == context_.profile.signing().public_key();
    if (is_own) replace_unconfirmed(layout, joined);
    if (is_own && joined.empty()) join_pieces(layout, joined);
    sync::LogLayout rest = layout;
    std::erase_if(rest.segments, [&](const sync::SegmentRef& segment) { return is_covered(joined, segment); });
    refs.insert(refs.end(), joined.begin(), joined.end());
    replace_due(rest, refs);
    reseal(rest, refs);
  }
  return refs;
}

void Space::replaced(const LogId& log) {
  if (const auto confirmed = confirming_.find(log); confirmed != confirming_.end()) {
    handed_over({&confirmed->second, 1});
    confirming_.erase(confirmed);
  }
  Writing writing(store());
  for (const store::StrandRun& run : replacing_[log]) store_->log_table().no_longer_due(writing.transaction(), run);
  if (number_setting(pieces_setting(log)).value_or(0) > 0) writing.set(pieces_setting(log), number_bytes(0));
  if (has_void_keys()) writing.set(resealed_setting(log), store_->roster().tip().span());
  writing.commit();
  replacing_.erase(log);
}

}  // namespace plenary::replica
