// ByteWriter and ByteReader: the primitives of the byte grammars in docs/protocol.md.
//
//   varint   = unsigned LEB128, shortest form only, at most 10 bytes
//   zigzag   = varint of (n << 1) ^ (n >> 63)
//   blob     = varint length, bytes
#pragma once

#include "core/base/fixed_id.h"

namespace plenary {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void raw(ByteSpan bytes);
  void blob(ByteSpan bytes);
  template <class Tag, std::size_t N>
  void id(const FixedId<Tag, N>& id) {
    raw(id.span());
  }

  void reserve(std::size_t size) { bytes_.reserve(size); }
  std::size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const& { return bytes_; }
  Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Reads never run past the end: after the first failure every read yields zeros and ok() stays false, so a
// parser checks once per structure. Spans point into the bytes given, which must outlive them.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint64_t varint();
  // A varint of at most `max`; a greater one is a failure.
  std::uint64_t bounded(std::uint64_t max);
  std::int64_t zigzag();
  ByteSpan raw(std::size_t count);
  ByteSpan blob(std::size_t max_size);
  template <class Id>
  Id id() {
    const auto id = Id::from(raw(Id::kSize));
    return id ? *id : Id{};
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }
  // True when everything was read and nothing failed.
  bool finished() const { return ok_ && rest_.empty(); }
  void invalidate();

 private:
  ByteSpan rest_;
  bool ok_ = true;
};

}  // namespace plenary
