#include "core/store/state_sum.h"

#include "core/crypto/hash.h"

namespace plenary::store {

RecordSum sum_of_record(const SpaceId& space, const DigestKey& key, ByteSpan digest_bytes) {
  if (digest_bytes.empty()) return {};
  return crypto::hash<RecordSum>({"plenary record state", 1, space}, {digest_bytes}, key.span());
}

void StateSum::add(const RecordSum& record) {
  unsigned carry = 0;
  for (std::size_t i = RecordSum::kSize; i-- > 0;) {
    carry += std::to_integer<unsigned>(value_.bytes[i]) + std::to_integer<unsigned>(record.bytes[i]);
    value_.bytes[i] = static_cast<std::byte>(carry);
    carry >>= 8;
  }
}

void StateSum::subtract(const RecordSum& record) {
  int borrow = 0;
  for (std::size_t i = RecordSum::kSize; i-- > 0;) {
    const int digit = std::to_integer<int>(value_.bytes[i]) - std::to_integer<int>(record.bytes[i]) - borrow;
    borrow = digit < 0 ? 1 : 0;
    value_.bytes[i] = static_cast<std::byte>(digit + 256 * borrow);
  }
}

}  // namespace plenary::store
