// First names that are common among pupils in England and Wales, for the check at capture. The list only raises
// questions; it decides nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace plenary::review {

enum class ForenameKind : std::uint8_t { none, name_only, also_a_word };

// `lower` is in lower case.
ForenameKind forename_kind(std::u32string_view lower);

}  // namespace plenary::review
