// UTF-8 as this project counts it: positions and lengths of texts are Unicode scalar values, never bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plenary {

// The number of Unicode scalar values in `text`, or nothing if it is not UTF-8 (RFC 3629: shortest forms only, no
// surrogates, nothing above U+10FFFF).
std::optional<std::size_t> count_scalars(std::string_view text);

// In valid UTF-8: how many bytes the first `count` scalar values take. `count` beyond the end gives text.size().
std::size_t bytes_of_scalars(std::string_view text, std::size_t count);

// In valid UTF-8: the scalar values.
std::u32string decode_utf8(std::string_view text);
// `scalars` must be scalar values.
std::string encode_utf8(std::u32string_view scalars);

}  // namespace plenary
