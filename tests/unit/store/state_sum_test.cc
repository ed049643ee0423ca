#include "core/store/state_sum.h"

#include <gtest/gtest.h>

namespace plenary::store {
namespace {

RecordSum filled(int byte) {
  RecordSum sum;
  sum.bytes.fill(static_cast<std::byte>(byte));
  return sum;
}

TEST(StateSumTest, ForgetsWhatIsSubtracted) {
  StateSum sum;
  sum.add(filled(0xfe));
  const StateSum before = sum;

  sum.add(filled(0x83));
  sum.subtract(filled(0x83));

  EXPECT_EQ(sum, before);
}

TEST(StateSumTest, DoesNotDependOnTheOrder) {
  StateSum one, other;
  one.add(filled(0xff));
  one.add(filled(0x01));
  one.add(filled(0x7f));

  other.add(filled(0x7f));
  other.add(filled(0xff));
  other.add(filled(0x01));

  EXPECT_EQ(one, other);
}

TEST(StateSumTest, WrapsAround) {
  StateSum sum;
  RecordSum one;
  one.bytes.back() = std::byte{1};

  sum.add(filled(0xff));
  sum.add(one);

  EXPECT_EQ(sum, StateSum());
}

TEST(StateSumTest, NamesEachRecordsStateUnderTheKey) {
  DigestKey key;
  DigestKey other = DigestKey::from(filled(7).span()).value();
  const Bytes state = to_bytes("state");

  EXPECT_EQ(sum_of_record({}, key, state), sum_of_record({}, key, state));
  EXPECT_NE(sum_of_record({}, key, state), sum_of_record({}, other, state));
  EXPECT_TRUE(sum_of_record({}, key, {}).is_zero());
}

}  // namespace
}  // namespace plenary::store
