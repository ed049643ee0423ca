// A text as words, for the checks that look at notes: letters of English and Welsh, places in scalar values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::review {

struct Word {
  std::size_t at = 0;
  std::u32string text, lower;
  bool capital = false;     // begins with a capital letter and is not all capitals
  bool after_stop = false;  // punctuation that ends a thought stands before it
  bool begins_sentence = false;
};

// Words of letters, apostrophes and hyphens within. Text that is not UTF-8 has none.
std::vector<Word> words_of(std::string_view text);

// `length` scalar values of valid UTF-8 from the place `at`.
std::string slice(std::string_view text, std::size_t at, std::size_t length);

bool is_letter(char32_t scalar);
char32_t lower_case(char32_t scalar);

}  // namespace plenary::review
