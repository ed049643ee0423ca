// The real world as an Environment, and the start of the cryptographic library.
#pragma once

#include "core/base/environment.h"

namespace plenary::crypto {

// Call once in main before anything else of this folder; later calls do nothing. Thread-safe.
// Throws std::runtime_error when the system offers no randomness.
void initialise();

// The system's clock and the system's randomness.
class SystemEnvironment final : public Environment {
 public:
  SystemEnvironment();  // initialises the library, so that a program with one of these needs nothing else

  std::int64_t now_ms() override;
  void random(std::span<std::byte> out) override;
};

}  // namespace plenary::crypto
