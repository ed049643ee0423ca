#include "core/base/words.h"

#include <algorithm>

namespace plenary {

std::string in_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string with_article(std::string_view words) {
  for (const std::string_view uncounted : {"evidence", "training"}) {
    if (words.ends_with(uncounted)) return std::string(words);
  }
  constexpr std::string_view kVowels = "aeiouAEIOU";
  const bool vowel = !words.empty() && kVowels.find(words.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(words);
}

}  // namespace plenary
