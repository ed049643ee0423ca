// The handshake patterns of the Noise specification (sections 7.4, 7.5 and 18.1), as data.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace plenary::crypto::noise {

enum class Token : unsigned char { e, s, ee, es, se, ss, psk };

struct Pattern {
  bool initiator_known = false;  // its static key is known to the other side before
  bool responder_known = false;
  bool uses_psk = false;
  std::vector<std::vector<Token>> messages;  // the initiator's first, then in turn
};

// A pattern by name, with its psk modifiers ("XKpsk3", "NNpsk0+psk2"). Nothing when there is no such pattern.
std::optional<Pattern> find_pattern(std::string_view name);

}  // namespace plenary::crypto::noise
