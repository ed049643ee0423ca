// X25519: key agreement, and boxes that only one reader can open.
#pragma once

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"

namespace plenary::crypto {

// The key pair of a device or a hub for transport and for boxes.
class AgreementKey {
 public:
  static AgreementKey generate(Environment& environment);
  static AgreementKey from_secret(Secret<32> secret);

  AgreementKey(AgreementKey&&) = default;
  AgreementKey& operator=(AgreementKey&&) = default;

  const TransportKey& public_key() const { return public_key_; }
  const Secret<32>& secret() const { return secret_; }  // for storage
  AgreementKey duplicate() const { return from_secret(secret_.duplicate()); }

  // The secret shared with the holder of `other`. Refused when the other key is of low order, that is, when the
  // result would be known to everybody. Not uniform: hash it before use.
  Result<Secret<32>> agree(const TransportKey& other) const;

 private:
  AgreementKey() = default;
  TransportKey public_key_;
  Secret<32> secret_;
};

inline constexpr std::size_t kBoxOverhead = 32 + kTagSize;

// A box for one reader, from nobody in particular: who made it is shown by the signed record around it.
//
//   box = ephemeral X25519 public key (32 bytes), ChaCha20-Poly1305 ciphertext
//   key = BLAKE2b-32 of domain, shared secret, ephemeral key, reader's key; counter 0; associated data: domain
Result<Bytes> seal_box(Environment& environment, const TransportKey& reader, const Domain& domain, ByteSpan plaintext);
Result<Bytes> open_box(const AgreementKey& reader, const Domain& domain, ByteSpan box);

}  // namespace plenary::crypto
