// Canonical value bytes (docs/protocol.md, "Values") as SQLite columns and as JSON.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/log/operation.h"
#include "core/store/enum_names.h"

namespace plenary::store {

// What goes into a column: nothing, an integer, a real number, a text or bytes.
using ColumnValue = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;

// Bytes that are no value of the field's kind (a newer version's, or a careless author's) give an empty column; they
// stay as they are in the log.
ColumnValue column_value(const merge::Field& field, const EnumNames& names, std::string_view bytes);

// Appends the value as JSON; null if the bytes are no value.
void append_json(const merge::Field& field, const EnumNames& names, std::string_view bytes, std::string& json);

// A record's name for people and SQL: the first 8 hexadecimal digits of its log, the change's number, and where needed
// the operation (".2") and the branch ("~89abcdef01234567"); "o" and 16 digits of its origin tag for a copy.
// Two logs may share 8 digits: names made so are for showing, and for looking up in one space, where the store says
// when a name is not unique.
std::string record_text(const log::RecordName& name);
std::string change_text(const log::ChangeName& name);

}  // namespace plenary::store
