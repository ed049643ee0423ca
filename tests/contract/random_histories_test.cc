// Properties of random histories, for a few hundred seeds. property_histories runs as many as one likes.
#include <gtest/gtest.h>

#include "tests/contract/properties.h"

namespace plenary::contract {
namespace {

class RandomHistoriesTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomHistoriesTest, KeepTheirProperties) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 50; ++seed) {
    EXPECT_EQ(run_seed(seed).faults, std::vector<std::string>{}) << "seed " << seed;
  }
}

// Seeds that once failed, each for a fault that was mended then.
TEST(FoundSeedsTest, KeepTheirProperties) {
  for (const std::uint64_t seed : {4'704u, 15'433u, 28'079u, 44'252u, 63'855u}) {
    EXPECT_EQ(run_seed(seed).faults, std::vector<std::string>{}) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistoriesTest, testing::Range<std::uint64_t>(0, 300, 50));

}  // namespace
}  // namespace plenary::contract
