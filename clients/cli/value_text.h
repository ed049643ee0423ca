// Values as a person types and reads them on the command line.
#pragma once

#include "clients/cli/output.h"
#include "core/merge/schema.h"
#include "core/replica/replica.h"

namespace plenary::cli {

// Reads what a person typed for a field: numbers, yes/no, enumeration names ("lesson visit" or "lesson_visit"),
// times ("2026-10-06 10:04", "10:04" for today, "2026-10-06"), record ids (prefixes are completed by the caller),
// and for nested messages JSON. The error names the field and what it takes.
Result<replica::Value> parse_value(const merge::Field& field, const std::string& typed, std::int64_t now_ms);

// What an enumeration field takes, in words; empty for other fields.
std::vector<std::string> choices_of(const merge::Field& field);

std::string text_of(const replica::Value& value);
Json json_of(const replica::Value& value);
Json json_of(const replica::Authorship& by);
Json json_of(const replica::RecordView& record);
std::string name_of(const merge::Schema& schema, Role role);

// True for fields that hold a moment in time (their name ends in _at).
bool is_time(const std::string& field_name);
// A field's shown value for a person: times are written as times.
std::string shown(const replica::FieldView& field);

// The candidate nearest to what was typed, for "did you mean"; empty when nothing is near.
std::string nearest(const std::string& typed, const std::vector<std::string>& candidates);

}  // namespace plenary::cli
