#include "bench/words.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>
#include <unordered_set>

namespace plenary::bench {
namespace {

constexpr const char* kCommon =
    "the of and to in a pupils is for with on are by their class they it was were that from at as "
    "teacher work have lesson books this not all some most clear good use when new each group reading maths talk "
    "task time more can how well school children one questions year support adult feedback learning";
constexpr const char* kStems =
    "learn teach read writ count plan mark check talk listen ask answ think reason explain model shar "
    "support guid lead prompt chall sequenc recall practis revis explor observ record assess group pair prais engag "
    "focus respond describ compar estimat draft edit spell phras solv sort match build link extend scaffold reflect "
    "discuss present question display resourc transit settl greet behav attend includ adapt";
const std::vector<std::string> kEndings = {"",      "s",    "ed",   "ing", "er",   "ers", "ment", "able",
                                           "ful",   "ly",   "ness", "ion", "ions", "ive", "al",   "ally",
                                           "ingly", "less", "ist",  "ity", "ance", "ary", "ure",  "ism"};
constexpr std::size_t kVocabularySize = 1500;
constexpr std::uint32_t kVocabularySeed = 77;

std::vector<std::string> split(const char* text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> make_vocabulary() {
  std::vector<std::string> words = split(kCommon);
  std::unordered_set<std::string> seen(words.begin(), words.end());
  std::vector<std::string> made;
  for (const std::string& stem : split(kStems)) {
    for (const std::string& ending : kEndings) {
      if (seen.insert(stem + ending).second) made.push_back(stem + ending);
    }
  }
  Random random(kVocabularySeed);
  for (std::size_t i = made.size() - 1; i > 0; --i) std::swap(made[i], made[random.below(i + 1)]);
  words.insert(words.end(), made.begin(), made.end());
  words.resize(std::min(words.size(), kVocabularySize));
  return words;
}

std::vector<double> make_cumulative() {
  std::vector<double> cumulative;
  double sum = 0;
  for (std::size_t i = 0; i < vocabulary().size(); ++i) {
    sum += 1 / std::pow(static_cast<double>(i) + 2.7, 1.1);
    cumulative.push_back(sum);
  }
  for (double& value : cumulative) value /= sum;
  return cumulative;
}

}  // namespace

double Random::unit() {
  state_ += 0x6d2b79f5u;
  std::uint32_t t = (state_ ^ (state_ >> 15)) * (1u | state_);
  t = (t + (t ^ (t >> 7)) * (61u | t)) ^ t;
  return (t ^ (t >> 14)) / 4294967296.0;
}

std::vector<std::string> Random::some(const std::vector<std::string>& list, std::size_t most) {
  std::vector<std::string> chosen;
  for (std::size_t draws = below(most + 1); draws > 0; --draws) {
    const std::string& word = pick(list);
    if (std::find(chosen.begin(), chosen.end(), word) == chosen.end()) chosen.push_back(word);
  }
  return chosen;
}

const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string> words = make_vocabulary();
  return words;
}

std::vector<std::string> draw_words(Random& random, std::size_t count) {
  static const std::vector<double> cumulative = make_cumulative();
  std::vector<std::string> words;
  words.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto place = std::lower_bound(cumulative.begin(), cumulative.end() - 1, random.unit());
    words.push_back(vocabulary()[static_cast<std::size_t>(place - cumulative.begin())]);
  }
  return words;
}

std::string sentence(const std::vector<std::string>& words, std::size_t from, std::size_t count) {
  std::string text;
  for (std::size_t i = from; i < from + count; ++i) {
    if (!text.empty()) text += ' ';
    text += words[i];
  }
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text + '.';
}

}  // namespace plenary::bench
