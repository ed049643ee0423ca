#include "core/crypto/secret.h"

#include <sodium.h>

#include <new>

#include "core/crypto/random.h"

namespace plenary::crypto {

void wipe(std::span<std::byte> bytes) {
  sodium_memzero(bytes.data(), bytes.size());
}

bool equal_in_constant_time(ByteSpan a, ByteSpan b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

LockedSecret::LockedSecret(ByteSpan bytes) : size_(bytes.size()) {
  initialise();
  memory_.reset(static_cast<std::byte*>(sodium_malloc(bytes.size())));
  if (!memory_) throw std::bad_alloc();
  std::copy(bytes.begin(), bytes.end(), memory_.get());
}

void LockedSecret::Free::operator()(std::byte* memory) const {
  sodium_free(memory);
}

}  // namespace plenary::crypto
