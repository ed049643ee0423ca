// Edits of the domain that touch more than one record, as one change each.
#pragma once

#include <optional>

#include "core/replica/replica.h"
#include "core/review/kinds.h"

namespace plenary::review {

enum class Relation : std::uint8_t { supports, qualifies, contradicts };

// Cites a note in a finding. The note's own state is written with it, so that a colleague who deletes the note without
// having seen this is asked, and its deletion loses nothing that a finding rests on (domain.md section 4, "Delete vs
// edit"). Nothing is committed here.
Result<void> cite(replica::Edit& edit, const replica::RecordId& finding, const replica::RecordId& note,
                  Relation relation);

// Sets notes aside, all for one reason; refuses an empty reason.
Result<void> set_aside(replica::Edit& edit, const std::vector<replica::RecordId>& notes, const std::string& reason);

// The relation of that name ("supports"), which is also the finding's field; nothing for other names.
std::optional<Relation> relation_named(std::string_view name);

}  // namespace plenary::review
