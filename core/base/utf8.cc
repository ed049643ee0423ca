#include "core/base/utf8.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace plenary {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

// The length that a lead byte announces: 1 to 4, or 0 for bytes that lead nothing.
std::size_t announced_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// How many ASCII bytes stand at the start of `text`, in whole groups of eight.
std::size_t ascii_groups(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t group = 0; text.size() - size >= sizeof group; size += sizeof group) {
    std::memcpy(&group, text.data() + size, sizeof group);
    if (group & kHighBits) break;
  }
  return size;
}

// The second byte's range excludes longer forms than needed, surrogates and what lies above U+10FFFF.
bool second_byte_fits(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return is_continuation(second);
  }
}

// Bytes of the first character of `text`, or 0 if it is none.
std::size_t first_length(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  const std::size_t length = announced_length(lead);
  if (length == 0 || length > text.size()) return 0;
  if (length > 1 && !second_byte_fits(lead, byte_at(text, 1))) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (!is_continuation(byte_at(text, i))) return 0;
  return length;
}

}  // namespace

std::optional<std::size_t> count_scalars(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t ascii = ascii_groups(text);
    count += ascii;
    text.remove_prefix(ascii);
    if (text.empty()) break;
    const std::size_t length = first_length(text);
    if (length == 0) return std::nullopt;
    ++count;
    text.remove_prefix(length);
  }
  return count;
}

std::size_t bytes_of_scalars(std::string_view text, std::size_t count) {
  std::size_t bytes = 0;
  std::uint64_t group = 0;
  for (; text.size() - bytes >= sizeof group; bytes += sizeof group) {
    std::memcpy(&group, text.data() + bytes, sizeof group);
    // Continuation bytes are those whose highest bit is set and whose next bit is not.
    const auto continuations = static_cast<std::size_t>(std::popcount(group & ~(group << 1) & kHighBits));
    const std::size_t leads = sizeof group - continuations;
    if (leads >= count) break;
    count -= leads;
  }
  // The first `count` leads from here on, and what continues the last of them.
  for (; bytes < text.size(); ++bytes) {
    if (is_continuation(byte_at(text, bytes))) continue;
    if (count == 0) break;
    --count;
  }
  return bytes;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string scalars;
  scalars.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = announced_length(byte_at(text, at));
    char32_t scalar = byte_at(text, at);
    if (length > 1) scalar &= 0x7Fu >> length;
    for (std::size_t i = 1; i < length; ++i) scalar = scalar << 6 | (byte_at(text, at + i) & 0x3F);
    scalars.push_back(scalar);
    at += length;
  }
  return scalars;
}

std::string encode_utf8(std::u32string_view scalars) {
  std::string text;
  text.reserve(scalars.size());
  const auto trail = [&](char32_t scalar, int shift) {
    text.push_back(static_cast<char>(0x80 | (scalar >> shift & 0x3F)));
  };
  for (const char32_t scalar : scalars) {
    if (scalar < 0x80) {
      text.push_back(static_cast<char>(scalar));
    } else if (scalar < 0x800) {
      text.push_back(static_cast<char>(0xC0 | scalar >> 6));
      trail(scalar, 0);
    } else if (scalar < 0x10000) {
      text.push_back(static_cast<char>(0xE0 | scalar >> 12));
      trail(scalar, 6);
      trail(scalar, 0);
    } else {
      text.push_back(static_cast<char>(0xF0 | scalar >> 18));
      trail(scalar, 12);
      trail(scalar, 6);
      trail(scalar, 0);
    }
  }
  return text;
}

}  // namespace plenary
