#include "core/log/codec.h"

#include <gtest/gtest.h>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class ChangeCodecTest : public testing::Test {
 protected:
  SeededEnvironment environment_{7};
  Author author_{environment_};

  Result<Change> decode_again(const Change& change, const EncodedChange& encoded) {
    return decode_change(author_.log, author_.states[change.number - 1], change.chain, encoded);
  }
};

TEST_F(ChangeCodecTest, AnyChangeComesBackAsItWas) {
  for (int i = 0; i < 2'000; ++i) {
    const Change change = author_.append(any_change(author_, environment_));
    const EncodedChange encoded = encode_change(change, author_.states[change.number - 1]);
    const auto decoded = decode_again(change, encoded);
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_EQ(*decoded, change) << "change " << change.number;
  }
}

TEST_F(ChangeCodecTest, ANoteOfOneTextCostsAFewBytesBesideIt) {
  author_.note("first");
  const Change change = author_.note("second");

  const EncodedChange encoded = encode_change(change, author_.states[1]);

  EXPECT_EQ(to_hex(encoded.header), "0080f104");  // nothing new seen; 40 s after the one before
  // three operations: create; set of the same record, field 3; insert of the same, field 2, length 6, no anchors
  EXPECT_EQ(to_hex(encoded.skeleton), "03114602030602060000");
  ASSERT_EQ(encoded.payloads.size(), 1u);
  EXPECT_EQ(as_text(*encoded.payloads[0].bytes), std::string("\1\4\6second"));
}

TEST_F(ChangeCodecTest, AChangeOfANewerVersionIsKeptAndPassedOn) {
  Change change;
  const RecordName record = author_.next_record(9);
  change.operations = {create_record(record)};
  Operation unknown = write_value(static_cast<OperationKind>(77), record, 12, "typed with a newer program");
  unknown.unknown = "its own way of naming things";
  unknown.unknown_has_value = true;
  change.operations.push_back(unknown);
  change.extension = "what a newer header says";
  change = author_.append(change);

  const auto decoded = decode_again(change, encode_change(change, ChainState{}));

  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, change);
  EXPECT_EQ(decoded->operations[1].unknown, "its own way of naming things");
}

TEST_F(ChangeCodecTest, AMissingPayloadLeavesEverythingElse) {
  const Change change = author_.note("about Year 4");
  EncodedChange encoded = encode_change(change, ChainState{});
  encoded.payloads[0].bytes.reset();

  const auto decoded = decode_again(change, encoded);

  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->payload_missing, std::vector{change.operations[0].record});
  EXPECT_FALSE(decoded->operations[2].value);
  EXPECT_EQ(decoded->operations[2].length, 12u);
  Change dropped = change;
  EXPECT_TRUE(drop_payload(dropped, change.operations[0].record));
  EXPECT_EQ(*decoded, dropped);
  EXPECT_FALSE(drop_payload(dropped, change.operations[0].record)) << "it is gone already";
}

// Each of these says the same as a shorter form, or nothing at all: had they been accepted, one change would have two
// chain values.
class NonCanonicalTest : public ChangeCodecTest {
 protected:
  void SetUp() override {
    author_.note("first");
    change_ = author_.note("second");
    encoded_ = encode_change(change_, author_.states[1]);
  }
  ErrorCode error_of(const EncodedChange& encoded) {
    const auto decoded = decode_again(change_, encoded);
    return decoded ? ErrorCode::busy : decoded.error().code;
  }
  EncodedChange with_header(std::string_view hex) {
    EncodedChange encoded = encoded_;
    encoded.header = *from_hex(hex);
    return encoded;
  }
  EncodedChange with_skeleton(std::string_view hex) {
    EncodedChange encoded = encoded_;
    encoded.skeleton = *from_hex(hex);
    return encoded;
  }
  Change change_;
  EncodedChange encoded_;
};

TEST_F(NonCanonicalTest, HeaderThatRepeatsWhatDidNotChange) {
  EXPECT_EQ(error_of(with_header("0180f10401")), ErrorCode::malformed) << "schema 1 again";
  EXPECT_EQ(error_of(with_header("0280f104" + std::string(64, '0'))), ErrorCode::malformed) << "no roster tip again";
  EXPECT_EQ(error_of(with_header("0480f10400")), ErrorCode::malformed) << "nothing new was seen";
  EXPECT_EQ(error_of(with_header("0880f10400")), ErrorCode::malformed) << "empty extension";
  EXPECT_EQ(error_of(with_header("1080f104")), ErrorCode::malformed) << "a flag that does not exist";
  EXPECT_EQ(error_of(with_header("0080f18400")), ErrorCode::malformed) << "a number that is not in its shortest form";
  EXPECT_EQ(error_of(with_header("0080f10400")), ErrorCode::malformed) << "more than a header";
}

TEST_F(NonCanonicalTest, SkeletonWithALongerWayToSayTheSame) {
  const std::string create = "1146", set = "0203", insert = "0602060000";
  ASSERT_EQ(to_hex(encoded_.skeleton), "03" + create + set + insert) << "what the others differ from";
  EXPECT_EQ(error_of(with_skeleton("03" + create + "2246000003" + insert)), ErrorCode::malformed)
      << "record named again";
  EXPECT_EQ(error_of(with_skeleton("0321460000" + set + insert)), ErrorCode::malformed) << "own record by its name";
  EXPECT_EQ(error_of(with_skeleton("0301" + set + insert)), ErrorCode::malformed) << "same record as nothing";
  EXPECT_EQ(error_of(with_skeleton("03" + create + set + insert + "4711")), ErrorCode::malformed)
      << "more than a skeleton";
  EXPECT_EQ(error_of(with_skeleton("03" + create + "0f02030000" + insert)), ErrorCode::malformed)
      << "known kind as another kind";
  EXPECT_EQ(error_of(with_skeleton("")), ErrorCode::malformed);
}

TEST_F(NonCanonicalTest, PayloadsThatAreNotTheseOperations) {
  EncodedChange none = encoded_;
  none.payloads.clear();
  EXPECT_EQ(error_of(none), ErrorCode::malformed);
  EncodedChange longer = encoded_;
  longer.payloads[0].bytes->push_back(std::byte{0});
  EXPECT_EQ(error_of(longer), ErrorCode::malformed);
  EncodedChange twice = encoded_;
  twice.payloads.push_back(twice.payloads[0]);
  EXPECT_EQ(error_of(twice), ErrorCode::malformed);
}

TEST_F(ChangeCodecTest, LimitsAreNamedBeforeAChangeIsWritten) {
  Change change;
  const RecordName record = author_.next_record(70);
  change.operations = {write_value(OperationKind::set, record, 1, std::string(kMaxValueBytes + 1, 'x'))};

  const auto checked = check_limits(change);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::limit_exceeded);
  EXPECT_NE(checked.error().message.find("1048576"), std::string::npos) << checked.error().message;
  change.operations[0].value->pop_back();
  EXPECT_TRUE(check_limits(change));
}

}  // namespace
}  // namespace plenary::log
