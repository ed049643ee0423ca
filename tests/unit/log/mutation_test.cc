// Decoders survive any bytes (T12). Run under the address sanitizer for its full worth.
#include "tests/unit/log/mutation.h"

#include <gtest/gtest.h>

#include "core/log/frontier.h"
#include "core/log/value.h"

namespace plenary::log {
namespace {

constexpr int kRounds = 4'000;

class LogMutationTest : public testing::Test {
 protected:
  LogMutationTest() {
    for (int i = 0; i < 30; ++i) author_.append(any_change(author_, environment_));
    for (int i = 0; i < 30; ++i) author_.note("The pupils explained their reasoning to each other.");
  }
  SeededEnvironment environment_{31};
  Author author_{environment_};
};

TEST_F(LogMutationTest, DamagedChangesAreNeverTakenForOthers) {
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) {
    const auto number = static_cast<std::uint32_t>(1 + environment_.below(author_.changes.size()));
    const Change& change = author_.changes[number - 1];
    EncodedChange encoded = encode_change(change, author_.states[number - 1]);
    Bytes& part = environment_.below(2) == 0 ? encoded.header : encoded.skeleton;
    part = damaged(part, environment_);
    if (!encoded.payloads.empty() && encoded.payloads[0].bytes && environment_.below(3) == 0) {
      encoded.payloads[0].bytes = damaged(*encoded.payloads[0].bytes, environment_);
    }
    const auto decoded = decode_change(author_.log, author_.states[number - 1], change.chain, encoded);
    if (!decoded) continue;
    ++accepted;
    // Whatever is accepted has exactly one form: these bytes.
    EXPECT_EQ(encode_change(*decoded, author_.states[number - 1]), encoded);
  }
  EXPECT_GT(accepted, 0) << "some damage is just another change, with another chain value";
}

TEST_F(LogMutationTest, DamagedContentsAreNotDelivered) {
  const Bytes content = author_.pack(1, 60);
  const Envelope envelope = author_.envelope(1, 60);
  for (int i = 0; i < kRounds; ++i) {
    const Bytes bytes = damaged(content, environment_);
    const auto unpacked = unpack_changes(bytes, envelope, {});
    if (unpacked) {
      EXPECT_EQ(unpacked->changes, author_.changes);
    }
  }
}

TEST_F(LogMutationTest, DamagedClearPartsAreErrors) {
  Segment segment{author_.envelope(1, 60), to_bytes("sealed")};
  const Bytes whole = encode_segment(segment);
  const SignedHead head = segment.envelope.head();
  const SignedHead other =
      sign_head(author_.space, {author_.log, 60, random_id<ChainValue>(environment_)}, author_.key);
  const Bytes fork = encode_fork(*disagreement(author_.descriptor, head, other));
  for (int i = 0; i < kRounds; ++i) {
    if (auto view = decode_segment(damaged(whole, environment_))) {
      EXPECT_TRUE(view->envelope == segment.envelope || view->envelope.key != segment.envelope.key ||
                  view->envelope.first != segment.envelope.first || !verify_envelope(view->envelope));
    }
    if (auto proof = decode_fork(damaged(fork, environment_))) {
      EXPECT_TRUE(encode_fork(*proof) == fork || !verify_fork(author_.space, *proof));
    }
    (void)decode_head(damaged(encode_head(head), environment_));
  }
}

TEST_F(LogMutationTest, AnyBytesAreAnErrorOrAValue) {
  for (int i = 0; i < kRounds; ++i) {
    Bytes bytes(environment_.below(80));
    environment_.random(bytes);
    ByteReader reader(bytes);
    (void)read_frontier(reader, 100);
    (void)decode_reference(as_text(bytes));
    (void)decode_segment(bytes);
    (void)unpack_changes(bytes, author_.envelope(1, 60), {});
    (void)decode_change(author_.log, {}, {}, bytes, bytes, {});
  }
}

}  // namespace
}  // namespace plenary::log
