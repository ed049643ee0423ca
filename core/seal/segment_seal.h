// Sealing and opening segments: zstd, padding, XChaCha20-Poly1305 with the envelope as associated data.
// Source: architecture.md D4; docs/protocol/formats.md, "Seal".
//
//   plaintext = u8 form (0: as it is, 1: one zstd frame), varint size of the compressed content, content,
//               zeros up to a Padmé size of at least 512 bytes
#pragma once

#include "core/log/segment.h"
#include "core/seal/keyring.h"

namespace plenary::seal {

// The sizes that sealed things take, so that a size tells little: at most 12 % more, at least 512.
std::size_t padded_size(std::size_t size);

struct Compression {
  int level = 0;  // of zstd; 0: the default for the content's size, which costs about 15 ms for 500 notes
};

// Seals `content` (log/content.h) under `key`; envelope.key is filled in. The envelope is complete otherwise.
log::Segment seal_segment(const SpaceKey& key, log::Envelope envelope, ByteSpan content, Environment& environment,
                          Compression compression = {});

// not_found: sealed under a key that is not in the ring (it may come with the roster); refused: not authentic;
// limit_exceeded: decompresses to more than log::kMaxSegmentPlaintext.
Result<Bytes> open_segment(const KeyRing& keys, const log::Envelope& envelope, ByteSpan sealed);

}  // namespace plenary::seal
