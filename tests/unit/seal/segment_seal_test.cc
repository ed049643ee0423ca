#include "core/seal/segment_seal.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "core/base/byte_codec.h"
#include "core/seal/sealed_bytes.h"
#include "tests/unit/log/mutation.h"

namespace plenary::seal {
namespace {

class SegmentSealTest : public testing::Test {
 protected:
  SegmentSealTest() {
    for (int i = 0; i < 20; ++i)
      author_.note("The pupils explained their reasoning to each other. " + std::to_string(i));
    keys_.add(key_.duplicate());
  }
  log::Segment sealed() { return seal_segment(key_, author_.envelope(1, 20), author_.pack(1, 20), environment_); }
  // Sealed properly, around a plaintext of our choice.
  log::Segment sealed_around(ByteSpan plaintext) {
    log::Envelope envelope = author_.envelope(1, 20);
    envelope.key = key_id(key_);
    return {envelope,
            seal_bytes(purpose_key(key_, "segment"), log::encode_envelope(envelope), plaintext, environment_)};
  }
  log::SeededEnvironment environment_{61};
  log::Author author_{environment_};
  SpaceKey key_ = make_space_key(environment_);
  KeyRing keys_;
};

TEST_F(SegmentSealTest, WhatIsSealedOpensToTheSameChanges) {
  const log::Segment segment = *log::decode_segment(log::encode_segment(sealed()));

  const auto content = open_segment(keys_, segment.envelope, segment.sealed);

  ASSERT_TRUE(content) << content.error().message;
  const auto run = log::unpack_changes(*content, segment.envelope, {});
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->changes, author_.changes);
}

TEST_F(SegmentSealTest, NoWordIsReadableFromOutside) {
  const Bytes bytes = log::encode_segment(sealed());
  for (const std::string_view word : {"pupils", "explained", "reasoning"}) {
    EXPECT_EQ(as_text(bytes).find(word), std::string_view::npos) << word;
  }
}

TEST_F(SegmentSealTest, AnyChangeOfEnvelopeOrContentsIsRefused) {
  const log::Segment segment = sealed();
  log::Envelope other = segment.envelope;
  other.first = 2;
  EXPECT_EQ(open_segment(keys_, other, segment.sealed).error().code, ErrorCode::refused);
  for (int i = 0; i < 500; ++i) {
    const Bytes broken = damaged(segment.sealed, environment_);
    EXPECT_EQ(open_segment(keys_, segment.envelope, broken).has_value(), broken == segment.sealed);
  }
}

TEST_F(SegmentSealTest, AKeyThatIsNotHereYetIsToldFromAForgery) {
  const log::Segment segment = sealed();
  EXPECT_EQ(open_segment(KeyRing(), segment.envelope, segment.sealed).error().code, ErrorCode::not_found);
}

TEST_F(SegmentSealTest, SizesComeInFewSteps) {
  EXPECT_EQ(padded_size(0), 512u);
  EXPECT_EQ(padded_size(512), 512u);
  EXPECT_EQ(padded_size(513), 544u);
  EXPECT_EQ(padded_size(10'000), 10'240u);
  for (std::size_t size = 513; size < 3'000'000; size += 997) {
    const std::size_t padded = padded_size(size);
    EXPECT_GE(padded, size);
    EXPECT_LE(padded - size, size / 8) << size;
    EXPECT_EQ(padded_size(padded), padded);
  }
}

TEST_F(SegmentSealTest, CompressedContentsThatSwellAreRefused) {
  const Bytes zeros(log::kMaxSegmentPlaintext + 1);
  Bytes frame(ZSTD_compressBound(zeros.size()));
  frame.resize(ZSTD_compress(frame.data(), frame.size(), zeros.data(), zeros.size(), 1));
  ByteWriter plaintext;
  plaintext.u8(1);
  plaintext.blob(frame);
  const log::Segment bomb = sealed_around(plaintext.bytes());

  EXPECT_EQ(open_segment(keys_, bomb.envelope, bomb.sealed).error().code, ErrorCode::limit_exceeded);
}

TEST_F(SegmentSealTest, DamageUnderTheSealIsAnErrorToo) {
  const Bytes content = author_.pack(1, 20);
  Bytes frame(ZSTD_compressBound(content.size()));
  frame.resize(ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), 3));
  ByteWriter plaintext;
  plaintext.u8(1);
  plaintext.blob(frame);
  for (int i = 0; i < 2'000; ++i) {
    const log::Segment segment = sealed_around(damaged(plaintext.bytes(), environment_));
    const auto opened = open_segment(keys_, segment.envelope, segment.sealed);
    if (!opened) continue;
    const auto run = log::unpack_changes(*opened, segment.envelope, {});
    EXPECT_TRUE(!run || run->changes == author_.changes);
  }
}

}  // namespace
}  // namespace plenary::seal
