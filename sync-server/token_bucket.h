// TokenBucket: so much at once, and then so much a second. A value; the clock is given.
#pragma once

#include <algorithm>
#include <cstdint>

namespace plenary::hub {

class TokenBucket {
 public:
  // Begins full. `now_ms` is any clock that never goes back.
  TokenBucket(std::int64_t burst, std::int64_t per_second, std::int64_t now_ms)
      : burst_(burst), per_second_(per_second), tokens_(burst), filled_at_ms_(now_ms) {}

  // Takes `amount` and says how long to wait before taking again. The amount may exceed what is there, and even the
  // burst: the debt is waited for, so that nothing is refused for ever.
  std::int64_t take(std::int64_t amount, std::int64_t now_ms) {
    refill(now_ms);
    tokens_ -= amount;
    return tokens_ >= 0 ? 0 : (-tokens_ * 1000 + per_second_ - 1) / per_second_;
  }

  // A full bucket remembers nothing, so it can be thrown away.
  bool is_full(std::int64_t now_ms) const {
    TokenBucket later = *this;
    later.refill(now_ms);
    return later.tokens_ == burst_;
  }

 private:
  void refill(std::int64_t now_ms) {
    // Past an hour it is full at any rate; the bound keeps the product small.
    const std::int64_t elapsed_ms = std::clamp<std::int64_t>(now_ms - filled_at_ms_, 0, 3'600'000);
    const std::int64_t gained = elapsed_ms * per_second_ / 1000;
    if (gained == 0) return;
    tokens_ = std::min(burst_, tokens_ + gained);
    filled_at_ms_ = now_ms;
  }

  std::int64_t burst_;
  std::int64_t per_second_;
  std::int64_t tokens_;
  std::int64_t filled_at_ms_;
};

}  // namespace plenary::hub
