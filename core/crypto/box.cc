#include "core/crypto/box.h"

#include <sodium.h>

#include "core/crypto/octets.h"

namespace plenary::crypto {
namespace {

CipherKey box_key(const Domain& domain, const Secret<32>& shared, const TransportKey& ephemeral,
                  const TransportKey& reader) {
  CipherKey key;
  Hasher(domain, CipherKey::kSize).update(shared.span()).update(ephemeral).update(reader).finish(key.writable());
  return key;
}

}  // namespace

AgreementKey AgreementKey::generate(Environment& environment) {
  return from_secret(Secret<32>::random(environment));
}

AgreementKey AgreementKey::from_secret(Secret<32> secret) {
  AgreementKey key;
  key.secret_ = std::move(secret);
  crypto_scalarmult_curve25519_base(out(key.public_key_.bytes), in(key.secret_.span()));
  return key;
}

Result<Secret<32>> AgreementKey::agree(const TransportKey& other) const {
  Secret<32> shared;
  if (crypto_scalarmult_curve25519(out(shared.writable()), in(secret_.span()), in(other.span())) != 0) {
    return fail(ErrorCode::refused, "The other side's key is of low order: no secret can be agreed with it.");
  }
  return shared;
}

Result<Bytes> seal_box(Environment& environment, const TransportKey& reader, const Domain& domain, ByteSpan plaintext) {
  const AgreementKey ephemeral = AgreementKey::generate(environment);
  const Result<Secret<32>> shared = ephemeral.agree(reader);
  if (!shared) return tl::make_unexpected(shared.error());
  const CipherKey key = box_key(domain, *shared, ephemeral.public_key(), reader);
  Bytes box = to_bytes(ephemeral.public_key().span());
  box.insert(box.end(), plaintext.begin(), plaintext.end());
  box.resize(box.size() + kTagSize);
  transport_seal(key, 0, domain.encode(), std::span(box).subspan(TransportKey::kSize));
  return box;
}

Result<Bytes> open_box(const AgreementKey& reader, const Domain& domain, ByteSpan box) {
  if (box.size() < kBoxOverhead) return fail(ErrorCode::malformed, "The sealed box is too short to be one.");
  const TransportKey ephemeral = *TransportKey::from(box.first(TransportKey::kSize));
  const Result<Secret<32>> shared = reader.agree(ephemeral);
  if (!shared) return tl::make_unexpected(shared.error());
  const CipherKey key = box_key(domain, *shared, ephemeral, reader.public_key());
  Bytes plaintext = to_bytes(box.subspan(TransportKey::kSize));
  if (!transport_open(key, 0, domain.encode(), plaintext)) {
    return fail(ErrorCode::refused, "The sealed box was altered, or is for another reader.");
  }
  plaintext.resize(plaintext.size() - kTagSize);
  return plaintext;
}

}  // namespace plenary::crypto
