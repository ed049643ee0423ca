// wrote_apart: did one person write in two logs without noticing?
#include <algorithm>
#include <map>

#include "core/merge/text.h"

namespace plenary::merge {
namespace {

// Indices of the insertions of persons who inserted in more than one log.
std::vector<std::uint32_t> candidates(std::span<const TextWrite> writes) {
  constexpr std::uint32_t kSeveral = TextPlace::kEdge;
  std::map<std::uint32_t, std::uint32_t> log_of_person;
  bool several = false;
  for (const TextWrite& write : writes) {
    if (!write.can_be_apart) continue;
    const auto [found, first] = log_of_person.try_emplace(write.person, write.log);
    if (first || found->second == write.log) continue;
    found->second = kSeveral;
    several = true;
  }
  std::vector<std::uint32_t> found;
  if (!several) return found;
  for (std::uint32_t i = 0; i < writes.size(); ++i)
    if (writes[i].can_be_apart && log_of_person.at(writes[i].person) == kSeveral) found.push_back(i);
  return found;
}

using Row = std::vector<bool>;

// For each write that matters, which candidates its writer saw, itself among them: that settles no pair which its own
// sight does not. A write that saw fewer than two settles nothing.
std::vector<Row> sights(std::size_t writes, std::span<const std::uint32_t> candidates, const TextSaw& saw) {
  std::vector<Row> rows;
  for (std::size_t write = writes; write-- > 0;) {
    Row row(candidates.size());
    std::size_t seen = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      seen += row[i] = candidates[i] == write || saw(static_cast<std::uint32_t>(write), candidates[i]);
    if (seen == candidates.size()) return {row};  // somebody looked at all of it: this alone settles everything
    if (seen > 1 && std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

bool wrote_apart(std::span<const TextWrite> writes, const TextSaw& saw) {
  const std::vector<std::uint32_t> insertions = candidates(writes);
  if (insertions.empty()) return false;
  const std::vector<Row> seen_together = sights(writes.size(), insertions, saw);

  const auto apart = [&](std::size_t a, std::size_t b) {
    const TextWrite &one = writes[insertions[a]], &other = writes[insertions[b]];
    if (one.person != other.person || one.log == other.log) return false;
    const bool settled =
        std::any_of(seen_together.begin(), seen_together.end(), [&](const Row& row) { return row[a] && row[b]; });
    return !settled && !saw(insertions[a], insertions[b]) && !saw(insertions[b], insertions[a]);
  };
  for (std::size_t a = 0; a < insertions.size(); ++a)
    for (std::size_t b = a + 1; b < insertions.size(); ++b)
      if (apart(a, b)) return true;
  return false;
}

}  // namespace plenary::merge
