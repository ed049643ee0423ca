// Pointers as libsodium wants them. Only for the .cc files of this folder.
#pragma once

#include "core/base/bytes.h"

namespace plenary::crypto {

inline const unsigned char* in(ByteSpan bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* out(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace plenary::crypto
