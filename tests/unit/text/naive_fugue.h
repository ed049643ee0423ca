// The text order in its simplest form, character by character, as the tests' judge: Fugue as the paper tells it.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "core/merge/fugue.h"

namespace plenary::merge {

class NaiveFugue {
 public:
  void insert(std::uint32_t insertion, std::uint64_t rank, const TextOrigin& origin) {
    TextPlace left = known(origin.left);
    const TextPlace right = known(origin.right);
    for (std::uint32_t offset = 0; offset < origin.length; ++offset) {
      const TextPlace place{insertion, offset};
      const bool to_left = offset == 0 && !right.is_edge() && descends(right, left);
      const TextPlace parent = to_left ? right : left;
      parents_[place] = parent;
      (to_left ? left_ : right_)[parent].emplace_back(rank, place);
      left = place;
    }
  }

  std::vector<TextPlace> places() const {
    std::vector<TextPlace> places;
    visit({}, places);
    return places;
  }

 private:
  using Children = std::map<TextPlace, std::vector<std::pair<std::uint64_t, TextPlace>>>;

  TextPlace known(TextPlace anchor) const { return parents_.contains(anchor) ? anchor : TextPlace{}; }

  bool descends(TextPlace place, TextPlace ancestor) const {
    while (!place.is_edge() && place != ancestor) place = parents_.at(place);
    return place == ancestor;
  }

  void visit(TextPlace place, std::vector<TextPlace>& places) const {
    const auto visit_all = [&](const Children& side) {
      if (!side.contains(place)) return;
      auto children = side.at(place);
      std::sort(children.begin(), children.end());
      for (const auto& [rank, child] : children) visit(child, places);
    };
    visit_all(left_);
    if (!place.is_edge()) places.push_back(place);
    visit_all(right_);
  }

  std::map<TextPlace, TextPlace> parents_;
  Children left_, right_;
};

}  // namespace plenary::merge
