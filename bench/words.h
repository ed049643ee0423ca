// Seeded numbers and Zipf-like words for the workloads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plenary::bench {

// mulberry32: 32 bits of state, the same sequence everywhere. For workloads only.
class Random {
 public:
  explicit Random(std::uint32_t seed) : state_(seed) {}
  // In [0, 1).
  double unit();
  // In [0, end).
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(unit() * static_cast<double>(end)); }
  const std::string& pick(const std::vector<std::string>& list) { return list[below(list.size())]; }
  // 0 to `most` draws from the list, without repetition.
  std::vector<std::string> some(const std::vector<std::string>& list, std::size_t most);

 private:
  std::uint32_t state_;
};

// 1,500 words: the common ones of a classroom first, then stems with endings in a seeded order.
const std::vector<std::string>& vocabulary();

// Words by a Zipf-Mandelbrot law over the vocabulary.
std::vector<std::string> draw_words(Random& random, std::size_t count);

// A capital letter, spaces between, a full stop.
std::string sentence(const std::vector<std::string>& words, std::size_t from, std::size_t count);
inline std::string sentence(const std::vector<std::string>& words) {
  return sentence(words, 0, words.size());
}

}  // namespace plenary::bench
