// What is sealed under a key of the space in one piece: nonce (24), ciphertext with its tag. Private to core/seal.
#pragma once

#include "core/crypto/aead.h"

namespace plenary::seal {

Bytes seal_bytes(const crypto::CipherKey& key, ByteSpan associated, ByteSpan plaintext, Environment& environment);
// malformed when cut off, refused when not authentic.
Result<Bytes> open_bytes(const crypto::CipherKey& key, ByteSpan associated, ByteSpan sealed);

}  // namespace plenary::seal
