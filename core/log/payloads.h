// Payloads: what one change typed into one record, taken out of its operations and put back. Private to core/log.
//
//   payload = (blob value)*   of the record's operations that carry a value, in order
#pragma once

#include "core/log/codec.h"

namespace plenary::log::payloads {

// True when the operation is of a kind that carries a value, whether or not the value is here.
bool carries_value(const Operation& operation);

std::vector<EncodedPayload> encode(const Change& change);

// Fills in the values and `payload_missing`. False when the payloads are not the canonical ones of these operations.
bool decode(Change& change, std::span<const std::optional<ByteSpan>> payloads);

// For each operation the index of its payload, or kNone for those without a value; and the payloads' records.
inline constexpr std::uint32_t kNone = 0xffffffff;
struct Index {
  std::vector<std::uint32_t> of_operation;
  std::vector<RecordName> records;
};
Index index_of(const Change& change);

}  // namespace plenary::log::payloads
