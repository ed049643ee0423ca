#include "core/review/words.h"

#include "core/base/utf8.h"

namespace plenary::review {
namespace {

bool is_upper(char32_t scalar) {
  return lower_case(scalar) != scalar;
}
bool is_joiner(char32_t scalar) {
  return scalar == U'\'' || scalar == U'\u2019' || scalar == U'-';
}
bool ends_sentence(char32_t scalar) {
  return scalar == U'.' || scalar == U'!' || scalar == U'?' || scalar == U'\n';
}

}  // namespace

// Latin letters up to U+017F: English, Welsh (ŵ, ŷ) and the names of most of Europe.
bool is_letter(char32_t scalar) {
  return (scalar >= U'a' && scalar <= U'z') || (scalar >= U'A' && scalar <= U'Z') ||
         (scalar >= 0xC0 && scalar <= 0x17F && scalar != 0xD7 && scalar != 0xF7);
}

char32_t lower_case(char32_t scalar) {
  if (scalar >= U'A' && scalar <= U'Z') return scalar + 32;
  if (scalar >= 0xC0 && scalar <= 0xDE && scalar != 0xD7) return scalar + 32;
  if (scalar == 0x178) return 0xFF;
  // Pairs of capital and small letter: capitals are even, but odd in two stretches.
  const bool odd_capitals = (scalar >= 0x139 && scalar <= 0x148) || (scalar >= 0x179 && scalar <= 0x17E);
  if (scalar >= 0x100 && scalar <= 0x17E && scalar != 0x138 && scalar != 0x149) {
    return (scalar % 2 == 1) == odd_capitals ? scalar + 1 : scalar;
  }
  return scalar;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  if (!count_scalars(text)) return words;
  const std::u32string scalars = decode_utf8(text);
  bool sentence = true, stop = true;
  for (std::size_t i = 0; i < scalars.size();) {
    if (!is_letter(scalars[i])) {
      if (ends_sentence(scalars[i])) sentence = stop = true;
      if (scalars[i] == U',' || scalars[i] == U';' || scalars[i] == U':') stop = true;
      ++i;
      continue;
    }
    Word word;
    word.at = i;
    while (i < scalars.size() &&
           (is_letter(scalars[i]) || (is_joiner(scalars[i]) && i + 1 < scalars.size() && is_letter(scalars[i + 1])))) {
      word.text += scalars[i];
      word.lower += lower_case(scalars[i]);
      ++i;
    }
    const bool all_capitals = word.text.size() > 1 && is_upper(word.text[1]);
    word.capital = is_upper(word.text.front()) && !all_capitals;
    word.begins_sentence = sentence;
    word.after_stop = stop;
    sentence = stop = false;
    words.push_back(std::move(word));
  }
  return words;
}

std::string slice(std::string_view text, std::size_t at, std::size_t length) {
  const std::size_t first = bytes_of_scalars(text, at);
  const std::string_view rest = text.substr(first);
  return std::string(rest.substr(0, bytes_of_scalars(rest, length)));
}

}  // namespace plenary::review
