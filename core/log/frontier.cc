#include "core/log/frontier.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/crypto/hash.h"

namespace plenary::log {
namespace {

// The heads of the log that begins at `from`.
std::span<const Head> group_at(std::span<const Head> heads, std::size_t from) {
  std::size_t end = from;
  while (end < heads.size() && heads[end].log == heads[from].log) ++end;
  return heads.subspan(from, end - from);
}

bool is_canonical(std::span<const Head> heads) {
  const auto not_ascending = [](const Head& a, const Head& b) { return !(a < b); };
  return std::adjacent_find(heads.begin(), heads.end(), not_ascending) == heads.end();
}

// Merges by log: takes a log's heads from `second` where it has the log, else from `first`.
Frontier overlay(std::span<const Head> first, std::span<const Head> second) {
  Frontier merged;
  std::size_t a = 0, b = 0;
  while (a < first.size() || b < second.size()) {
    const bool from_second = b < second.size() && (a == first.size() || second[b].log <= first[a].log);
    const auto group = from_second ? group_at(second, b) : group_at(first, a);
    if (a < first.size() && first[a].log == group.front().log) a += group_at(first, a).size();
    if (from_second) b += group.size();
    merged.insert(merged.end(), group.begin(), group.end());
  }
  return merged;
}

}  // namespace

FrontierHash hash_frontier(const SpaceId& space, const Frontier& frontier) {
  CHECK(is_canonical(frontier));
  crypto::Hasher hasher({"plenary frontier", 1, space}, FrontierHash::kSize);
  hasher.update_u64(frontier.size());
  for (const Head& head : frontier) hasher.update(head.log).update_u64(head.number).update(head.chain);
  return hasher.finish<FrontierHash>();
}

std::vector<Head> frontier_difference(const Frontier& before, const Frontier& now) {
  const std::span<const Head> old_heads(before), new_heads(now);
  std::vector<Head> difference;
  std::size_t a = 0;
  for (std::size_t b = 0; b < new_heads.size();) {
    const auto group = group_at(new_heads, b);
    while (a < old_heads.size() && old_heads[a].log < group.front().log) ++a;
    const bool known = a < old_heads.size() && old_heads[a].log == group.front().log;
    const auto old_group = known ? group_at(old_heads, a) : std::span<const Head>{};
    if (!std::ranges::equal(group, old_group)) difference.insert(difference.end(), group.begin(), group.end());
    b += group.size();
  }
  return difference;
}

Frontier apply_difference(const Frontier& before, const std::vector<Head>& difference) {
  if (difference.empty()) return before;
  return overlay(before, difference);
}

void write_frontier(ByteWriter& writer, const Frontier& frontier) {
  const std::span<const Head> heads(frontier);
  std::size_t logs = 0;
  for (std::size_t i = 0; i < heads.size(); i += group_at(heads, i).size()) ++logs;
  writer.varint(logs);
  for (std::size_t i = 0; i < heads.size();) {
    const auto group = group_at(heads, i);
    writer.id(group.front().log);
    writer.varint(group.size());
    for (const Head& head : group) {
      writer.varint(head.number);
      writer.id(head.chain);
    }
    i += group.size();
  }
}

Frontier read_frontier(ByteReader& reader, std::size_t max_heads) {
  Frontier frontier;
  const std::uint64_t logs = reader.bounded(max_heads);
  for (std::uint64_t i = 0; i < logs && reader.ok(); ++i) {
    const auto log = reader.id<LogId>();
    const std::uint64_t count = reader.bounded(max_heads - frontier.size());
    if (count == 0 || (!frontier.empty() && log <= frontier.back().log)) reader.invalidate();
    for (std::uint64_t k = 0; k < count && reader.ok(); ++k) {
      const auto number = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
      frontier.push_back({log, number, reader.id<ChainValue>()});
      if (number == 0) reader.invalidate();
    }
  }
  if (!is_canonical(frontier)) reader.invalidate();
  if (!reader.ok()) frontier.clear();
  return frontier;
}

}  // namespace plenary::log
