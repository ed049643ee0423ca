// Kinds of source in a word, for the heads of narrow columns.
#pragma once

#include <string>

#include "core/review/kinds.h"

namespace plenary::review {

// "lessons", "walks", "pupils"…; "no kind" for unknown.
std::string short_name(SourceKind kind);

}  // namespace plenary::review
