#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace plenary::internal {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "plenary: internal error: %s does not hold (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace plenary::internal
