#include "core/base/byte_codec.h"

namespace plenary {
namespace {

// Most of what is written is a few dozen bytes; growing there by doubling from one byte would allocate six times.
constexpr std::size_t kFirstRoom = 64;

void make_first_room(Bytes& bytes) {
  if (bytes.capacity() == 0) bytes.reserve(kFirstRoom);
}

}  // namespace

void ByteWriter::varint(std::uint64_t value) {
  make_first_room(bytes_);
  for (; value >= 128; value >>= 7) u8(static_cast<std::uint8_t>(value | 128));
  u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::zigzag(std::int64_t value) {
  varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

// Out of line: GCC 12 would warn at -O3 of bounds that hold wherever this is inlined after a byte or two.
void ByteWriter::raw(ByteSpan bytes) {
  if (bytes.size() < kFirstRoom) make_first_room(bytes_);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void ByteWriter::blob(ByteSpan bytes) {
  varint(bytes.size());
  raw(bytes);
}

void ByteReader::invalidate() {
  ok_ = false;
  rest_ = {};
}

std::uint8_t ByteReader::u8() {
  if (rest_.empty()) {
    invalidate();
    return 0;
  }
  const auto value = std::to_integer<std::uint8_t>(rest_.front());
  rest_ = rest_.subspan(1);
  return value;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = u8();
    if (!ok_) return 0;
    const bool overflow = shift == 63 && next > 1;
    const bool not_shortest = next == 0 && shift > 0;
    if (overflow || not_shortest) break;
    value |= static_cast<std::uint64_t>(next & 127) << shift;
    if (next < 128) return value;
  }
  invalidate();
  return 0;
}

std::uint64_t ByteReader::bounded(std::uint64_t max) {
  const std::uint64_t value = varint();
  if (value <= max) return value;
  invalidate();
  return 0;
}

std::int64_t ByteReader::zigzag() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

ByteSpan ByteReader::raw(std::size_t count) {
  if (count > rest_.size()) {
    invalidate();
    return {};
  }
  const ByteSpan taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

ByteSpan ByteReader::blob(std::size_t max_size) {
  return raw(bounded(max_size));
}

}  // namespace plenary
