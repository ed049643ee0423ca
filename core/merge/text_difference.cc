// text_difference: what changed between two texts, found as E. W. Myers' shortest edit script.
#include <algorithm>

#include "core/base/utf8.h"
#include "core/merge/text_edit.h"

namespace plenary::merge {
namespace {

// `length` characters that are the same from `before` in one text and from `after` in the other.
struct Match {
  std::size_t before = 0, after = 0, length = 0;

  std::size_t before_end() const { return before + length; }
  std::size_t after_end() const { return after + length; }
};

// How far the best scripts of one number of edits come: entry i is for diagonal 2 * i - edits, the characters of
// `before` that are used up there.
using Reach = std::vector<std::size_t>;

class ShortestScript {
 public:
  ShortestScript(std::u32string_view before, std::u32string_view after) : before_(before), after_(after) {}

  // The stretches that both have in common, in order, or nothing if it takes more than `edits_max` edits.
  std::optional<std::vector<Match>> matches(std::size_t edits_max) {
    for (std::size_t edits = 0; edits <= edits_max; ++edits) {
      Reach reach(edits + 1);
      for (std::size_t i = 0; i <= edits; ++i) {
        const std::size_t used = start_of(edits, i), other = used + edits - 2 * i;
        reach[i] = used + common_from(used, other);
        const bool finished = reach[i] == before_.size() && reach[i] + edits - 2 * i == after_.size();
        if (!finished) continue;
        reaches_.push_back(std::move(reach));
        return trace_back(edits, i);
      }
      reaches_.push_back(std::move(reach));
    }
    return std::nullopt;
  }

 private:
  // True if the best way to this diagonal is an insertion after the diagonal above, else a deletion.
  bool comes_by_insertion(std::size_t edits, std::size_t i) const {
    const Reach& last = reaches_[edits - 1];
    return i == 0 || (i < edits && last[i - 1] < last[i]);
  }

  std::size_t start_of(std::size_t edits, std::size_t i) const {
    if (edits == 0) return 0;
    return comes_by_insertion(edits, i) ? reaches_[edits - 1][i] : reaches_[edits - 1][i - 1] + 1;
  }

  // Beyond the end of either text nothing is in common.
  std::size_t common_from(std::size_t used, std::size_t other) const {
    std::size_t length = 0;
    while (used + length < before_.size() && other + length < after_.size() &&
           before_[used + length] == after_[other + length])
      ++length;
    return length;
  }

  std::vector<Match> trace_back(std::size_t edits, std::size_t i) const {
    std::vector<Match> matches;
    while (true) {
      const std::size_t start = start_of(edits, i), length = reaches_[edits][i] - start;
      if (length > 0) matches.push_back({start, start + edits - 2 * i, length});
      if (edits == 0) break;
      if (!comes_by_insertion(edits, i)) --i;
      --edits;
    }
    std::reverse(matches.begin(), matches.end());
    return matches;
  }

  std::u32string_view before_, after_;
  std::vector<Reach> reaches_;  // by number of edits
};

// Leaves out stray letters that two rewritten stretches happen to share: keeping them would only tear words apart
// when somebody else edits there too.
std::vector<Match> without_strays(const std::vector<Match>& matches, const Match& end) {
  constexpr std::size_t kStrayMax = 3;
  std::vector<Match> kept;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const Match& match = matches[i];
    const Match before = kept.empty() ? Match{} : kept.back();
    const Match& next = i + 1 < matches.size() ? matches[i + 1] : end;
    const std::size_t gap_before = std::max(match.before - before.before_end(), match.after - before.after_end());
    const std::size_t gap_after = std::max(next.before - match.before_end(), next.after - match.after_end());
    const bool stray = match.length <= kStrayMax && match.length <= gap_before && match.length <= gap_after;
    if (!stray) kept.push_back(match);
  }
  return kept;
}

std::vector<TextSplice> splices_between(const std::vector<Match>& matches, std::size_t skipped,
                                        std::u32string_view after) {
  std::vector<TextSplice> splices;
  Match last;
  for (const Match& match : matches) {
    const std::size_t count = match.before - last.before_end(), added = match.after - last.after_end();
    if (count + added > 0)
      splices.push_back({skipped + last.before_end(), count, encode_utf8(after.substr(last.after_end(), added))});
    last = match;
  }
  return splices;
}

}  // namespace

Result<std::vector<TextSplice>> text_difference(std::string_view before, std::string_view after) {
  if (!count_scalars(before) || !count_scalars(after))
    return fail(ErrorCode::invalid_argument, "The text is not valid UTF-8. Save or type it as UTF-8 and try again.");
  const std::u32string old_text = decode_utf8(before), new_text = decode_utf8(after);
  std::u32string_view from = old_text, to = new_text;

  const std::size_t start = std::mismatch(from.begin(), from.end(), to.begin(), to.end()).first - from.begin();
  from.remove_prefix(start);
  to.remove_prefix(start);
  const std::size_t end = std::mismatch(from.rbegin(), from.rend(), to.rbegin(), to.rend()).first - from.rbegin();
  from.remove_suffix(end);
  to.remove_suffix(end);

  const Match everything{from.size(), to.size(), 0};
  std::vector<Match> matches;
  if (!from.empty() && !to.empty()) {
    if (auto found = ShortestScript(from, to).matches(std::min(from.size() + to.size(), kDifferenceMax)))
      matches = without_strays(*found, everything);
  }
  matches.push_back(everything);
  return splices_between(matches, start, to);
}

}  // namespace plenary::merge
