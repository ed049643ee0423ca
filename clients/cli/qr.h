// A text as a QR code: half blocks on a terminal, or a PNG. Codes are there to be scanned: the text itself stays
// beside.
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace plenary::cli {

// Two rows of the code in each line. With `colour` black on white whatever the terminal's own colours are; without, the
// code's light parts are drawn, for a light hand on a dark ground. Throws Failed (limit_exceeded) for a text that no
// code can hold.
std::string qr_for_terminal(const std::string& text, bool colour);
// Eight pixels for each of the code's squares, with the quiet zone around.
Bytes qr_as_png(const std::string& text);

}  // namespace plenary::cli
