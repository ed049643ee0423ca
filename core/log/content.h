// What a segment holds once it is opened: a run of changes, its payloads and its secrets, laid out in columns so that
// it compresses well. The layout is not what is signed: whatever does not reproduce the author's signed head counts as
// not delivered, never as malformed (architecture.md D3). Source: docs/protocol/formats.md, "Contents".
#pragma once

#include "core/log/codec.h"
#include "core/log/segment.h"

namespace plenary::log {

// Packs changes before.number + 1 and following of one log, all with their chain values. `secrets` must cover them, and
// they must fit (both CHECKed).
Bytes pack_changes(const ChainState& before, std::span<const Change> changes, const LogSecrets& secrets);

// How many of `changes`, from the first on, fit into one segment: at least 1 of any that kept the limits.
std::size_t changes_that_fit(std::span<const Change> changes);

struct RunOfChanges {
  std::vector<Change> changes;
  std::vector<EncodedChange> encoded;  // of each change, as it entered its link
  LogSecrets secrets;                  // what the segment brought; LogSecrets::take_in adds it to what is known
};

// The changes first..last of the envelope, verified: every link is recomputed from `before` (the state at
// envelope.first - 1, of the branch that the caller tries) and the last one is the envelope's head. The caller has
// verified the head's signature. Errors: not_delivered when the bytes do not reproduce that head; limit_exceeded.
Result<RunOfChanges> unpack_changes(ByteSpan content, const Envelope& envelope, const ChainState& before);

}  // namespace plenary::log
