// The outside world as the core sees it: a clock and randomness, given by whoever embeds the core.
#pragma once

#include <cstdint>
#include <span>

namespace plenary {

class Environment {
 public:
  virtual ~Environment() = default;
  // Milliseconds since 1970-01-01 UTC. May be wrong by years and may jump; nothing but displays and
  // tie-breaks depends on it (architecture.md D2).
  virtual std::int64_t now_ms() = 0;
  // Fills `out` with cryptographically secure random bytes.
  virtual void random(std::span<std::byte> out) = 0;
};

}  // namespace plenary
