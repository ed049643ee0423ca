#include "core/merge/text_document.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/utf8.h"

namespace plenary::merge {
namespace {

constexpr TextPlace kEdge{};

bool by_index(std::uint32_t a, std::uint32_t b) {
  return a < b;
}

// The operations that were written so far, as a store would hold them.
struct Operations {
  std::vector<NewInsertion> insertions;
  std::vector<TextRun> struck;

  void add(TextEdit edit) {
    for (NewInsertion& made : edit.insertions) {
      EXPECT_EQ(made.index, insertions.size());
      insertions.push_back(std::move(made));
    }
    struck.insert(struck.end(), edit.struck.begin(), edit.struck.end());
  }
  std::vector<TextInsertion> list() const {
    std::vector<TextInsertion> list;
    for (const NewInsertion& made : insertions) list.push_back({made.origin, TextEffect::in_effect, made.text});
    return list;
  }
  PlacedText place() const { return place_text(list(), struck, by_index); }
};

TEST(TextDocumentTest, ARunOfKeystrokesBecomesOneInsertion) {
  TextDocument document;
  for (const std::string_view key : {"c", "a", "l", "m"}) ASSERT_TRUE(document.replace(document.length(), 0, key));

  const TextEdit edit = document.take_edit();

  EXPECT_EQ(edit.insertions, (std::vector<NewInsertion>{{0, {4, kEdge, kEdge}, "calm"}}));
  EXPECT_TRUE(edit.struck.empty());
  EXPECT_TRUE(document.take_edit().empty());
}

TEST(TextDocumentTest, WhatWasTakenIsNotLengthened) {
  TextDocument document;
  ASSERT_TRUE(document.replace(0, 0, "ca"));
  document.take_edit();
  ASSERT_TRUE(document.replace(2, 0, "lm"));

  EXPECT_EQ(document.take_edit().insertions, (std::vector<NewInsertion>{{1, {2, {0, 1}, kEdge}, "lm"}}));
}

TEST(TextDocumentTest, DeletingBackwardsOrForwardsIsOneStrike) {
  TextDocument document;
  ASSERT_TRUE(document.replace(0, 0, "abcdefgh"));
  document.take_edit();
  for (const std::uint64_t at : {4, 3, 2}) ASSERT_TRUE(document.replace(at, 1, ""));
  ASSERT_TRUE(document.replace(2, 1, ""));

  EXPECT_EQ(document.text(), "abgh");
  EXPECT_EQ(document.take_edit().struck, (std::vector<TextRun>{{0, 2, 4}}));
}

TEST(TextDocumentTest, TypingAfterACorrectionStaysBeforeWhatWasStruck) {
  TextDocument document;
  ASSERT_TRUE(document.replace(0, 0, "bokk"));
  ASSERT_TRUE(document.replace(3, 1, "s"));

  const TextEdit edit = document.take_edit();

  EXPECT_EQ(document.text(), "boks");
  EXPECT_EQ(edit.insertions,
            (std::vector<NewInsertion>{{0, {4, kEdge, kEdge}, "bokk"}, {1, {1, {0, 2}, {0, 3}}, "s"}}));
  EXPECT_EQ(edit.struck, (std::vector<TextRun>{{0, 3, 1}}));
}

TEST(TextDocumentTest, RefusedEditsChangeNothing) {
  TextDocument document;
  ASSERT_TRUE(document.replace(0, 0, "abc"));

  EXPECT_FALSE(document.replace(4, 0, "x"));
  EXPECT_FALSE(document.replace(2, 2, "x"));
  EXPECT_FALSE(document.replace(0, 3, "\x80"));

  EXPECT_EQ(document.text(), "abc");
}

TEST(TextDocumentTest, BeginsWithWhatWasMerged) {
  const std::vector<TextInsertion> insertions = {{{5, kEdge, kEdge}, TextEffect::in_effect, "tŷ hi"},
                                                 {{3, {0, 4}, kEdge}, TextEffect::in_effect, std::nullopt},
                                                 {{2, {1, 2}, kEdge}, TextEffect::none, "no"}};
  const PlacedText merged = place_text(insertions, std::vector<TextRun>{{0, 2, 1}}, by_index);

  TextDocument document(insertions, merged);
  ASSERT_TRUE(document.replace(4, 0, "!"));

  EXPECT_EQ(document.text(), "tŷhi!");
  EXPECT_EQ(document.take_edit().insertions, (std::vector<NewInsertion>{{3, {1, {0, 4}, {1, 0}}, "!"}}));
}

// A person edits for a long time, saving now and then; sometimes the document is opened anew from its operations.
TEST(TextDocumentTest, AlwaysShowsWhatItsOperationsMergeTo) {
  std::mt19937 random(11);
  const std::vector<std::string> words = {"a", "ŵ", "two ", "🙂", "a longer stretch of text\n"};
  Operations written;
  TextDocument document;
  std::u32string expected;
  for (int round = 0; round < 6'000; ++round) {
    const bool deletes = expected.size() > 400 || random() % 3 == 0;
    const std::size_t near = random() % 4 ? std::min<std::size_t>(expected.size(), 200) : expected.size();
    const std::size_t at = random() % (near + 1);
    const std::size_t count = deletes ? std::min<std::size_t>(random() % 9, expected.size() - at) : 0;
    const std::string text = random() % 4 ? words[random() % words.size()] : "";
    ASSERT_TRUE(document.replace(at, count, text));
    expected.replace(at, count, decode_utf8(text));
    if (random() % 5 == 0) written.add(document.take_edit());
    if (random() % 50 != 0) continue;

    written.add(document.take_edit());
    const PlacedText merged = written.place();
    ASSERT_EQ(merged.shown, encode_utf8(expected)) << "round " << round;
    ASSERT_EQ(document.text(), merged.shown) << "round " << round;
    ASSERT_EQ(document.length(), merged.shown_length);
    if (random() % 3 == 0) document = TextDocument(written.list(), merged);
  }
}

}  // namespace
}  // namespace plenary::merge
