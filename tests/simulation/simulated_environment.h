// A device's clock and chance: the world's time, wrong by as much as the device's clock is, and numbers from a seed.
#pragma once

#include <cstring>
#include <random>

#include "core/base/environment.h"

namespace plenary::simulation {

inline constexpr std::int64_t kYearMs = 31'556'952'000;

class SimulatedEnvironment final : public Environment {
 public:
  // `world_ms` is the true time and outlives it.
  SimulatedEnvironment(const std::int64_t& world_ms, std::uint64_t seed) : world_ms_(world_ms), chance_(seed) {}

  std::int64_t now_ms() override { return world_ms_ + wrong_by_ms; }
  void random(std::span<std::byte> out) override {
    while (!out.empty()) {
      const std::uint64_t number = chance_();
      const std::size_t size = std::min(out.size(), sizeof number);
      std::memcpy(out.data(), &number, size);
      out = out.subspan(size);
    }
  }

  std::int64_t wrong_by_ms = 0;

 private:
  const std::int64_t& world_ms_;
  std::mt19937_64 chance_;
};

}  // namespace plenary::simulation
