// CHECK(condition): always on, for our own bugs, never for input.
#pragma once

namespace plenary::internal {
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;
}

#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) ::plenary::internal::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
