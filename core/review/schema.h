// The schema of peer review: proto/review.proto as the engine sees it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/merge/schema.h"

namespace plenary::review {

// Built once; the same object for the life of the program. A review.proto that schema_from() refuses is a bug of ours.
const merge::Schema& review_schema();

// The values that an enumeration field may take, in the order of the proto; empty for other kinds of field.
std::vector<std::string> values_of(const merge::Field& field);

// The space kinds in which a record type lives, its home first (proto/review.proto): "partnership", "review_team",
// "review_shared", "host_school". Empty for an unknown type.
std::vector<std::string> spaces_of(std::string_view type);

// A role by its name in the schema ("lead_reviewer"), or kNoRole.
Role role_named(std::string_view name);
// "lead reviewer": as it is written in sentences.
std::string role_in_words(Role role);

}  // namespace plenary::review
