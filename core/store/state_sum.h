// StateSum: the digest of a space's merged state as a sum of keyed hashes, one per record, modulo 2^256; so a change
// to one record costs one subtraction and one addition (architecture.md D12).
#pragma once

#include "core/base/ids.h"
#include "core/crypto/secret.h"

namespace plenary::store {

// What one record adds to the sum. Zeros for a record that adds nothing.
using RecordSum = FixedId<struct RecordSumTag, 32>;

// Every member has the key; who does not cannot test guesses about the state.
using DigestKey = crypto::Secret<32>;

RecordSum sum_of_record(const SpaceId& space, const DigestKey& key, ByteSpan digest_bytes);

class StateSum {
 public:
  StateSum() = default;
  explicit StateSum(const RecordSum& value) : value_(value) {}

  void add(const RecordSum& record);
  void subtract(const RecordSum& record);
  const RecordSum& value() const { return value_; }
  friend bool operator==(const StateSum&, const StateSum&) = default;

 private:
  RecordSum value_;
};

}  // namespace plenary::store
