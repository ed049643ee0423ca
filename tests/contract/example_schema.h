// The example schema of the reference model, in its two versions, as the engine's Schema.
#pragma once

#include <string_view>

#include "core/merge/schema.h"

namespace plenary::contract {

// Read once from tests/vectors/model/schema.json. Types and fields are numbered in the order of their names.
const merge::Schema& example_schema();
Role role_named(std::string_view name);
std::uint32_t type_number(std::string_view name);
// A number that no version knows for a field that no version has.
std::uint32_t field_number(std::uint32_t type, std::string_view name);
// A few values for the field of that name, for random histories.
const std::vector<std::string>& values_of(const std::string& field);

}  // namespace plenary::contract
