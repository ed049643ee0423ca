// The order of a collaborative text: a plain Fugue list (Weidner and Kleppmann) over insertions, not characters.
//
// Rules (architecture.md D13; reference model, 4.6). Characters form a tree. The first character of an insertion
// hangs to the right of its left anchor or, if its right anchor descends from the left one, to the left of that;
// every other character hangs to the right of the one before it. Siblings stand in the order of their insertions'
// ranks. So the order of two characters depends on their ancestors alone: characters that nobody sees never move
// others.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace plenary::merge {

// A character: `offset` (Unicode scalar values, from 0) within an insertion, which is named by its index in the
// caller's list of insertions. The default is the edge of the text: as a left anchor its start, as a right one its
// end.
struct TextPlace {
  static constexpr std::uint32_t kEdge = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t insertion = kEdge;
  std::uint32_t offset = 0;

  bool is_edge() const { return insertion == kEdge; }
  friend auto operator<=>(const TextPlace&, const TextPlace&) = default;
};

// `count` characters that follow each other both in their insertion and in the text.
struct TextRun {
  std::uint32_t insertion = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  friend auto operator<=>(const TextRun&, const TextRun&) = default;
};

// Where an insertion was made. Anchors name insertions before it in the list (causes first); an anchor that does
// not, or lies beyond the end of the insertion it names, counts as the edge.
struct TextOrigin {
  std::uint32_t length = 0;
  TextPlace left, right;
};

// Whether insertion `a` ranks before insertion `b`: by (log, number, chain value, index of the operation) of the
// writes that made them. It must be a strict total order. It is asked for siblings only, so rarely.
using RanksBefore = std::function<bool(std::uint32_t a, std::uint32_t b)>;

// Every character of every insertion in text order, as the longest possible runs.
// Takes O(n log n) for n insertions, however long they are and whatever their anchors.
std::vector<TextRun> order_text(std::span<const TextOrigin> insertions, const RanksBefore& ranks_before);

}  // namespace plenary::merge
