// Ed25519. What is signed is always the domain tag followed by the message.
#pragma once

#include "core/crypto/hash.h"
#include "core/crypto/secret.h"

namespace plenary::crypto {

class SigningKey {
 public:
  using Seed = Secret<32>;

  static SigningKey generate(Environment& environment);
  // The same seed gives the same key pair: for keys that are stored, printed, or made from an invitation's secret.
  static SigningKey from_seed(const Seed& seed);

  SigningKey(SigningKey&&) = default;
  SigningKey& operator=(SigningKey&&) = default;

  const DeviceKey& public_key() const { return public_key_; }
  // For storage: `from_seed(key.seed())` is the same key.
  Seed seed() const;
  SigningKey duplicate() const { return from_seed(seed()); }

  Signature sign(const Domain& domain, ByteSpan message) const;

 private:
  SigningKey() = default;
  DeviceKey public_key_;
  Secret<64> secret_;
};

// True when `signature` is by the secret key of `key` over this domain and message. Any bytes may be given.
bool verify(const DeviceKey& key, const Domain& domain, ByteSpan message, const Signature& signature);

// Without a domain tag: for published vectors and foreign formats only.
bool verify_raw(const DeviceKey& key, ByteSpan message, const Signature& signature);

}  // namespace plenary::crypto
