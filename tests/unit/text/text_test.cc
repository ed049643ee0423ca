#include "core/merge/text.h"

#include <gtest/gtest.h>

namespace plenary::merge {
namespace {

constexpr TextPlace kEdge{};

bool by_index(std::uint32_t a, std::uint32_t b) {
  return a < b;
}

TextInsertion typed(std::string_view text, TextPlace left = kEdge, TextPlace right = kEdge) {
  return {{static_cast<std::uint32_t>(text.size()), left, right}, TextEffect::in_effect, text};
}

std::string shown(const std::vector<TextInsertion>& insertions, const std::vector<TextRun>& struck = {}) {
  return place_text(insertions, struck, by_index).shown;
}

TEST(TextTest, ShowsWhatWasTypedAndNotStruck) {
  const std::vector<TextInsertion> insertions = {typed("calm books"), typed(", open", {0, 9})};

  const PlacedText text = place_text(insertions, std::vector<TextRun>{{0, 0, 5}}, by_index);

  EXPECT_EQ(text.shown, "books, open");
  EXPECT_EQ(text.shown_length, 11);
  EXPECT_EQ(text.runs, (std::vector<PlacedRun>{{{0, 0, 5}, 0, TextState::placed},
                                               {{0, 5, 5}, 5, TextState::shown},
                                               {{1, 0, 6}, 0, TextState::shown}}));
}

TEST(TextTest, CharactersStruckByTwoPeopleAreStruckOnce) {
  EXPECT_EQ(shown({typed("0123456789")}, {{0, 6, 2}, {0, 1, 3}, {0, 2, 3}, {0, 1, 1}}), "0589");
}

TEST(TextTest, StrikesBeyondAnInsertionStrikeNothingElse) {
  EXPECT_EQ(shown({typed("abc"), typed("def", {0, 2})}, {{0, 2, TextPlace::kEdge}, {5, 0, 1}, {1, 0, 0}}), "abdef");
}

TEST(TextTest, AStruckStretchIsFoundAgainBehindWhatDividesIt) {
  const std::vector<TextInsertion> insertions = {typed("abcdef"), typed("XYZ", {0, 2}, {0, 3})};

  EXPECT_EQ(shown(insertions, {{0, 1, 4}}), "aXYZf");
}

TEST(TextTest, WhatIsNotInEffectKeepsItsPlaceWithoutBeingSeen) {
  std::vector<TextInsertion> insertions = {typed("ac"), typed("b", {0, 0}, {0, 1}), typed("!", {1, 0}, {0, 1})};
  ASSERT_EQ(shown(insertions), "ab!c");

  insertions[1].effect = TextEffect::none;

  const PlacedText text = place_text(insertions, {}, by_index);
  EXPECT_EQ(text.shown, "a!c");
  EXPECT_EQ(text.standing(), (std::vector<TextRun>{{0, 0, 1}, {2, 0, 1}, {0, 1, 1}}));
}

TEST(TextTest, WhatCannotBeReadStandsWithoutBeingShown) {
  std::vector<TextInsertion> insertions = {typed("ac"), typed("b", {0, 0}, {0, 1})};
  insertions[1].text.reset();

  const PlacedText text = place_text(insertions, {}, by_index);

  EXPECT_EQ(text.shown, "ac");
  EXPECT_EQ(text.shown_length, 2);
  EXPECT_EQ(text.standing(), (std::vector<TextRun>{{0, 0, 1}, {1, 0, 1}, {0, 1, 1}}));
}

TEST(TextTest, ATextOfAnotherLengthOrEncodingCannotBeRead) {
  std::vector<TextInsertion> insertions = {typed("ok "), typed("abc", {0, 2}), typed("\xC3\x28", {1, 2})};
  insertions[1].origin.length = 4;

  EXPECT_EQ(shown(insertions), "ok ");
}

TEST(TextTest, CountsCharactersAndNotBytes) {
  const std::string_view welsh = "tŷ gwyn ŵyl";  // ŷ and ŵ take two bytes each
  std::vector<TextInsertion> insertions = {typed(welsh)};
  insertions[0].origin.length = 11;
  insertions.push_back(typed("– ", {0, 7}, {0, 8}));
  insertions[1].origin.length = 2;

  const PlacedText text = place_text(insertions, std::vector<TextRun>{{0, 1, 6}}, by_index);

  EXPECT_EQ(text.shown, "t – ŵyl");
  EXPECT_EQ(text.shown_length, 7);
  EXPECT_EQ(text.runs[2], (PlacedRun{{0, 7, 1}, 8, TextState::shown}));
}

// Quarantine, erasure and re-admission of one insertion move no other character.
TEST(TextTest, InvisibleCharactersNeverMoveOthers) {
  const std::vector<TextInsertion> everything = {typed("one two"), typed(" and", {0, 2}, {0, 3}),
                                                 typed(" or", {0, 2}, {0, 3}), typed("!", {2, 2}, {0, 3}),
                                                 typed("?", {0, 6})};
  const std::vector<PlacedRun> all = place_text(everything, {}, by_index).runs;

  for (std::size_t hidden = 0; hidden < everything.size(); ++hidden) {
    std::vector<TextInsertion> insertions = everything;
    insertions[hidden].effect = TextEffect::none;
    std::vector<PlacedRun> expected = all;
    for (PlacedRun& run : expected)
      if (run.run.insertion == hidden) run.state = TextState::placed;
    EXPECT_EQ(place_text(insertions, {}, by_index).runs, expected);
  }
}

// ---- one person on two devices

TextWrite insertion(std::uint32_t log, std::uint32_t person) {
  return {log, person, true};
}

bool nothing_seen(std::uint32_t, std::uint32_t) {
  return false;
}

TEST(WroteApartTest, TwoPeopleAtOnceAreNoQuestion) {
  const std::vector<TextWrite> writes = {insertion(1, 10), insertion(2, 20)};

  EXPECT_FALSE(wrote_apart(writes, [](std::uint32_t, std::uint32_t) -> bool { throw "asked in vain"; }));
}

TEST(WroteApartTest, OnePersonOnTwoDevicesIs) {
  const std::vector<TextWrite> writes = {insertion(1, 10), insertion(2, 10)};

  EXPECT_TRUE(wrote_apart(writes, nothing_seen));
  EXPECT_FALSE(wrote_apart(writes, [](std::uint32_t later, std::uint32_t) { return later == 1; }));
  EXPECT_FALSE(wrote_apart(writes, [](std::uint32_t later, std::uint32_t) { return later == 0; }));
}

TEST(WroteApartTest, AnythingWrittenByWhomeverSawBothSettlesIt) {
  const std::vector<TextWrite> writes = {insertion(1, 10), insertion(2, 10), {3, 20, false}, {4, 30, false}};

  EXPECT_FALSE(wrote_apart(writes, [](std::uint32_t later, std::uint32_t) { return later == 2; }));
  EXPECT_TRUE(wrote_apart(writes, [](std::uint32_t later, std::uint32_t earlier) { return later == earlier + 2; }));
}

TEST(WroteApartTest, EachPairNeedsSomebodyWhoSawIt) {
  const std::vector<TextWrite> writes = {insertion(1, 10), insertion(2, 10), insertion(3, 10),
                                         {4, 20, false},   {4, 20, false},   {4, 20, false}};
  const auto pairs_seen = [](std::uint32_t later, std::uint32_t earlier) {
    return later >= 3 && earlier != later - 3;  // 3 saw 1 and 2, 4 saw 0 and 2, 5 saw 0 and 1
  };

  EXPECT_FALSE(wrote_apart(writes, pairs_seen));
  EXPECT_TRUE(wrote_apart(std::span(writes).first(5), pairs_seen));
}

TEST(WroteApartTest, TwoBranchesOfOneLogAreNoTwoDevices) {
  // 0 and 1 were typed on two branches of one log; 2 on another device. 3 saw 0 and 2, 4 saw 1 and 2.
  const std::vector<TextWrite> writes = {
      insertion(1, 10), insertion(1, 10), insertion(2, 10), {3, 20, false}, {4, 30, false}};
  const auto each_branch_beside_the_other_device = [](std::uint32_t later, std::uint32_t earlier) {
    return (later == 3 && earlier != 1) || (later == 4 && earlier != 0);
  };

  EXPECT_FALSE(wrote_apart(writes, each_branch_beside_the_other_device));
  EXPECT_TRUE(wrote_apart(std::span(writes).first(4), each_branch_beside_the_other_device));
}

TEST(WroteApartTest, WhatIsErasedAsksNothing) {
  const std::vector<TextWrite> writes = {insertion(1, 10), {2, 10, false}};

  EXPECT_FALSE(wrote_apart(writes, nothing_seen));
}

}  // namespace
}  // namespace plenary::merge
