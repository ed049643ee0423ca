// Secret<N>: N secret bytes, wiped when destroyed or moved from, never copied by accident.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/environment.h"

namespace plenary::crypto {

// Overwrites with zeros in a way that the compiler cannot leave out.
void wipe(std::span<std::byte> bytes);

// Compares in a time that depends only on the sizes. Different sizes are different.
bool equal_in_constant_time(ByteSpan a, ByteSpan b);

template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;

  Secret() = default;  // all zeros: a place to move or derive into
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.clear(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    bytes_ = other.bytes_;
    other.clear();
    return *this;
  }
  ~Secret() { clear(); }

  // Nothing when `bytes` is not exactly N long. The caller wipes its own copy.
  static std::optional<Secret> from(ByteSpan bytes) {
    if (bytes.size() != N) return std::nullopt;
    Secret secret;
    std::copy(bytes.begin(), bytes.end(), secret.bytes_.begin());
    return secret;
  }
  static Secret random(Environment& environment) {
    Secret secret;
    environment.random(secret.bytes_);
    return secret;
  }
  // The only way to make a copy, so that each one is visible where it is made.
  Secret duplicate() const { return *from(bytes_); }

  ByteSpan span() const { return bytes_; }
  std::span<std::byte, N> writable() { return bytes_; }
  void clear() { wipe(bytes_); }

  friend bool operator==(const Secret& a, const Secret& b) { return equal_in_constant_time(a.bytes_, b.bytes_); }

 private:
  std::array<std::byte, N> bytes_{};
};

// Secret bytes of any number that live as long as a session of the program: in locked pages between guard pages,
// kept out of swap and core dumps where the system allows it. Costs several pages each: for the few keys that live
// long. Throws std::bad_alloc when the system has no memory for it.
class LockedSecret {
 public:
  explicit LockedSecret(ByteSpan bytes);

  ByteSpan span() const { return {memory_.get(), size_}; }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte[], Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace plenary::crypto
