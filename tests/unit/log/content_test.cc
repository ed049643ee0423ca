#include "core/log/content.h"

#include <gtest/gtest.h>

#include "core/log/value_groups.h"
#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class ContentTest : public testing::Test {
 protected:
  SeededEnvironment environment_{23};
  Author author_{environment_};

  std::vector<Change> run(std::uint32_t first, std::uint32_t last) {
    return {author_.changes.begin() + first - 1, author_.changes.begin() + last};
  }
};

TEST_F(ContentTest, AnyChangesComeBackAsTheyWere) {
  for (int i = 0; i < 600; ++i) author_.append(any_change(author_, environment_));

  const auto unpacked = unpack_changes(author_.pack(1, 600), author_.envelope(1, 600), {});

  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(unpacked->changes, author_.changes);
  EXPECT_EQ(unpacked->secrets, author_.secrets);
}

TEST_F(ContentTest, AnyMemberPacksAnyRunThatEndsAtASignedHead) {
  for (int i = 0; i < 300; ++i) author_.append(any_change(author_, environment_));
  const auto received = unpack_changes(author_.pack(1, 300), author_.envelope(1, 300), {});
  ASSERT_TRUE(received);

  // Another member, who has only what it received, packs a part of it.
  const Bytes packed =
      pack_changes(author_.states[99], std::span(received->changes).subspan(99, 101), received->secrets);
  const auto again = unpack_changes(packed, author_.envelope(100, 200), author_.states[99]);

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->changes, run(100, 200));
}

TEST_F(ContentTest, ErasedPayloadsTravelAsTheirHashes) {
  for (int i = 0; i < 4; ++i) author_.note("note " + std::to_string(i));
  std::vector<PayloadName> all;
  for (std::uint32_t n = 1; n <= 4; ++n) all.push_back({n, 0});
  const EncodedChange second = encode_change(author_.changes[1], author_.states[1]);
  author_.secrets.erase({2, 0}, payload_hashes(author_.space, 2, second, author_.secrets)->front(), all);
  drop_payload(author_.changes[1], author_.changes[1].operations[0].record);

  const Bytes packed = author_.pack(1, 4);
  const auto unpacked = unpack_changes(packed, author_.envelope(1, 4), {});

  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(unpacked->changes, author_.changes);
  EXPECT_TRUE(unpacked->secrets.seeds.empty());
  EXPECT_EQ(unpacked->secrets.erased.size(), 1u);
  EXPECT_EQ(as_text(packed).find("note 1"), std::string::npos);
  EXPECT_NE(as_text(packed).find("note 2"), std::string::npos);
}

TEST_F(ContentTest, AnErasureElsewhereInTheRunKeepsTheSeedBack) {
  for (int i = 0; i < 4; ++i) author_.note("note");
  const EncodedChange second = encode_change(author_.changes[1], author_.states[1]);
  author_.secrets.erased[{2, 0}] = payload_hashes(author_.space, 2, second, author_.secrets)->front();
  ASSERT_FALSE(author_.secrets.seeds.empty()) << "as on a device that has not yet dropped it";

  const auto unpacked = unpack_changes(author_.pack(3, 4), author_.envelope(3, 4), author_.states[2]);

  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_TRUE(unpacked->secrets.seeds.empty());
  EXPECT_EQ(unpacked->secrets.blinders.size(), 2u);
}

TEST_F(ContentTest, ContentsOfAnotherRunAreNotDelivered) {
  for (int i = 0; i < 4; ++i) author_.note("note " + std::to_string(i));

  const auto shorter = unpack_changes(author_.pack(1, 3), author_.envelope(1, 4), {});
  const auto elsewhere = unpack_changes(author_.pack(1, 2), author_.envelope(3, 4), author_.states[2]);
  const auto other_branch = unpack_changes(author_.pack(3, 4), author_.envelope(3, 4), {2, {}, 5, 1, {}});

  EXPECT_EQ(shorter.error().code, ErrorCode::not_delivered);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::not_delivered);
  EXPECT_EQ(other_branch.error().code, ErrorCode::not_delivered);
}

TEST_F(ContentTest, AChangedWordIsNotDelivered) {
  author_.note("The pupils explained their reasoning");
  Bytes packed = author_.pack(1, 1);
  const auto place = as_text(packed).find("explained");
  ASSERT_NE(place, std::string::npos);
  packed[place] = std::byte{'E'};

  const auto unpacked = unpack_changes(packed, author_.envelope(1, 1), {});

  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, ErrorCode::not_delivered);
}

TEST_F(ContentTest, MoreThanFitsIsSplit) {
  Change large;
  const RecordName record = author_.next_record(70);
  large.operations = {write_value(OperationKind::set, record, 1, std::string(kMaxValueBytes, 'x'))};
  for (int i = 0; i < 40; ++i) author_.append(large);

  const std::size_t fit = changes_that_fit(author_.changes);

  EXPECT_LT(fit, 40u);
  EXPECT_GE(fit, 8u);
  EXPECT_LE(author_.pack(1, static_cast<std::uint32_t>(fit)).size(), kMaxSegmentPlaintext);
}

// A value that stands once in the bytes and a hundred times in the result.
TEST_F(ContentTest, ContentsThatSwellBeyondTheLimitAreRefused) {
  const std::string value(1'000, 'x');
  ByteWriter columns, texts;
  write_group(columns, texts, std::vector<GroupedValue>(100, GroupedValue{value, 0}));
  ASSERT_LT(columns.size() + texts.size(), 1'200u);
  std::vector<std::optional<std::string>> values(100);
  std::vector<ValuePlace> places;
  for (auto& place : values) places.push_back({&place, 0});

  ByteReader column_reader(columns.bytes()), text_reader(texts.bytes());
  ValueBudget budget{50'000, false};
  read_group(column_reader, text_reader, places, budget);

  EXPECT_TRUE(budget.exceeded);
  EXPECT_FALSE(column_reader.ok());
}

}  // namespace
}  // namespace plenary::log
