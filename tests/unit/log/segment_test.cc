#include "core/log/segment.h"

#include <gtest/gtest.h>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class SegmentTest : public testing::Test {
 protected:
  SegmentTest() {
    for (int i = 0; i < 3; ++i) author_.note("note");
    segment_ = {author_.envelope(2, 3), to_bytes("not looked at")};
    segment_.envelope.key = random_id<KeyId>(environment_);
  }
  SeededEnvironment environment_{9};
  Author author_{environment_};
  Segment segment_;
};

TEST_F(SegmentTest, EnvelopeShowsTheHubWhatItHasToCheck) {
  const Bytes bytes = encode_segment(segment_);

  const auto view = view_segment(bytes);

  ASSERT_TRUE(view) << view.error().message;
  EXPECT_EQ(view->envelope, segment_.envelope);
  EXPECT_EQ(as_text(view->sealed), "not looked at");
  EXPECT_EQ(*decode_segment(bytes), segment_);
  EXPECT_TRUE(verify_envelope(view->envelope));
  EXPECT_EQ(view->envelope.count(), 2u);
  EXPECT_EQ(encode_envelope(view->envelope).size(), 212u) << "a clear part has its price";
}

TEST_F(SegmentTest, AnEnvelopeThatWasChangedIsNotItsAuthors) {
  Envelope longer = segment_.envelope;
  longer.last = 4;
  EXPECT_EQ(verify_envelope(longer).error().code, ErrorCode::refused);

  Envelope other_author = segment_.envelope;
  other_author.log.author = crypto::SigningKey::generate(environment_).public_key();
  EXPECT_EQ(verify_envelope(other_author).error().code, ErrorCode::refused);
}

TEST_F(SegmentTest, WhatIsNewerIsToldFromWhatIsBroken) {
  Bytes bytes = encode_envelope(segment_.envelope);
  Bytes newer = bytes;
  newer[0] = std::byte{2};
  EXPECT_EQ(decode_envelope(newer).error().code, ErrorCode::unsupported);
  Bytes snapshot = bytes;
  snapshot[1] = std::byte{2};
  EXPECT_EQ(decode_envelope(snapshot).error().code, ErrorCode::unsupported);
  bytes.pop_back();
  EXPECT_EQ(decode_envelope(bytes).error().code, ErrorCode::malformed);
}

TEST_F(SegmentTest, RunsOfNothingOrTooMuchAreRefused) {
  Envelope backwards = segment_.envelope;
  backwards.first = 4;
  EXPECT_EQ(decode_envelope(encode_envelope(backwards)).error().code, ErrorCode::malformed);
  Envelope endless = segment_.envelope;
  endless.last = endless.first + kMaxSegmentChanges;
  EXPECT_EQ(decode_envelope(encode_envelope(endless)).error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace plenary::log
