#include "core/review/inspection_words.h"

#include <algorithm>
#include <array>

#include "core/review/words.h"

namespace plenary::review {
namespace {

constexpr const char* kAdvice = "is a word of inspection grades. Say what was seen, and what it does for pupils.";

struct Phrase {
  std::u32string_view words;  // lower case
  bool only_as_grade;         // marked only after a word that grades
};

constexpr std::array<Phrase, 22> kPhrases = {{
    {U"requires improvement", false},
    {U"special measures", false},
    {U"serious weaknesses", false},
    {U"inadequate", false},
    {U"outstanding", false},
    {U"significant improvement", true},
    {U"adequate", true},
    {U"unsatisfactory", false},
    {U"satisfactory", true},
    {U"excellent", true},
    {U"good", true},
    {U"exceptional", true},
    {U"strong standard", false},
    {U"expected standard", true},
    {U"needs attention", true},
    {U"urgent improvement", false},
    {U"rhagorol", true},
    {U"da iawn", true},
    {U"da", true},
    {U"digonol", true},
    {U"anfoddhaol", false},
    {U"mesurau arbennig", false},
}};

// Words after which the next one is a grade: "graded good", "judged to be good", "dyfarnwyd yn dda".
constexpr std::array<std::u32string_view, 14> kGrading = {
    U"graded", U"grade",   U"judged",    U"judgement", U"rated",     U"rating",    U"ofsted",
    U"estyn",  U"overall", U"inspected", U"gradd",     U"dyfarniad", U"dyfarnwyd", U"arolygiad"};

// Small words that may stand between the two.
constexpr std::array<std::u32string_view, 13> kBetween = {U"as", U"to", U"be",  U"is",   U"was",     U"of", U"a",
                                                          U"yn", U"of", U"say", U"says", U"overall", U"it"};

bool follows_grading(const std::vector<Word>& words, std::size_t at) {
  for (std::size_t back = 1; back <= 4 && back <= at; ++back) {
    const std::u32string& before = words[at - back].lower;
    if (words[at - back + 1].after_stop) return false;
    if (std::ranges::find(kGrading, before) != kGrading.end()) return true;
    if (std::ranges::find(kBetween, before) == kBetween.end()) return false;
  }
  return false;
}

// How many words of the text, from `at` on, are this phrase; 0 when they are not.
std::size_t matches(const std::vector<Word>& words, std::size_t at, std::u32string_view phrase) {
  std::size_t count = 0;
  while (!phrase.empty()) {
    const auto end = std::min(phrase.find(U' '), phrase.size());
    if (at + count >= words.size() || words[at + count].lower != phrase.substr(0, end)) return 0;
    ++count;
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
  return count;
}

}  // namespace

std::vector<InspectionWord> find_inspection_words(std::string_view text) {
  const auto words = words_of(text);
  std::vector<InspectionWord> found;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t taken = 0;
    for (const Phrase& phrase : kPhrases) {
      taken = matches(words, at, phrase.words);
      if (taken > 0 && phrase.only_as_grade && !follows_grading(words, at)) taken = 0;
      if (taken > 0) break;
    }
    if (taken > 0) {
      const Word& last = words[at + taken - 1];
      const std::size_t length = last.at + last.text.size() - words[at].at;
      const std::string quoted = slice(text, words[at].at, length);
      found.push_back({words[at].at, length, quoted, "\"" + quoted + "\" " + kAdvice});
    }
    at += std::max<std::size_t>(taken, 1);
  }
  return found;
}

}  // namespace plenary::review
