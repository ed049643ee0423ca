// Nested protobuf messages as values: by field name, through the descriptors compiled into this program.
#pragma once

#include "core/replica/value_codec.h"

namespace plenary::replica {

// The deterministic serialisation of the message. invalid_argument for an unknown field or a value of a wrong kind.
Result<std::string> encode_message(const merge::Field& field, const Value& value, const FindRecord& find);
// Empty for bytes that are no such message.
Value decode_message(const merge::Field& field, std::string_view bytes);

}  // namespace plenary::replica
