// Numbers of one kind, one after the other, as planes: the low bytes of all, then the next bytes of all, and so on.
// Private to core/log. Source: docs/protocol/formats.md, "Contents".
//
//   column = varint count, u8 width (0..8), count low bytes, … , count high bytes (width planes)
#pragma once

#include "core/base/byte_codec.h"

namespace plenary::log {

// Signed numbers as unsigned ones, small where they are near zero.
inline std::uint64_t to_zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t from_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class ColumnWriter {
 public:
  void add(std::uint64_t value) { values_.push_back(value); }
  void write(ByteWriter& writer) const;
  // The bytes that each value takes.
  unsigned width() const;
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<std::uint64_t> values_;
};

// Points into the bytes that it was read from.
class ColumnReader {
 public:
  ColumnReader() = default;
  // Invalidates the reader when the column is cut off or has more than `max_count` values.
  static ColumnReader read(ByteReader& reader, std::size_t max_count);

  std::size_t remaining() const { return count_ - next_; }
  // Zero, and exhausted() from then on, when there is none left.
  std::uint64_t next();
  bool exhausted() const { return exhausted_; }

 private:
  ByteSpan planes_;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  unsigned width_ = 0;
  bool exhausted_ = false;
};

}  // namespace plenary::log
