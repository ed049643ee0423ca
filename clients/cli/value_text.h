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
// The same, as a person reads a value of this field: choices in words, moments as times.
std::string words_of(const merge::Field& field, const replica::Value& value);
Json json_of(const replica::Value& value);
Json json_of(const replica::Authorship& by);
Json json_of(const replica::RecordView& record);
std::string name_of(const merge::Schema& schema, Role role);

// True for fields that hold a moment in time (their name ends in _at).
bool is_time(const std::string& field_name);
// What a field shows, for a person: what people still have to decide, or that its words are hidden or gone, too.
std::string shown(const merge::Field& field, const replica::FieldView& view);
// "here", "erased", "hidden", "missing".
std::string name_of(replica::PayloadState state);

// The candidate nearest to what was typed, for "did you mean"; empty when nothing is near.
std::string nearest(const std::string& typed, const std::vector<std::string>& candidates);

}  // namespace plenary::cli
