// Keys made from other secrets.
#pragma once

#include "core/crypto/hash.h"
#include "core/crypto/secret.h"

namespace plenary::crypto {

// A key for one purpose from a strong secret of 16 to 64 bytes: keyed BLAKE2b-32 over domain and context.
Secret<32> derive_key(ByteSpan secret, const Domain& domain, ByteSpan context = {});

// HMAC-BLAKE2b and HKDF as section 4.3 of the Noise specification defines them (hash of 64 bytes, block of 128).
using NoiseHash = std::array<std::byte, 64>;
Secret<64> hmac_blake2b(ByteSpan key, std::initializer_list<ByteSpan> parts);
struct HkdfOutput {
  Secret<64> first, second, third;
};
HkdfOutput hkdf_blake2b(ByteSpan chaining_key, ByteSpan input);

// What stretching a passphrase costs whoever guesses. Stored beside what the key protects, so that it can be raised.
struct StretchCost {
  std::uint32_t passes = 3;
  std::uint32_t memory_kib = 64 * 1024;
  friend bool operator==(const StretchCost&, const StretchCost&) = default;
};
using Salt = std::array<std::byte, 16>;

// Argon2id. Refused when the cost is outside 1..16 passes or 8 KiB..1 GiB, as a damaged file could ask;
// throws std::bad_alloc when the machine lacks the memory.
Result<Secret<32>> stretch_passphrase(std::string_view passphrase, const Salt& salt, const StretchCost& cost);

}  // namespace plenary::crypto
