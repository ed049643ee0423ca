#include "core/log/header.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/log/frontier.h"
#include "core/log/limits.h"

namespace plenary::log::header {
namespace {

enum Flag : std::uint64_t { kSchema = 1, kRoster = 2, kSeen = 4, kExtension = 8, kAll = 15 };

bool names_log(const std::vector<Head>& heads, const LogId& log) {
  return std::ranges::any_of(heads, [&](const Head& head) { return head.log == log; });
}

}  // namespace

std::uint64_t flags_of(const Change& change, const ChainState& before) {
  std::uint64_t flags = 0;
  if (change.schema != before.schema) flags |= kSchema;
  if (change.roster != before.roster) flags |= kRoster;
  if (!change.seen.empty()) flags |= kSeen;
  if (!change.extension.empty()) flags |= kExtension;
  return flags;
}

std::int64_t time_difference(const Change& change, const ChainState& before) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(change.time_ms) -
                                   static_cast<std::uint64_t>(before.time_ms));
}

std::int64_t time_after(const ChainState& before, std::int64_t difference) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(before.time_ms) + static_cast<std::uint64_t>(difference));
}

void write_extras(ByteWriter& writer, const Change& change, std::uint64_t flags) {
  CHECK(!names_log(change.seen, change.log));
  if (flags & kSchema) writer.varint(change.schema);
  if (flags & kRoster) writer.id(change.roster);
  if (flags & kSeen) write_frontier(writer, change.seen);
  if (flags & kExtension) writer.blob(as_bytes(change.extension));
}

void read_extras(ByteReader& reader, std::uint64_t flags, const ChainState& before, Change& change) {
  if (flags > kAll) return reader.invalidate();
  change.schema = before.schema;
  change.roster = before.roster;
  if (flags & kSchema) change.schema = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  if (flags & kRoster) change.roster = reader.id<RosterHash>();
  if (flags & kSeen) change.seen = read_frontier(reader, kMaxSeenHeads);
  if (flags & kExtension) change.extension = std::string(as_text(reader.blob(kMaxExtensionBytes)));
  if (names_log(change.seen, change.log) || flags_of(change, before) != flags) reader.invalidate();
}

}  // namespace plenary::log::header
