#include "core/crypto/aead.h"

#include <sodium.h>

#include "core/base/check.h"
#include "core/crypto/octets.h"

namespace plenary::crypto {
namespace {

using TransportNonce = std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

TransportNonce transport_nonce(std::uint64_t counter) {
  TransportNonce nonce{};
  for (std::size_t i = 4; i < nonce.size(); ++i, counter >>= 8) nonce[i] = static_cast<unsigned char>(counter & 255);
  return nonce;
}

tl::unexpected<Error> not_authentic() {
  return fail(ErrorCode::refused, "The sealed data was altered, or was sealed with another key.");
}

}  // namespace

XNonce random_nonce(Environment& environment) {
  XNonce nonce;
  environment.random(nonce);
  return nonce;
}

Bytes seal(const CipherKey& key, const XNonce& nonce, ByteSpan associated, ByteSpan plaintext) {
  Bytes sealed(plaintext.size() + kTagSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out(sealed), nullptr, in(plaintext), plaintext.size(), in(associated),
                                             associated.size(), nullptr, in(nonce), in(key.span()));
  return sealed;
}

Result<Bytes> open(const CipherKey& key, const XNonce& nonce, ByteSpan associated, ByteSpan ciphertext) {
  if (ciphertext.size() < kTagSize) return not_authentic();
  Bytes plaintext(ciphertext.size() - kTagSize);
  const int refused =
      crypto_aead_xchacha20poly1305_ietf_decrypt(out(plaintext), nullptr, nullptr, in(ciphertext), ciphertext.size(),
                                                 in(associated), associated.size(), in(nonce), in(key.span()));
  if (refused != 0) return not_authentic();
  return plaintext;
}

void seal_in_place(const CipherKey& key, const XNonce& nonce, ByteSpan associated, std::span<std::byte> bytes,
                   std::span<std::byte, kTagSize> tag) {
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out(bytes), out(tag), nullptr, in(bytes), bytes.size(),
                                                      in(associated), associated.size(), nullptr, in(nonce),
                                                      in(key.span()));
}

Result<void> open_in_place(const CipherKey& key, const XNonce& nonce, ByteSpan associated, std::span<std::byte> bytes,
                           std::span<const std::byte, kTagSize> tag) {
  const int refused =
      crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out(bytes), nullptr, in(bytes), bytes.size(), in(tag),
                                                          in(associated), associated.size(), in(nonce), in(key.span()));
  if (refused != 0) return not_authentic();
  return {};
}

void transport_seal(const CipherKey& key, std::uint64_t counter, ByteSpan associated, std::span<std::byte> bytes) {
  CHECK(bytes.size() >= kTagSize);
  crypto_aead_chacha20poly1305_ietf_encrypt(out(bytes), nullptr, in(bytes), bytes.size() - kTagSize, in(associated),
                                            associated.size(), nullptr, transport_nonce(counter).data(),
                                            in(key.span()));
}

bool transport_open(const CipherKey& key, std::uint64_t counter, ByteSpan associated, std::span<std::byte> bytes) {
  if (bytes.size() < kTagSize) return false;
  return crypto_aead_chacha20poly1305_ietf_decrypt(out(bytes), nullptr, nullptr, in(bytes), bytes.size(),
                                                   in(associated), associated.size(), transport_nonce(counter).data(),
                                                   in(key.span())) == 0;
}

}  // namespace plenary::crypto
