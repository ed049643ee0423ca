// Authenticated encryption: XChaCha20-Poly1305 for what is stored, ChaCha20-Poly1305 (RFC 8439) for the transport.
// A ciphertext is the encrypted bytes followed by a tag of 16 bytes.
#pragma once

#include "core/crypto/secret.h"

namespace plenary::crypto {

using CipherKey = Secret<32>;
using XNonce = std::array<std::byte, 24>;  // random: 24 bytes are enough never to meet the same one twice

inline constexpr std::size_t kTagSize = 16;

XNonce random_nonce(Environment& environment);

Bytes seal(const CipherKey& key, const XNonce& nonce, ByteSpan associated, ByteSpan plaintext);
// Refused when key, nonce, associated data or any bit of the ciphertext differ from what was sealed; which of them
// it was cannot be told.
Result<Bytes> open(const CipherKey& key, const XNonce& nonce, ByteSpan associated, ByteSpan ciphertext);

// In place, for database pages and other fixed buffers: encrypts `data` where it lies and writes the tag.
void seal_in_place(const CipherKey& key, const XNonce& nonce, ByteSpan associated, std::span<std::byte> data,
                   std::span<std::byte, kTagSize> tag);
// On refusal `data` keeps the ciphertext.
Result<void> open_in_place(const CipherKey& key, const XNonce& nonce, ByteSpan associated, std::span<std::byte> data,
                           std::span<const std::byte, kTagSize> tag);

// The transport's cipher: the nonce is a counter (4 zero bytes, then 8 bytes little-endian), as Noise has it.
// `data` begins with the plaintext and has kTagSize bytes of room behind it; becomes the ciphertext.
void transport_seal(const CipherKey& key, std::uint64_t counter, ByteSpan associated, std::span<std::byte> data);
// `data` is a ciphertext; its first size - kTagSize bytes become the plaintext. True when it is authentic.
[[nodiscard]] bool transport_open(const CipherKey& key, std::uint64_t counter, ByteSpan associated,
                                  std::span<std::byte> data);

}  // namespace plenary::crypto
