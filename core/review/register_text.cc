#include "core/review/register_text.h"

#include <array>

#include "core/base/utf8.h"

namespace plenary::review {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// 0x80 to 0x9F; the rest of Windows-1252 has the numbers of Unicode.
constexpr std::array<char32_t, 32> kWindows1252 = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                                   0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

}  // namespace

TextEncoding encoding_of(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) return TextEncoding::utf8_with_mark;
  return count_scalars(bytes) ? TextEncoding::utf8 : TextEncoding::windows_1252;
}

std::string utf8_of(std::string_view bytes, TextEncoding encoding) {
  if (encoding == TextEncoding::utf8) return std::string(bytes);
  if (encoding == TextEncoding::utf8_with_mark) return std::string(bytes.substr(kByteOrderMark.size()));
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      const char32_t scalar = byte < 0xA0 ? kWindows1252[byte - 0x80] : static_cast<char32_t>(byte);
      text += encode_utf8({&scalar, 1});
    }
  }
  return text;
}

}  // namespace plenary::review
