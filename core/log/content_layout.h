// The layout of a segment's contents. Private to core/log: content.cc writes it, content_reader.cc reads it.
// Source: docs/protocol/formats.md, "Contents".
//
//   content  = u8 layout (1), blob columns, texts to the end
//   columns  = chain key (32), shapes, column of times, blob extras, the columns of skeleton.h in order without
//              `shape`, missing, blinders of each run in order, value groups in order
//   shapes   = varint count, blob*, column of places: which shape each change has
//   shape    = varint header flags, the skeleton's tokens that belong to no other column
//   times    = zigzag difference of each change's time from the one before
//   extras   = the headers' extras (header.h), one after the other
//   length   = in its column: length of the insertion less the characters of its text, modulo 2^32 (so: zeros)
//   right distance and right offset stand as zigzag differences from the left anchor of the same insertion: from its
//   distance, and from its offset + 1 (from 0 where the left anchor has none)
//   missing  = column of places (of the payloads of all changes, counted from 0), then a payload hash (32) for each
//   blinders = u8 1, seed (32)   |   u8 0, a blinder (16) for each payload of the run that is here
//   The value groups (value_groups.h) stand in the order of (record type, field, kind) of the operations.
#pragma once

#include "core/log/skeleton.h"
#include "core/log/value_groups.h"

namespace plenary::log {

struct ChangeSpan {
  std::uint32_t first = 1, last = 1;
};

namespace content {

inline constexpr std::uint8_t kLayout = 1;
enum Blinders : std::uint8_t { kEach = 0, kBySeed = 1 };

// Characters of a text: bytes that are no UTF-8 continuation. Defined for any bytes.
inline std::uint32_t count_characters(const std::optional<std::string>& value) {
  if (!value) return 0;
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return static_cast<std::uint32_t>(std::count_if(value->begin(), value->end(), begins));
}

// What a right anchor is written as a difference from. Most insertions split a run of characters, so that both
// differences are 0.
class AnchorDifference {
 public:
  void begin_insertion() { *this = {}; }
  std::uint64_t write(Column column, std::uint64_t value) {
    const std::uint64_t written = is_right(column) ? to_zigzag(signed_of(value) - expected(column)) : value;
    remember(column, signed_of(value));
    return written;
  }
  // What no 64-bit difference can be comes out as a number that is too large for its column.
  std::uint64_t read(Column column, std::uint64_t written) {
    if (is_right(column) && written > kMaxDifference) return UINT64_MAX;
    const std::uint64_t value =
        is_right(column) ? static_cast<std::uint64_t>(from_zigzag(written) + expected(column)) : written;
    remember(column, signed_of(value));
    return value;
  }

 private:
  static constexpr std::uint64_t kMaxDifference = std::uint64_t{1} << 34;
  static bool is_right(Column column) { return column == Column::right_distance || column == Column::right_offset; }
  static std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value & UINT32_MAX); }
  std::int64_t expected(Column column) const { return column == Column::right_distance ? distance_ : offset_; }
  void remember(Column column, std::int64_t value) {
    if (column == Column::left_distance) distance_ = value;
    if (column == Column::left_offset) offset_ = value + 1;
  }
  std::int64_t distance_ = 0;
  std::int64_t offset_ = 0;
};

}  // namespace content
}  // namespace plenary::log
