// From what a person does to a visible text to operations anchored in characters, as log::Operation wants them.
#pragma once

#include "core/base/result.h"
#include "core/merge/text.h"

namespace plenary::merge {

// "Replace `count` visible characters from `at` by `text`." In Unicode scalar values of the visible text.
struct TextSplice {
  std::uint64_t at = 0;
  std::uint64_t count = 0;
  std::string text;

  friend bool operator==(const TextSplice&, const TextSplice&) = default;
};

// An insert operation to be. `index` is its place in the list of insertions: the first free one for the first
// insertion, then counting on. Anchors may name insertions of the same edit.
struct NewInsertion {
  std::uint32_t index = 0;
  TextOrigin origin;
  std::string text;

  friend bool operator==(const NewInsertion& a, const NewInsertion& b) {
    return a.index == b.index && a.text == b.text && a.origin.length == b.origin.length &&
           a.origin.left == b.origin.left && a.origin.right == b.origin.right;
  }
};

// What an edit comes to: the insertions, in this order, and then one strike of all ranges in `struck` (no strike if
// it is empty). All of it fits in one change.
struct TextEdit {
  std::vector<NewInsertion> insertions;
  std::vector<TextRun> struck;

  bool empty() const { return insertions.empty() && struck.empty(); }
};

// Operations for `splices`, which are in order of position and do not overlap; all positions are those of
// `text.shown` before the edit. `next_index` is the number of insertions in the list that `text` was placed from.
// Refused (invalid_argument): a splice beyond the end or out of order, or a text that is not UTF-8.
Result<TextEdit> edit_text(const PlacedText& text, std::uint32_t next_index, std::span<const TextSplice> splices);

// The splices that turn the visible text `before` into `after`, in order, positions in `before`: what a person typed
// and deleted, as far as the two texts tell (common start and end, then Myers' difference of the middle; where
// little is left between two edits they become one). Texts that differ in more than kDifferenceMax characters
// beyond their common start and end are replaced there as a whole. Both must be UTF-8, else invalid_argument.
inline constexpr std::size_t kDifferenceMax = 2'000;
Result<std::vector<TextSplice>> text_difference(std::string_view before, std::string_view after);

}  // namespace plenary::merge
