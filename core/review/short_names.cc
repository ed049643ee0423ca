#include "core/review/short_names.h"

#include <array>

namespace plenary::review {

std::string short_name(SourceKind kind) {
  static constexpr std::array<const char*, 13> kNames = {"no kind", "lessons",  "walks",     "pupils",  "work",
                                                         "staff",   "leaders",  "governors", "parents", "documents",
                                                         "data",    "building", "other"};
  const auto number = static_cast<std::size_t>(kind);
  return number < kNames.size() ? kNames[number] : "other";
}

}  // namespace plenary::review
