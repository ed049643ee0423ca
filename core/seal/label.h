// Sealed labels: the names of people, spaces and invitations, as roster records carry them. The hub sees that there
// is one, and its size in steps of 32 bytes. Source: docs/protocol/formats.md, "Labels".
//
//   label = u8 version (1), key id (32), nonce (24), ciphertext of (text, 0x80, zeros up to a multiple of 32)
// Associated data: domain "plenary label", context.
#pragma once

#include "core/seal/keyring.h"

namespace plenary::seal {

inline constexpr std::size_t kMaxLabelText = 512;  // bytes of UTF-8

// What a label is for: part of what is authenticated, so that one cannot be shown as another.
enum class LabelUse : std::uint8_t { person = 1, space = 2, invitation = 3, removal = 4 };

// Can this be a label, as a person typed it? limit_exceeded: too long; invalid_argument: not UTF-8. `what` begins the
// sentence: "The reason".
Result<void> check_label(std::string_view text, const std::string& what);
// `text` of at most kMaxLabelText bytes (CHECKed).
Bytes seal_label(const SpaceKey& key, LabelUse use, std::string_view text, Environment& environment);
// not_found: sealed under a key that is not in the ring. malformed: not UTF-8, too; whoever shows names shows texts.
Result<std::string> open_label(const KeyRing& keys, LabelUse use, ByteSpan label);

}  // namespace plenary::seal
