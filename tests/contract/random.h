// A seeded source of choices: the same seed makes the same history on every machine.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "core/base/ids.h"

namespace plenary::contract {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return count == 0 ? 0 : engine_() % count; }
  bool chance(double probability) { return static_cast<double>(engine_() >> 11) < probability * 0x1p53; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from.at(below(from.size()));
  }
  template <class T>
  T pick(std::initializer_list<T> from) {
    return *(from.begin() + below(from.size()));
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  // Each item with probability one half.
  template <class T>
  std::vector<T> half(const std::vector<T>& items) {
    std::vector<T> some;
    std::copy_if(items.begin(), items.end(), std::back_inserter(some), [&](const T&) { return chance(0.5); });
    return some;
  }
  template <class Id>
  Id id() {
    Id id;
    for (std::byte& byte : id.bytes) byte = static_cast<std::byte>(engine_());
    return id;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace plenary::contract
