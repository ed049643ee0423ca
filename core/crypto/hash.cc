#include "core/crypto/hash.h"

#include <sodium.h>

#include "core/crypto/octets.h"

namespace plenary::crypto {
namespace {

crypto_generichash_state* sodium_state(void* state) {
  return static_cast<crypto_generichash_state*>(state);
}

}  // namespace

Bytes Domain::encode() const {
  CHECK(type.size() <= 255);
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(type.size()));
  writer.raw(as_bytes(type));
  writer.u8(version);
  writer.id(space);
  return std::move(writer).take();
}

Hasher::Hasher(std::size_t size, ByteSpan key) : size_(size) {
  static_assert(sizeof(State) == sizeof(crypto_generichash_state));
  static_assert(alignof(State) >= alignof(crypto_generichash_state));
  CHECK(size >= kSizeMin && size <= kSizeMax);
  CHECK(key.empty() || (key.size() >= 16 && key.size() <= kKeySizeMax));
  CHECK(crypto_generichash_init(sodium_state(&state_), key.empty() ? nullptr : in(key), key.size(), size) == 0);
}

Hasher::Hasher(const Domain& domain, std::size_t size, ByteSpan key) : Hasher(size, key) {
  CHECK(domain.type.size() <= 255);
  const std::byte length{static_cast<std::uint8_t>(domain.type.size())};
  const std::byte version{domain.version};
  update({&length, 1}).update(domain.type).update({&version, 1}).update(domain.space);
}

Hasher::~Hasher() {
  sodium_memzero(&state_, sizeof state_);
}

Hasher& Hasher::update(ByteSpan bytes) {
  if (!bytes.empty()) crypto_generichash_update(sodium_state(&state_), in(bytes), bytes.size());
  return *this;
}

Hasher& Hasher::update_u64(std::uint64_t value) {
  std::array<std::byte, 8> bytes;
  for (std::byte& b : bytes) {
    b = static_cast<std::byte>(value & 255);
    value >>= 8;
  }
  return update(bytes);
}

Hasher& Hasher::update_sized(ByteSpan bytes) {
  return update_u64(bytes.size()).update(bytes);
}

void Hasher::finish(std::span<std::byte> out) {
  CHECK(out.size() == size_);
  crypto_generichash_final(sodium_state(&state_), reinterpret_cast<unsigned char*>(out.data()), out.size());
}

}  // namespace plenary::crypto
