// A segment: a run of one log's changes, sealed. The hub reads the envelope and nothing else.
// What is inside is in core/log/content.h; sealing and opening in core/seal/segment_seal.h.
// Source: architecture.md D3, D4; docs/protocol/formats.md, "Segments".
//
//   segment  = blob envelope, sealed bytes to the end
//   envelope = u8 version (1), u8 kind, space (32), author (32), nonce (16), varint first, varint last,
//              chain of last (32), author's signature of that head (64), key id (32)
//   sealed   = nonce (24), ciphertext with its tag (16)
#pragma once

#include "core/log/head.h"
#include "core/log/limits.h"

namespace plenary::log {

enum class SegmentKind : std::uint8_t {
  changes = 1,
  snapshot = 2,  // reserved: a keeper-signed snapshot at a frontier (architecture.md D17)
};

// The clear part, and the associated data of the seal. Any member may pack any run that ends at an author-signed head.
struct Envelope {
  SegmentKind kind = SegmentKind::changes;
  SpaceId space;
  LogDescriptor log;
  std::uint32_t first = 1, last = 1;  // first <= last
  ChainValue chain;                   // of `last`
  Signature signature;                // of the author, over the head (log, last, chain)
  KeyId key;                          // what the contents are sealed under
  friend bool operator==(const Envelope&, const Envelope&) = default;

  LogId log_id() const { return log::log_id(space, log); }
  SignedHead head() const { return {{log_id(), last, chain}, signature}; }
  std::uint32_t count() const { return last - first + 1; }
};

struct Segment {
  Envelope envelope;
  Bytes sealed;
  friend bool operator==(const Segment&, const Segment&) = default;
};

Bytes encode_envelope(const Envelope& envelope);
// malformed, limit_exceeded; unsupported for a version or kind that this program does not know (the bytes may be kept
// and passed on). Does not verify the signature: verify_envelope does.
Result<Envelope> decode_envelope(ByteSpan bytes);
Result<void> verify_envelope(const Envelope& envelope);

Bytes encode_segment(const Segment& segment);
Result<Segment> decode_segment(ByteSpan bytes);

// A segment's bytes with the envelope already read, without copying what is sealed.
struct SegmentView {
  Envelope envelope;
  ByteSpan sealed;  // points into the bytes given
};
Result<SegmentView> view_segment(ByteSpan bytes);

}  // namespace plenary::log
