// FixedId<Tag, N>: N bytes that name something. Distinct tags are distinct types; ids compare as bytes.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <optional>

#include "core/base/bytes.h"

namespace plenary {

template <class Tag, std::size_t N>
struct FixedId {
  static constexpr std::size_t kSize = N;
  std::array<std::byte, N> bytes{};

  ByteSpan span() const { return bytes; }
  std::string hex() const { return to_hex(bytes); }
  bool is_zero() const { return *this == FixedId{}; }

  static std::optional<FixedId> from(ByteSpan span) {
    if (span.size() != N) return std::nullopt;
    FixedId id;
    std::copy(span.begin(), span.end(), id.bytes.begin());
    return id;
  }

  friend bool operator==(const FixedId&, const FixedId&) = default;
  friend std::strong_ordering operator<=>(const FixedId& a, const FixedId& b) {
    return std::memcmp(a.bytes.data(), b.bytes.data(), N) <=> 0;
  }
};

struct FixedIdHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const FixedId<Tag, N>& id) const noexcept {
    static_assert(N >= sizeof(std::size_t));
    std::size_t hash;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
  }
};

}  // namespace plenary

template <class Tag, std::size_t N>
struct std::hash<plenary::FixedId<Tag, N>> : plenary::FixedIdHash {};
