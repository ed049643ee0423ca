// Recovery codes: secrets that are printed, put away and typed in years later. Seven groups of four characters from an
// alphabet in which nothing looks like something else; the last two tell a slip of the pen.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/environment.h"

namespace plenary::seal {

// 28 characters without hyphens, 130 of their bits random: what keys are made from.
std::string make_recovery_code(Environment& environment);
std::string print_recovery_code(std::string_view code);
// Takes small letters, missing hyphens, O for 0 and I or L for 1. invalid_argument when it was mistyped.
Result<std::string> read_recovery_code(std::string_view typed);

}  // namespace plenary::seal
