// The text of a register file as UTF-8, whichever of the two encodings the download had.
#pragma once

#include <string>
#include <string_view>

#include "core/review/register_import.h"

namespace plenary::review {

// What the bytes are: a byte order mark says so, valid UTF-8 is UTF-8, everything else is Windows-1252.
TextEncoding encoding_of(std::string_view bytes);

// Without byte order mark. The five bytes that Windows-1252 leaves undefined become U+FFFD.
std::string utf8_of(std::string_view bytes, TextEncoding encoding);

}  // namespace plenary::review
