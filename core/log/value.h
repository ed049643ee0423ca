// Canonical bytes of values, by kind. Source: docs/protocol/formats.md, "Values".
//
//   integer     = zigzag varint                    boolean   = 0x00 | 0x01
//   enumeration = varint                           real      = IEEE 754 double, 8 bytes little-endian, never a NaN
//   text        = UTF-8                            bytes, message = as they are (message: protobuf, fields ascending)
//   reference   = varint type, 0x00, log (16), varint number, varint index, [branch (8, little-endian, not zero)]
//               | varint type, 0x01, origin tag (16)
//
// Value bytes that do not fit their field never decide whether an operation counts (a device where the payload was
// erased could not tell): they are shown as unreadable.
#pragma once

#include "core/base/result.h"
#include "core/log/operation.h"

namespace plenary::log {

std::string encode_integer(std::int64_t value);
std::string encode_boolean(bool value);
std::string encode_enumeration(std::uint32_t value);
std::string encode_real(double value);  // a NaN is not allowed (CHECKed)
std::string encode_reference(const RecordName& record);

// malformed for anything but the canonical form.
Result<std::int64_t> decode_integer(std::string_view bytes);
Result<bool> decode_boolean(std::string_view bytes);
Result<std::uint32_t> decode_enumeration(std::string_view bytes);
Result<double> decode_real(std::string_view bytes);
Result<RecordName> decode_reference(std::string_view bytes);

}  // namespace plenary::log
