// What a text field shows: pure functions of its insertions and strikes, independent of how writes are stored.
//
// How to use it from merge_record: list *every* delivered insertion of the field, effective or not, so that causes
// stand before effects (for instance by place, then index); resolve anchors to indices in that list, where an anchor
// that the author did not hold, or that is lost, stays the default (the edge); list the ranges of the effective
// strikes, each only if the strike's author saw the insertion that it names. Source: reference model, 4.6,
// `merge_text` and `text_places`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/merge/fugue.h"

namespace plenary::merge {

enum class TextEffect : std::uint8_t { none, in_effect };

struct TextInsertion {
  TextOrigin origin;  // origin.length is Operation::length
  TextEffect effect = TextEffect::in_effect;
  // UTF-8 of the characters; absent: not readable (erased, hidden, or not here). A text that is not UTF-8 of
  // exactly origin.length scalar values counts as not readable. The bytes are only read during the call.
  std::optional<std::string_view> text;
};

enum class TextState : std::uint8_t {
  placed,      // keeps its place only: its insertion is not in effect, or it is struck
  unreadable,  // stands, but its text is not here
  shown,
};

// A run of characters that share one state. `byte` is where its text begins within its insertion's text (0 if that
// is not readable).
struct PlacedRun {
  TextRun run;
  std::uint32_t byte = 0;
  TextState state = TextState::placed;

  friend bool operator==(const PlacedRun&, const PlacedRun&) = default;
};

// A field's text. `runs` are in text order and as long as possible: a pure function of the operations, fit for a
// digest when insertions are named by their writes.
struct PlacedText {
  std::vector<PlacedRun> runs;
  std::string shown;               // UTF-8 of the shown runs
  std::uint64_t shown_length = 0;  // in Unicode scalar values

  // The characters that stand (shown or unreadable), as the longest runs: what the digest covers.
  std::vector<TextRun> standing() const;
};

PlacedText place_text(std::span<const TextInsertion> insertions, std::span<const TextRun> struck,
                      const RanksBefore& ranks_before);

// One effective write (insertion or strike) of a field, as `wrote_apart` sees it. Logs and persons are any numbers
// that are equal for equal ones.
struct TextWrite {
  std::uint32_t log = 0;
  std::uint32_t person = 0;
  // An insertion whose payload is not erased. Strikes and erased insertions cannot be apart, but see others.
  bool can_be_apart = false;
};

// Whether the writer of `later` saw `earlier`; both are indices into the list of writes, never equal.
using TextSaw = std::function<bool(std::uint32_t later, std::uint32_t earlier)>;

// Whether one person inserted in two logs, neither insertion seen by the other, and no effective write saw both: then
// the field asks. `writes` are the effective writes of the field in any order. At once false, without asking `saw`,
// unless some person inserted in two logs. Source: reference model, 4.6, `_apart`.
bool wrote_apart(std::span<const TextWrite> writes, const TextSaw& saw);

}  // namespace plenary::merge
