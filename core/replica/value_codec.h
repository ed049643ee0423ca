// Values between applications (typed, by name) and the log (canonical bytes; docs/protocol/formats.md, "Values").
#pragma once

#include <functional>

#include "core/log/operation.h"
#include "core/replica/value.h"
#include "core/store/enum_names.h"

namespace plenary::replica {

// How a textual id becomes the name of a record.
using FindRecord = std::function<Result<log::RecordName>(const std::string& id)>;

// The limit of one value of a field, in bytes: its own, or the default of its kind.
std::size_t limit_of(const merge::Field& field);

// invalid_argument for a value of the wrong kind or an unknown name; limit_exceeded, naming the limit.
Result<std::string> encode_value(const merge::Field& field, const store::EnumNames& names, const Value& value,
                                 const FindRecord& find);
// Empty for bytes that are no value of the field's kind.
Value decode_value(const merge::Field& field, const store::EnumNames& names, std::string_view bytes);

}  // namespace plenary::replica
