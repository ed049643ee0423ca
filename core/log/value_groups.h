// The values of one field within a segment, in the form that takes the least room. Private to core/log.
// Source: docs/protocol/formats.md, "Contents".
//
//   group = u8 form, by form:
//     0 plain:      column of sizes; the bytes stand in the texts, one value after the other
//     1 dictionary: varint count (at most 65,536), blob*; column of places
//     2 integers:   column of zigzag differences, each from the value before (the first from 0)
//     3 times:      column of zigzag differences, each from the time of the change that it stands in
// Forms 2 and 3 are for values whose bytes are one zigzag varint. Differences are modulo 2^64.
#pragma once

#include <algorithm>
#include <optional>

#include "core/log/columns.h"
#include "core/log/operation.h"

namespace plenary::log {

struct GroupKey {
  std::uint32_t type = 0, field = 0;
  OperationKind kind = OperationKind::set;
  friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};

struct GroupedValue {
  std::string_view bytes;
  std::int64_t time_ms = 0;  // of its change
};

void write_group(ByteWriter& columns, ByteWriter& texts, std::span<const GroupedValue> values);

// Where a value goes once it is read, and the time of its change.
struct ValuePlace {
  std::optional<std::string>* value = nullptr;
  std::int64_t time_ms = 0;
};

// Fills all of `places`. `budget` is how many bytes of values may still be made; it is counted down. Invalidates
// `columns` when the bytes do not fit, or the budget does not suffice (then budget.exceeded).
struct ValueBudget {
  std::size_t left = 0;
  bool exceeded = false;
  bool spend(std::size_t size);
};
void read_group(ByteReader& columns, ByteReader& texts, std::span<const ValuePlace> places, ValueBudget& budget);

}  // namespace plenary::log
