// Bytes as values (Bytes) and as parameters (ByteSpan), and how they are written for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace plenary {

using Bytes = std::vector<std::byte>;
using ByteSpan = std::span<const std::byte>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteSpan span) {
  return {span.begin(), span.end()};
}
inline Bytes to_bytes(std::string_view text) {
  return to_bytes(as_bytes(text));
}

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteSpan bytes);
Result<Bytes> from_hex(std::string_view text);

// RFC 4648 base64url without padding: for links and files that people pass on.
std::string to_base64url(ByteSpan bytes);
Result<Bytes> from_base64url(std::string_view text);

}  // namespace plenary
