#include "core/seal/sealed_bytes.h"

namespace plenary::seal {

Bytes seal_bytes(const crypto::CipherKey& key, ByteSpan associated, ByteSpan plaintext, Environment& environment) {
  const auto nonce = crypto::random_nonce(environment);
  const Bytes ciphertext = crypto::seal(key, nonce, associated, plaintext);
  Bytes sealed(nonce.size() + ciphertext.size());
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  std::copy(ciphertext.begin(), ciphertext.end(), sealed.begin() + nonce.size());
  return sealed;
}

Result<Bytes> open_bytes(const crypto::CipherKey& key, ByteSpan associated, ByteSpan sealed) {
  crypto::XNonce nonce;
  if (sealed.size() < nonce.size() + crypto::kTagSize) {
    return fail(ErrorCode::malformed, "something sealed was cut off");
  }
  std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
  return crypto::open(key, nonce, associated, sealed.subspan(nonce.size()));
}

}  // namespace plenary::seal
