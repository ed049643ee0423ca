#include "core/merge/text_edit.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/utf8.h"

namespace plenary::merge {
namespace {

constexpr TextPlace kEdge{};

bool by_index(std::uint32_t a, std::uint32_t b) {
  return a < b;
}

TextInsertion typed(std::string_view text, TextPlace left = kEdge, TextPlace right = kEdge) {
  return {{static_cast<std::uint32_t>(*count_scalars(text)), left, right}, TextEffect::in_effect, text};
}

NewInsertion inserted(std::uint32_t index, std::string text, TextPlace left, TextPlace right) {
  const auto length = static_cast<std::uint32_t>(*count_scalars(text));
  return {index, {length, left, right}, std::move(text)};
}

// What stands after `edit` was added to `insertions` and `struck`.
std::string shown_after(std::vector<TextInsertion> insertions, std::vector<TextRun> struck, const TextEdit& edit) {
  for (const NewInsertion& made : edit.insertions)
    insertions.push_back({made.origin, TextEffect::in_effect, made.text});
  struck.insert(struck.end(), edit.struck.begin(), edit.struck.end());
  return place_text(insertions, struck, by_index).shown;
}

std::string spliced(std::string_view before, const std::vector<TextSplice>& splices) {
  std::u32string text = decode_utf8(before);
  for (auto splice = splices.rbegin(); splice != splices.rend(); ++splice)
    text.replace(splice->at, splice->count, decode_utf8(splice->text));
  return encode_utf8(text);
}

TEST(TextEditTest, AnInsertionIsAnchoredBetweenItsNeighbours) {
  const PlacedText text = place_text(std::vector{typed("ad")}, {}, by_index);

  const TextEdit edit = edit_text(text, 1, std::vector<TextSplice>{{1, 0, "bc"}}).value();

  EXPECT_EQ(edit.insertions, std::vector{inserted(1, "bc", {0, 0}, {0, 1})});
  EXPECT_TRUE(edit.struck.empty());
}

TEST(TextEditTest, TheEdgesAreAnchorsToo) {
  const PlacedText text = place_text(std::vector{typed("b")}, {}, by_index);

  const TextEdit edit = edit_text(text, 1, std::vector<TextSplice>{{0, 0, "a"}, {1, 0, "c"}}).value();

  EXPECT_EQ(edit.insertions, (std::vector{inserted(1, "a", kEdge, {0, 0}), inserted(2, "c", {0, 0}, kEdge)}));
}

TEST(TextEditTest, TheRightAnchorMayBeACharacterThatNobodySees) {
  const std::vector<TextRun> struck = {{0, 1, 2}};
  const PlacedText text = place_text(std::vector{typed("abcd")}, struck, by_index);

  const TextEdit edit = edit_text(text, 1, std::vector<TextSplice>{{1, 0, "X"}}).value();

  EXPECT_EQ(edit.insertions, std::vector{inserted(1, "X", {0, 0}, {0, 1})});
}

TEST(TextEditTest, AReplacementStrikesWhatItReplacesAndNothingHidden) {
  const std::vector<TextInsertion> insertions = {typed("abc def"), typed("XY", {0, 4}, {0, 5})};
  const std::vector<TextRun> struck = {{0, 2, 1}};
  const PlacedText text = place_text(insertions, struck, by_index);
  ASSERT_EQ(text.shown, "ab dXYef");

  const TextEdit edit = edit_text(text, 2, std::vector<TextSplice>{{1, 5, "–"}}).value();

  EXPECT_EQ(edit.struck, (std::vector<TextRun>{{0, 1, 1}, {0, 3, 2}, {1, 0, 2}}));
  EXPECT_EQ(shown_after(insertions, struck, edit), "a–ef");
}

TEST(TextEditTest, SeveralSplicesMakeOneEdit) {
  const std::vector<TextInsertion> insertions = {typed("the cat sat")};
  const PlacedText text = place_text(insertions, {}, by_index);

  const TextEdit edit = edit_text(text, 1, std::vector<TextSplice>{{0, 3, "a"}, {4, 3, "dog"}, {11, 0, "!"}}).value();

  EXPECT_EQ(shown_after(insertions, {}, edit), "a dog sat!");
}

TEST(TextEditTest, EditsBeyondTheEndAreRefused) {
  const PlacedText text = place_text(std::vector{typed("abc")}, {}, by_index);
  const auto refused = [&](std::vector<TextSplice> splices) {
    const auto edit = edit_text(text, 1, splices);
    return !edit && edit.error().code == ErrorCode::invalid_argument;
  };

  EXPECT_TRUE(refused({{4, 0, "x"}}));
  EXPECT_TRUE(refused({{1, 3, ""}}));
  EXPECT_TRUE(refused({{0, ~std::uint64_t{0}, ""}}));
  EXPECT_TRUE(refused({{2, 1, ""}, {1, 0, "x"}}));
  EXPECT_TRUE(refused({{0, 0, "\xFF"}}));
}

TEST(TextDifferenceTest, EqualTextsDoNotDiffer) {
  EXPECT_TRUE(text_difference("tŷ", "tŷ")->empty());
}

TEST(TextDifferenceTest, FindsWhatWasTypedInTheMiddle) {
  EXPECT_EQ(*text_difference("pupils could explain", "pupils could not explain"),
            (std::vector<TextSplice>{{13, 0, "not "}}));
}

TEST(TextDifferenceTest, FindsWhatWasDeleted) {
  EXPECT_EQ(*text_difference("a very calm room", "a calm room"), (std::vector<TextSplice>{{2, 5, ""}}));
}

TEST(TextDifferenceTest, FindsSeveralEdits) {
  EXPECT_EQ(*text_difference("Books were marked. Pupils spoke.", "All books were marked. Most pupils spoke."),
            (std::vector<TextSplice>{{0, 1, "All b"}, {19, 1, "Most p"}}));
}

TEST(TextDifferenceTest, ReplacesAWordAsAWhole) {
  EXPECT_EQ(*text_difference("a happy class", "a tidy class"), (std::vector<TextSplice>{{2, 4, "tid"}}));
}

TEST(TextDifferenceTest, CountsCharactersAndNotBytes) {
  EXPECT_EQ(*text_difference("tŷ gwyn", "tŷŷ gwyn🙂"), (std::vector<TextSplice>{{2, 0, "ŷ"}, {7, 0, "🙂"}}));
}

TEST(TextDifferenceTest, TextsWithNothingInCommonAreReplaced) {
  EXPECT_EQ(*text_difference("", "new"), (std::vector<TextSplice>{{0, 0, "new"}}));
  EXPECT_EQ(*text_difference("old", ""), (std::vector<TextSplice>{{0, 3, ""}}));
  const std::string before(5'000, 'x'), after(4'000, 'y');
  EXPECT_EQ(*text_difference("<" + before + ">", "<" + after + ">"), (std::vector<TextSplice>{{1, 5'000, after}}));
}

TEST(TextDifferenceTest, RefusesWhatIsNoText) {
  EXPECT_FALSE(text_difference("\xC0\x80", ""));
  EXPECT_FALSE(text_difference("", "\xED\xA0\x80"));
}

TEST(TextDifferenceTest, TurnsOneTextIntoTheOtherWhateverTheyAre) {
  std::mt19937 random(7);
  const auto any_text = [&] {
    std::string text;
    for (std::size_t words = random() % 30; words > 0; --words)
      text += std::vector<std::string>{"a", "b", "ŵ", "ab ", "\n", "🙂"}[random() % 6];
    return text;
  };
  for (int round = 0; round < 5'000; ++round) {
    const std::string before = any_text(), after = any_text();
    ASSERT_EQ(spliced(before, text_difference(before, after).value()), after) << "from: " << before;
  }
}

}  // namespace
}  // namespace plenary::merge
