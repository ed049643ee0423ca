// BLAKE2b, incremental and keyed, and the domain tag with which everything hashed or signed begins.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/base/ids.h"

namespace plenary::crypto {

// What is being hashed or signed: no two kinds of thing share their first bytes, so a hash or signature of one is
// never valid for another (architecture.md D3).
//
//   domain = u8 length of type, type (ASCII, at most 255 bytes), u8 version, space (32 bytes; zeros: none)
struct Domain {
  std::string_view type;  // "plenary head", "plenary roster record"…
  std::uint8_t version = 1;
  SpaceId space;  // zero where no space is concerned

  Bytes encode() const;
};

// One BLAKE2b computation over the bytes given to `update`, in order. Copying copies the state so far.
class Hasher {
 public:
  static constexpr std::size_t kSizeMin = 16;
  static constexpr std::size_t kSizeMax = 64;
  static constexpr std::size_t kKeySizeMax = 64;

  // `size`: of the result, 16 to 64 bytes (it is part of what is hashed). `key`: empty, or 16 to 64 bytes.
  explicit Hasher(std::size_t size, ByteSpan key = {});
  // Begins with the domain tag.
  Hasher(const Domain& domain, std::size_t size, ByteSpan key = {});

  Hasher(const Hasher&) = default;
  Hasher& operator=(const Hasher&) = default;
  ~Hasher();

  Hasher& update(ByteSpan bytes);
  Hasher& update(std::string_view text) { return update(as_bytes(text)); }
  template <class Tag, std::size_t N>
  Hasher& update(const FixedId<Tag, N>& id) {
    return update(id.span());
  }
  // As 8 bytes, little-endian.
  Hasher& update_u64(std::uint64_t value);
  // The length (8 bytes) and then the bytes: for parts whose length is not otherwise fixed.
  Hasher& update_sized(ByteSpan bytes);

  // Ends the computation; the Hasher is not used afterwards. `out` is as long as the size given.
  void finish(std::span<std::byte> out);
  template <class Id>
  Id finish() {
    Id id;
    finish(id.bytes);
    return id;
  }

 private:
  struct alignas(64) State {
    std::byte bytes[384];  // of crypto_generichash_state; the size is checked in hash.cc
  };
  State state_;
  std::size_t size_;
};

// The hash of `parts`, one after the other (without separators), under a domain, as an id of the wished type.
template <class Id>
Id hash(const Domain& domain, std::initializer_list<ByteSpan> parts, ByteSpan key = {}) {
  Hasher hasher(domain, Id::kSize, key);
  for (ByteSpan part : parts) hasher.update(part);
  return hasher.template finish<Id>();
}

}  // namespace plenary::crypto
