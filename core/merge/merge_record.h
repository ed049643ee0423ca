// merge_record: all writes of one record to what people see of it. A pure function; source: the reference model,
// sections 4 to 6.
#pragma once

#include <memory>

#include "core/merge/text.h"
#include "core/merge/view.h"

namespace plenary::merge {

// Index of a write in the span that was merged.
using WriteIndex = std::uint32_t;

enum class Life : std::uint8_t {
  none = 0,  // no effective operation
  held = 1,  // effective work, but no creation in effect: kept, listed, shown when the creation counts
  live = 2,
  contested = 3,  // deleted by somebody who did not see all that was done to it: shown, asks
  deleted = 4,
  erased = 5,
};

// Why an effective write is not shown.
enum class Reason : std::uint8_t {
  superseded = 1,  // its replacer had seen it
  not_chosen = 2,  // another one stands above it
  came_after = 3,  // once: its author had seen an answer
  missing = 4,     // would stand, but its value is not here
  hidden = 5,
  erased = 6,
  done = 7,  // a removal or deletion within the field: it did its work
};

struct Past {
  WriteIndex write = 0;
  Reason reason = Reason::superseded;
  friend bool operator==(const Past&, const Past&) = default;
};

// A text field's characters, and which write each insertion in `placed` is.
struct MergedText {
  std::vector<WriteIndex> insertions;
  PlacedText placed;
};

struct MergedField {
  std::uint32_t number = 0;
  Policy policy = Policy::latest;
  bool ask = false;                  // people must decide
  std::vector<WriteIndex> standing;  // not superseded; not for text
  std::vector<WriteIndex> shown;     // in the order to show; text: every insertion of which something is shown
  std::vector<Past> history;         // every effective write that is not shown
  std::unique_ptr<MergedText> text;  // only for text
};

struct MergedRecord {
  Life life = Life::none;
  std::vector<WriteIndex> deletions;  // contested, deleted: the deletions that stand
  std::vector<WriteIndex> unseen;     // contested: what they did not see
  std::vector<MergedField> fields;    // live, contested: those with an effective write, by number
  std::vector<Effect> effects;        // of each write
  std::vector<Payload> payloads;      // of each write

  const MergedField* field(std::uint32_t number) const;
};

// `record` is canonical, `writes` are all delivered writes of it, in any order, each once.
MergedRecord merge_record(const View& view, const log::RecordName& record, std::span<const Write> writes);

// What the record adds to the space's digest: canonical bytes over write names, life, verdicts, what stands and what
// is erased or hidden; never over values. The same in every process that agrees on the state; the caller hashes it
// with a key and adds the hashes up. Empty for a record that adds nothing.
Bytes digest_bytes(const View& view, const log::RecordName& record, std::span<const Write> writes,
                   const MergedRecord& merged);

}  // namespace plenary::merge
