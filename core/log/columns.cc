#include "core/log/columns.h"

#include <bit>

namespace plenary::log {

unsigned ColumnWriter::width() const {
  std::uint64_t all = 0;
  for (const std::uint64_t value : values_) all |= value;
  return static_cast<unsigned>((std::bit_width(all) + 7) / 8);
}

void ColumnWriter::write(ByteWriter& writer) const {
  const unsigned planes = width();
  writer.varint(values_.size());
  writer.u8(static_cast<std::uint8_t>(planes));
  for (unsigned plane = 0; plane < planes; ++plane) {
    for (const std::uint64_t value : values_) writer.u8(static_cast<std::uint8_t>(value >> (8 * plane)));
  }
}

ColumnReader ColumnReader::read(ByteReader& reader, std::size_t max_count) {
  ColumnReader column;
  column.count_ = static_cast<std::size_t>(reader.bounded(max_count));
  column.width_ = reader.u8();
  if (column.width_ > 8) reader.invalidate();
  if (!reader.ok()) return {};
  column.planes_ = reader.raw(column.count_ * column.width_);
  return reader.ok() ? column : ColumnReader{};
}

std::uint64_t ColumnReader::next() {
  if (next_ == count_) {
    exhausted_ = true;
    return 0;
  }
  std::uint64_t value = 0;
  for (unsigned plane = 0; plane < width_; ++plane) {
    value |= std::to_integer<std::uint64_t>(planes_[plane * count_ + next_]) << (8 * plane);
  }
  ++next_;
  return value;
}

}  // namespace plenary::log
