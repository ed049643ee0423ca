// What one change did to a text, in words that can be read by themselves: history shows sentences, not the letters that
// a difference happens to be made of.
#pragma once

#include "core/merge/view.h"
#include "core/store/merger.h"

namespace plenary::replica {

// The sentences that a change touched, as its author had them and as it left them. Either may be empty.
struct TextPassage {
  std::string before, after;
  friend bool operator==(const TextPassage&, const TextPassage&) = default;
};

// From where two texts begin to differ to where they end, widened to whole sentences and without blanks around them.
TextPassage passage_between(std::string_view before, std::string_view after);

// The text of a field as the change's author saw it, and with that change: words that are hidden, erased or not here
// are left out of both. Costs two merges of the field.
TextPassage passage_of(const merge::View& view, const store::LoadedRecord& record, log::Place change,
                       std::uint32_t field);

}  // namespace plenary::replica
