#include "core/crypto/random.h"

#include <sodium.h>

#include <chrono>
#include <stdexcept>

namespace plenary::crypto {

void initialise() {
  if (sodium_init() < 0) throw std::runtime_error("The system offers no source of random numbers.");
}

SystemEnvironment::SystemEnvironment() {
  initialise();
}

std::int64_t SystemEnvironment::now_ms() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

void SystemEnvironment::random(std::span<std::byte> out) {
  randombytes_buf(out.data(), out.size());
}

}  // namespace plenary::crypto
