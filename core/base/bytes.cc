#include "core/base/bytes.h"

#include <array>

namespace plenary {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteSpan bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::malformed, "hexadecimal text has an odd number of digits");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::malformed, "hexadecimal text has a character that is no digit");
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

std::string to_base64url(ByteSpan bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (std::byte b : bytes) {
    buffer = buffer << 8 | std::to_integer<std::uint32_t>(b);
    for (bits += 8; bits >= 6; bits -= 6) text += kBase64[buffer >> (bits - 6) & 63];
  }
  if (bits > 0) text += kBase64[buffer << (6 - bits) & 63];
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (char c : text) {
    const auto digit = kBase64.find(c);
    if (digit == std::string_view::npos) return fail(ErrorCode::malformed, "base64url text has a foreign character");
    buffer = buffer << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::byte>(buffer >> bits & 255));
    }
  }
  const bool leftover = (buffer & ((1u << bits) - 1)) != 0;
  if (text.size() % 4 == 1 || leftover) return fail(ErrorCode::malformed, "base64url text was cut off");
  return bytes;
}

}  // namespace plenary
