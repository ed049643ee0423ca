#include "core/crypto/kdf.h"

#include <sodium.h>

#include <new>

namespace plenary::crypto {
namespace {

constexpr std::size_t kBlockSize = 128;

Secret<64> hkdf_step(const Secret<64>& key, ByteSpan before, std::uint8_t number) {
  const std::byte counter{number};
  return hmac_blake2b(key.span(), {before, {&counter, 1}});
}

}  // namespace

Secret<32> derive_key(ByteSpan secret, const Domain& domain, ByteSpan context) {
  Secret<32> key;
  Hasher(domain, key.kSize, secret).update(context).finish(key.writable());
  return key;
}

Secret<64> hmac_blake2b(ByteSpan key, std::initializer_list<ByteSpan> parts) {
  CHECK(key.size() <= kBlockSize);
  Secret<kBlockSize> inner, outer;
  std::copy(key.begin(), key.end(), inner.writable().begin());
  std::copy(key.begin(), key.end(), outer.writable().begin());
  for (std::byte& b : inner.writable()) b ^= std::byte{0x36};
  for (std::byte& b : outer.writable()) b ^= std::byte{0x5c};

  Secret<64> result;
  Hasher first(64);
  first.update(inner.span());
  for (ByteSpan part : parts) first.update(part);
  first.finish(result.writable());
  Hasher(64).update(outer.span()).update(result.span()).finish(result.writable());
  return result;
}

HkdfOutput hkdf_blake2b(ByteSpan chaining_key, ByteSpan input) {
  const Secret<64> key = hmac_blake2b(chaining_key, {input});
  HkdfOutput output;
  output.first = hkdf_step(key, {}, 1);
  output.second = hkdf_step(key, output.first.span(), 2);
  output.third = hkdf_step(key, output.second.span(), 3);
  return output;
}

Result<Secret<32>> stretch_passphrase(std::string_view passphrase, const Salt& salt, const StretchCost& cost) {
  const bool passes_fit = cost.passes >= 1 && cost.passes <= 16;
  const bool memory_fits = cost.memory_kib >= 8 && cost.memory_kib <= 1024 * 1024;
  if (!passes_fit || !memory_fits) {
    return fail(ErrorCode::limit_exceeded,
                "The cost for stretching the passphrase is outside its limits (1 to 16 "
                "passes, 8 KiB to 1 GiB): the file that names it may be damaged.");
  }
  Secret<32> key;
  const int failed =
      crypto_pwhash(reinterpret_cast<unsigned char*>(key.writable().data()), key.kSize, passphrase.data(),
                    passphrase.size(), reinterpret_cast<const unsigned char*>(salt.data()), cost.passes,
                    std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
  return key;
}

}  // namespace plenary::crypto
