#include "core/log/frontier.h"

#include <gtest/gtest.h>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class FrontierTest : public testing::Test {
 protected:
  FrontierTest() {
    for (LogId& log : logs_) log = random_id<LogId>(environment_);
    std::sort(std::begin(logs_), std::end(logs_));
  }
  Head head(int log, std::uint32_t number) {
    Head head{logs_[log], number, {}};
    head.chain.bytes[0] = static_cast<std::byte>(number);
    return head;
  }
  SeededEnvironment environment_{3};
  LogId logs_[3];
};

TEST_F(FrontierTest, DifferenceNamesAllHeadsOfTheLogsThatChanged) {
  const Frontier before{head(0, 5), head(1, 7)};
  Frontier fork{head(0, 5), head(1, 7), head(1, 8), head(2, 1)};

  const auto difference = frontier_difference(before, fork);

  EXPECT_EQ(difference, (std::vector{head(1, 7), head(1, 8), head(2, 1)}));
  EXPECT_EQ(apply_difference(before, difference), fork);
  EXPECT_TRUE(frontier_difference(fork, fork).empty());
  EXPECT_EQ(apply_difference({}, difference), difference);
}

TEST_F(FrontierTest, HashTellsFrontiersAndSpacesApart) {
  const SpaceId space = random_id<SpaceId>(environment_);
  const SpaceId other = random_id<SpaceId>(environment_);
  const Frontier frontier{head(0, 5), head(1, 7)};

  EXPECT_EQ(hash_frontier(space, frontier), hash_frontier(space, frontier));
  EXPECT_NE(hash_frontier(space, frontier), hash_frontier(other, frontier));
  EXPECT_NE(hash_frontier(space, frontier), hash_frontier(space, {head(0, 5), head(1, 8)}));
  EXPECT_NE(hash_frontier(space, {}), hash_frontier(space, {head(0, 5)}));
}

TEST_F(FrontierTest, OnlyTheCanonicalFormIsRead) {
  const Frontier frontier{head(0, 5), head(1, 7), head(1, 8)};
  ByteWriter writer;
  write_frontier(writer, frontier);

  ByteReader reader(writer.bytes());
  EXPECT_EQ(read_frontier(reader, 3), frontier);
  EXPECT_TRUE(reader.finished());
  ByteReader too_many(writer.bytes());
  EXPECT_TRUE(read_frontier(too_many, 2).empty());
  EXPECT_FALSE(too_many.ok());

  ByteWriter unsorted;
  unsorted.varint(2);
  for (int log : {1, 0}) {
    unsorted.id(logs_[log]);
    unsorted.varint(1);
    unsorted.varint(1);
    unsorted.id(ChainValue{});
  }
  ByteReader unsorted_reader(unsorted.bytes());
  read_frontier(unsorted_reader, 9);
  EXPECT_FALSE(unsorted_reader.ok());
}

}  // namespace
}  // namespace plenary::log
