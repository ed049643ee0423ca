#include "core/crypto/sign.h"

#include <sodium.h>

#include "core/crypto/octets.h"

namespace plenary::crypto {
namespace {

Bytes tagged(const Domain& domain, ByteSpan message) {
  Bytes bytes = domain.encode();
  bytes.insert(bytes.end(), message.begin(), message.end());
  return bytes;
}

}  // namespace

SigningKey SigningKey::generate(Environment& environment) {
  return from_seed(Seed::random(environment));
}

SigningKey SigningKey::from_seed(const Seed& seed) {
  SigningKey key;
  crypto_sign_ed25519_seed_keypair(out(key.public_key_.bytes), out(key.secret_.writable()), in(seed.span()));
  return key;
}

SigningKey::Seed SigningKey::seed() const {
  Seed seed;
  crypto_sign_ed25519_sk_to_seed(out(seed.writable()), in(secret_.span()));
  return seed;
}

Signature SigningKey::sign(const Domain& domain, ByteSpan message) const {
  const Bytes bytes = tagged(domain, message);
  Signature signature;
  crypto_sign_ed25519_detached(out(signature.bytes), nullptr, in(bytes), bytes.size(), in(secret_.span()));
  return signature;
}

bool verify(const DeviceKey& key, const Domain& domain, ByteSpan message, const Signature& signature) {
  return verify_raw(key, tagged(domain, message), signature);
}

bool verify_raw(const DeviceKey& key, ByteSpan message, const Signature& signature) {
  return crypto_sign_ed25519_verify_detached(in(signature.span()), in(message), message.size(), in(key.span())) == 0;
}

}  // namespace plenary::crypto
