// The value of a Result where the bench cannot go on without: an error ends the run with its message.
#pragma once

#include <stdexcept>

#include "core/base/result.h"

namespace plenary::bench {

template <class T>
T taken(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void taken(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace plenary::bench
