#include "core/merge/fugue.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/unit/text/naive_fugue.h"

namespace plenary::merge {
namespace {

constexpr TextPlace kEdge{};

bool by_index(std::uint32_t a, std::uint32_t b) {
  return a < b;
}

std::vector<TextPlace> places_of(const std::vector<TextRun>& runs) {
  std::vector<TextPlace> places;
  for (const TextRun& run : runs)
    for (std::uint32_t i = 0; i < run.count; ++i) places.push_back({run.insertion, run.first + i});
  return places;
}

// What the judge says, with insertion i ranking `ranks[i]`.
std::vector<TextPlace> judged(const std::vector<TextOrigin>& insertions, const std::vector<std::uint32_t>& ranks) {
  NaiveFugue judge;
  for (std::uint32_t i = 0; i < insertions.size(); ++i) judge.insert(i, ranks[i], insertions[i]);
  return judge.places();
}

TEST(FugueTest, AnEmptyTextHasNoRuns) {
  EXPECT_TRUE(order_text({}, by_index).empty());
}

TEST(FugueTest, TypingOnGivesOneRunAfterTheOther) {
  const std::vector<TextOrigin> typed = {{3, kEdge, kEdge}, {2, {0, 2}, kEdge}, {1, {1, 1}, kEdge}};

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{0, 0, 3}, {1, 0, 2}, {2, 0, 1}}));
}

TEST(FugueTest, AnInsertionIntoTheMiddleOfARunDividesIt) {
  const std::vector<TextOrigin> typed = {{4, kEdge, kEdge}, {2, {0, 1}, {0, 2}}};

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{0, 0, 2}, {1, 0, 2}, {0, 2, 2}}));
}

TEST(FugueTest, TwoRunsTypedAtOnePlaceDoNotMingle) {
  const std::vector<TextOrigin> typed = {{1, kEdge, kEdge}, {5, {0, 0}, kEdge}, {5, {0, 0}, kEdge}};
  const auto later_first = [](std::uint32_t a, std::uint32_t b) { return a > b; };

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{0, 0, 1}, {1, 0, 5}, {2, 0, 5}}));
  EXPECT_EQ(order_text(typed, later_first), (std::vector<TextRun>{{0, 0, 1}, {2, 0, 5}, {1, 0, 5}}));
}

TEST(FugueTest, TwoRunsTypedBackwardsAtOnePlaceDoNotMingle) {
  // Two people each type two characters before the same one, the second character in front of the first.
  const std::vector<TextOrigin> typed = {
      {1, kEdge, kEdge}, {1, kEdge, {0, 0}}, {1, kEdge, {0, 0}}, {1, kEdge, {1, 0}}, {1, kEdge, {2, 0}}};

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{3, 0, 1}, {1, 0, 1}, {4, 0, 1}, {2, 0, 1}, {0, 0, 1}}));
}

TEST(FugueTest, AnchorsThatAreAbsentBecomeTheEdge) {
  const std::vector<TextOrigin> forged = {{2, {7, 0}, {9, 1}}, {1, {1, 0}, kEdge}, {1, {0, 2}, {0, 99}}};
  const std::vector<TextOrigin> honest = {{2, kEdge, kEdge}, {1, kEdge, kEdge}, {1, kEdge, kEdge}};

  EXPECT_EQ(order_text(forged, by_index), order_text(honest, by_index));
}

TEST(FugueTest, AnInsertionWithoutLengthHasNoPlaceAndHoldsNone) {
  const std::vector<TextOrigin> typed = {{0, kEdge, kEdge}, {1, {0, 0}, kEdge}, {1, {1, 0}, {0, 0}}};

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{1, 0, 1}, {2, 0, 1}}));
}

TEST(FugueTest, LengthsNearTheLargestNumberAreNoDifferent) {
  const std::uint32_t huge = TextPlace::kEdge;
  const std::vector<TextOrigin> typed = {{huge, kEdge, kEdge}, {huge, {0, huge - 1}, kEdge}, {1, {0, 5}, {0, 6}}};

  EXPECT_EQ(order_text(typed, by_index), (std::vector<TextRun>{{0, 0, 6}, {2, 0, 1}, {0, 6, huge - 6}, {1, 0, huge}}));
}

// Any anchors at all, as only a forger would write them.
TEST(FugueTest, AgreesWithTheJudgeOnArbitraryAnchors) {
  std::mt19937 random(20'251);
  const auto below = [&](std::size_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  for (int round = 0; round < 3'000; ++round) {
    std::vector<TextOrigin> insertions(1 + below(25));
    const std::uint32_t lengths = 1 + below(4);
    for (std::uint32_t i = 0; i < insertions.size(); ++i) {
      const auto anchor = [&] { return below(4) == 0 ? kEdge : TextPlace{below(i + 2), below(lengths + 1)}; };
      insertions[i] = {below(lengths + 1), anchor(), anchor()};
    }
    std::vector<std::uint32_t> ranks(insertions.size());
    std::iota(ranks.begin(), ranks.end(), 0);
    std::shuffle(ranks.begin(), ranks.end(), random);

    const auto runs = order_text(insertions, [&](std::uint32_t a, std::uint32_t b) { return ranks[a] < ranks[b]; });

    ASSERT_EQ(places_of(runs), judged(insertions, ranks)) << "round " << round;
  }
}

// Takes time in proportion to the insertions, however deep the tree: else this test would not end.
TEST(FugueTest, SurvivesTheDeepestTrees) {
  constexpr std::uint32_t kMany = 300'000;
  std::vector<TextOrigin> before_the_last(kMany), after_the_first(kMany), zigzag(kMany);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    if (i == 0) {
      before_the_last[i] = after_the_first[i] = zigzag[i] = {1, kEdge, kEdge};
      continue;
    }
    before_the_last[i] = {1, kEdge, {i - 1, 0}};
    after_the_first[i] = {1, {0, 0}, i == 1 ? kEdge : TextPlace{i - 1, 0}};
    const TextPlace last{i - 1, 0}, one_before = i == 1 ? kEdge : TextPlace{i - 2, 0};
    zigzag[i] = i % 2 ? TextOrigin{1, one_before, last} : TextOrigin{1, last, one_before};
  }

  EXPECT_EQ(order_text(before_the_last, by_index).front(), (TextRun{kMany - 1, 0, 1}));
  EXPECT_EQ(order_text(after_the_first, by_index)[1], (TextRun{kMany - 1, 0, 1}));
  EXPECT_EQ(order_text(zigzag, by_index).size(), kMany);
}

TEST(FugueTest, SurvivesManySiblings) {
  const std::vector<TextOrigin> siblings(200'000, TextOrigin{1, kEdge, kEdge});

  const auto runs = order_text(siblings, [](std::uint32_t a, std::uint32_t b) { return a > b; });

  EXPECT_EQ(runs.front(), (TextRun{199'999, 0, 1}));
  EXPECT_EQ(runs.back(), (TextRun{0, 0, 1}));
}

}  // namespace
}  // namespace plenary::merge
