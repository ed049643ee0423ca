#include "core/merge/fugue.h"

#include <algorithm>

#include "core/base/check.h"

namespace plenary::merge {
namespace {

enum class Side : std::uint8_t { left, right };

// The tree of insertions: each hangs from one character of an earlier one, or from the edge. An insertion's own
// characters are the chain of right children that it is, so they need no nodes.
class Tree {
 public:
  Tree(std::span<const TextOrigin> insertions, const RanksBefore& ranks_before);

  std::vector<TextRun> traverse() const;

 private:
  // `turn` says after how many of the parent's characters a child is visited.
  struct Hanging {
    TextPlace parent;
    Side side = Side::right;
    std::uint32_t turn = 0;
  };
  // For finding ancestors in logarithmic time with one extra pointer a node (Myers' skew-binary jump pointers).
  struct Ancestry {
    std::uint32_t depth = 0;
    std::uint32_t jump = TextPlace::kEdge;
  };
  // Insertion on the way down: which of its children and characters were visited.
  struct Visit {
    std::uint32_t insertion;
    std::uint32_t child, children_end;
    std::uint32_t visited;
  };

  void hang(std::uint32_t insertion);
  void record_ancestry(std::uint32_t insertion);
  bool descends(TextPlace place, TextPlace ancestor) const;
  TextPlace known(TextPlace anchor, std::uint32_t insertion) const;
  void gather_children();
  void set_turn(std::uint32_t insertion);
  void sort_siblings(std::uint32_t parent_slot);
  Visit visit(std::uint32_t insertion) const;
  // Children are kept per parent, the edge's in slot 0.
  static std::uint32_t slot(TextPlace parent) { return parent.insertion + 1; }

  std::span<const TextOrigin> insertions_;
  const RanksBefore& ranks_before_;
  std::vector<Hanging> hangings_;
  std::vector<Ancestry> ancestries_;
  std::vector<std::uint32_t> children_;        // grouped by parent
  std::vector<std::uint32_t> children_begin_;  // slot -> first in `children_`
};

static_assert(TextPlace::kEdge + 1 == 0);

Tree::Tree(std::span<const TextOrigin> insertions, const RanksBefore& ranks_before)
    : insertions_(insertions),
      ranks_before_(ranks_before),
      hangings_(insertions.size()),
      ancestries_(insertions.size()) {
  CHECK(insertions.size() < TextPlace::kEdge);
  for (std::uint32_t insertion = 0; insertion < insertions_.size(); ++insertion) {
    hang(insertion);
    record_ancestry(insertion);
    set_turn(insertion);
  }
  gather_children();
}

TextPlace Tree::known(TextPlace anchor, std::uint32_t insertion) const {
  const bool held = anchor.insertion < insertion && anchor.offset < insertions_[anchor.insertion].length;
  return held ? anchor : TextPlace{};
}

void Tree::hang(std::uint32_t insertion) {
  const TextPlace left = known(insertions_[insertion].left, insertion);
  const TextPlace right = known(insertions_[insertion].right, insertion);
  const bool before_right = !right.is_edge() && descends(right, left);
  hangings_[insertion] = before_right ? Hanging{right, Side::left} : Hanging{left, Side::right};
}

void Tree::record_ancestry(std::uint32_t insertion) {
  const std::uint32_t parent = hangings_[insertion].parent.insertion;
  if (parent == TextPlace::kEdge) return;
  // Jump as far as the parent's jump does twice if its two jumps are of equal length, else only to the parent.
  const Ancestry& of_parent = ancestries_[parent];
  Ancestry& mine = ancestries_[insertion];
  mine.depth = of_parent.depth + 1;
  mine.jump = parent;
  if (of_parent.jump == TextPlace::kEdge) return;
  const Ancestry& of_jump = ancestries_[of_parent.jump];
  if (of_jump.jump == TextPlace::kEdge) return;
  if (of_parent.depth - of_jump.depth == of_jump.depth - ancestries_[of_jump.jump].depth) mine.jump = of_jump.jump;
}

bool Tree::descends(TextPlace place, TextPlace ancestor) const {
  if (ancestor.is_edge()) return true;
  if (place.insertion == ancestor.insertion) return place.offset >= ancestor.offset;
  // Up to the insertion that would hang directly from the ancestor's.
  const std::uint32_t depth = ancestries_[ancestor.insertion].depth + 1;
  std::uint32_t insertion = place.insertion;
  if (ancestries_[insertion].depth < depth) return false;
  while (ancestries_[insertion].depth > depth) {
    const std::uint32_t jump = ancestries_[insertion].jump;
    insertion = ancestries_[jump].depth >= depth ? jump : hangings_[insertion].parent.insertion;
  }
  const TextPlace parent = hangings_[insertion].parent;
  return parent.insertion == ancestor.insertion && parent.offset >= ancestor.offset;
}

void Tree::set_turn(std::uint32_t insertion) {
  Hanging& hanging = hangings_[insertion];
  if (hanging.parent.is_edge()) return;
  if (hanging.side == Side::left) {
    hanging.turn = hanging.parent.offset;
    return;
  }
  // A right child is a sibling of the rest of its parent's insertion: the lower rank comes first.
  const std::uint32_t parent = hanging.parent.insertion, length = insertions_[parent].length;
  const bool last = hanging.parent.offset + 1 == length;
  hanging.turn = last || !ranks_before_(insertion, parent) ? length : hanging.parent.offset + 1;
}

void Tree::gather_children() {
  children_begin_.assign(insertions_.size() + 2, 0);
  for (const Hanging& hanging : hangings_) ++children_begin_[slot(hanging.parent) + 1];
  for (std::size_t i = 1; i < children_begin_.size(); ++i) children_begin_[i] += children_begin_[i - 1];

  std::vector<std::uint32_t> next(children_begin_.begin(), children_begin_.end() - 1);
  children_.resize(insertions_.size());
  for (std::uint32_t insertion = 0; insertion < insertions_.size(); ++insertion)
    children_[next[slot(hangings_[insertion].parent)]++] = insertion;
  for (std::uint32_t parent = 0; parent <= insertions_.size(); ++parent) sort_siblings(parent);
}

void Tree::sort_siblings(std::uint32_t parent_slot) {
  const auto begin = children_.begin() + children_begin_[parent_slot];
  const auto end = children_.begin() + children_begin_[parent_slot + 1];
  if (end - begin < 2) return;
  const std::uint32_t length = parent_slot == 0 ? 0 : insertions_[parent_slot - 1].length;
  std::sort(begin, end, [&](std::uint32_t a, std::uint32_t b) {
    const Hanging &first = hangings_[a], &second = hangings_[b];
    if (first.turn != second.turn) return first.turn < second.turn;
    const std::uint32_t offset = first.parent.offset, other = second.parent.offset;
    // What follows the whole insertion belongs to its later characters first; elsewhere the right children of one
    // character stand before the left children of the next.
    if (offset != other) return first.turn == length ? offset > other : offset < other;
    return ranks_before_(a, b);
  });
}

Tree::Visit Tree::visit(std::uint32_t insertion) const {
  return {insertion, children_begin_[insertion + 1], children_begin_[insertion + 2], 0};
}

std::vector<TextRun> Tree::traverse() const {
  std::vector<TextRun> runs;
  runs.reserve(insertions_.size() + insertions_.size() / 4);
  const auto emit = [&](Visit& visit, std::uint32_t upto) {
    if (upto == visit.visited) return;
    const std::uint32_t count = upto - visit.visited;
    const bool continues = !runs.empty() && runs.back().insertion == visit.insertion;
    if (continues)
      runs.back().count += count;
    else
      runs.push_back({visit.insertion, visit.visited, count});
    visit.visited = upto;
  };

  std::vector<Visit> path;
  for (std::uint32_t child = 0; child < children_begin_[1]; ++child) {
    path.push_back(visit(children_[child]));
    while (!path.empty()) {
      Visit& top = path.back();
      if (top.child == top.children_end) {
        emit(top, insertions_[top.insertion].length);
        path.pop_back();
        continue;
      }
      const std::uint32_t next = children_[top.child++];
      emit(top, hangings_[next].turn);
      const bool done = top.child == top.children_end && top.visited == insertions_[top.insertion].length;
      // What is done need not be returned to, so a long chain of insertions keeps the path short.
      if (done)
        top = visit(next);
      else
        path.push_back(visit(next));
    }
  }
  return runs;
}

}  // namespace

std::vector<TextRun> order_text(std::span<const TextOrigin> insertions, const RanksBefore& ranks_before) {
  // Nearly every text that was written and never edited.
  if (insertions.size() == 1 && insertions.front().length > 0) return {{0, 0, insertions.front().length}};
  return Tree(insertions, ranks_before).traverse();
}

}  // namespace plenary::merge
