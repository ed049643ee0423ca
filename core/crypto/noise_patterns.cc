#include "core/crypto/noise_patterns.h"

#include <algorithm>

namespace plenary::crypto::noise {
namespace {

struct Row {
  std::string_view name;
  std::string_view known;     // whose static keys are known before: i, r
  std::string_view messages;  // tokens separated by spaces, messages by slashes
};

constexpr Row kPatterns[] = {
    // One way.
    {"N", "r", "e es"},
    {"K", "ir", "e es ss"},
    {"X", "r", "e es s ss"},
    // Interactive, fundamental.
    {"NN", "", "e / e ee"},
    {"NK", "r", "e es / e ee"},
    {"NX", "", "e / e ee s es"},
    {"KN", "i", "e / e ee se"},
    {"KK", "ir", "e es ss / e ee se"},
    {"KX", "i", "e / e ee se s es"},
    {"XN", "", "e / e ee / s se"},
    {"XK", "r", "e es / e ee / s se"},
    {"XX", "", "e / e ee s es / s se"},
    {"IN", "", "e s / e ee se"},
    {"IK", "r", "e es s ss / e ee se"},
    {"IX", "", "e s / e ee se s es"},
    // Interactive, with authentication deferred.
    {"NK1", "r", "e / e ee es"},
    {"NX1", "", "e / e ee s / es"},
    {"X1N", "", "e / e ee / s / se"},
    {"X1K", "r", "e es / e ee / s / se"},
    {"XK1", "r", "e / e ee es / s se"},
    {"X1K1", "r", "e / e ee es / s / se"},
    {"X1X", "", "e / e ee s es / s / se"},
    {"XX1", "", "e / e ee s / es s se"},
    {"X1X1", "", "e / e ee s / es s / se"},
    {"K1N", "i", "e / e ee / se"},
    {"K1K", "ir", "e es / e ee / se"},
    {"KK1", "ir", "e / e ee se es"},
    {"K1K1", "ir", "e / e ee es / se"},
    {"K1X", "i", "e / e ee s es / se"},
    {"KX1", "i", "e / e ee se s / es"},
    {"K1X1", "i", "e / e ee s / se es"},
    {"I1N", "", "e s / e ee / se"},
    {"I1K", "r", "e es s / e ee / se"},
    {"IK1", "r", "e s / e ee se es"},
    {"I1K1", "r", "e s / e ee es / se"},
    {"I1X", "", "e s / e ee s es / se"},
    {"IX1", "", "e s / e ee se s / es"},
    {"I1X1", "", "e s / e ee s / se es"},
};

constexpr std::pair<std::string_view, Token> kTokens[] = {{"e", Token::e},   {"s", Token::s},   {"ee", Token::ee},
                                                          {"es", Token::es}, {"se", Token::se}, {"ss", Token::ss}};

Pattern parse(const Row& row) {
  Pattern pattern;
  pattern.initiator_known = row.known.find('i') != row.known.npos;
  pattern.responder_known = row.known.find('r') != row.known.npos;
  pattern.messages.emplace_back();
  for (std::string_view rest = row.messages; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word == "/") {
      pattern.messages.emplace_back();
      continue;
    }
    for (const auto& [name, token] : kTokens) {
      if (name == word) pattern.messages.back().push_back(token);
    }
  }
  return pattern;
}

// "psk0" stands before the first message's tokens, "psk1" after the first message's, "psk2" after the second's…
bool add_psk(Pattern& pattern, std::string_view modifier) {
  if (modifier.size() != 4 || !modifier.starts_with("psk")) return false;
  const auto place = static_cast<std::size_t>(modifier[3] - '0');
  if (modifier[3] < '0' || place > pattern.messages.size()) return false;
  pattern.uses_psk = true;
  std::vector<Token>& tokens = pattern.messages[place == 0 ? 0 : place - 1];
  tokens.insert(place == 0 ? tokens.begin() : tokens.end(), Token::psk);
  return true;
}

}  // namespace

std::optional<Pattern> find_pattern(std::string_view name) {
  const std::size_t base_size = std::min(name.find_first_of("abcdefghijklmnopqrstuvwxyz"), name.size());
  const auto row = std::ranges::find(kPatterns, name.substr(0, base_size), &Row::name);
  if (row == std::end(kPatterns)) return std::nullopt;
  Pattern pattern = parse(*row);
  for (std::string_view rest = name.substr(base_size); !rest.empty();) {
    const std::string_view modifier = rest.substr(0, rest.find('+'));
    rest.remove_prefix(std::min(modifier.size() + 1, rest.size()));
    if (!add_psk(pattern, modifier)) return std::nullopt;
  }
  return pattern;
}

}  // namespace plenary::crypto::noise
