// Builds a Schema from a .proto file whose messages carry the options of proto/merge.proto.
//
//   record      message with the option (plenary.merge.record); its name in snake_case is the record type's name
//   value       message without it: the content of one field, replaced as a whole
//   enumeration its values are known to people by their names in lower case ("lesson_visit"); 0 is "none given"
//
//   proto type                            ValueKind      bytes of a value
//   int32, int64, uint32                  integer        zigzag varint
//   bool                                  boolean        one byte, 0 or 1
//   enum                                  enumeration    varint of the number
//   string                                text           UTF-8
//   plenary.merge.Reference               reference      the record's textual id in UTF-8 ("3f9ac2d1.17")
//   bytes                                 bytes          as they are
//   double                                real           8 bytes, IEEE 754, little endian
//   any other message                     message        its deterministic protobuf serialisation
//
// `repeated` says that a field has many values; union and append fields are repeated, all others are not.
#pragma once

#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "core/merge/schema.h"

namespace google::protobuf {
class EnumValueDescriptor;
class FileDescriptor;
}  // namespace google::protobuf

namespace plenary::merge {

// Refuses, naming message and field: a field or record without a policy, a number used twice (or reserved), a record
// without writers or with an unknown role, a ranked field without a ranking (or another with one), a ranking that
// leaves a value out or names an unknown one, `repeated` that does not fit the policy, a type that no value can have,
// a target that is no record, a `since` above the newest version. Code: invalid_argument.
Result<Schema> schema_from(const google::protobuf::FileDescriptor& file);

// "LESSON_VISIT" as people see it: "lesson_visit".
std::string enumeration_name(const google::protobuf::EnumValueDescriptor& value);

// What an enumeration field may hold, as number and name, without "none given" (0). The field's `target` is the
// enumeration's full name; ErrorCode::not_found when the program does not contain it.
Result<std::vector<std::pair<std::int32_t, std::string>>> enumeration_values(std::string_view full_name);

}  // namespace plenary::merge
