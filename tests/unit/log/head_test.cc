#include "core/log/head.h"

#include <gtest/gtest.h>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class HeadTest : public testing::Test {
 protected:
  Head head(std::uint32_t number) { return {author_.log, number, random_id<ChainValue>(environment_)}; }
  SeededEnvironment environment_{5};
  Author author_{environment_};
};

TEST_F(HeadTest, OnlyTheAuthorSignsHeadsOfItsLog) {
  const SignedHead signed_head = sign_head(author_.space, head(4), author_.key);
  EXPECT_TRUE(verify_head(author_.space, author_.descriptor, signed_head));

  SignedHead later = signed_head;
  later.head.number = 5;
  EXPECT_EQ(verify_head(author_.space, author_.descriptor, later).error().code, ErrorCode::refused);
  const SpaceId elsewhere = random_id<SpaceId>(environment_);
  EXPECT_EQ(verify_head(elsewhere, author_.descriptor, signed_head).error().code, ErrorCode::refused);
  const LogDescriptor second_log = make_log(author_.key.public_key(), environment_);
  EXPECT_EQ(verify_head(author_.space, second_log, signed_head).error().code, ErrorCode::refused);
  const auto thief = crypto::SigningKey::generate(environment_);
  const SignedHead forged = sign_head(author_.space, signed_head.head, thief);
  EXPECT_EQ(verify_head(author_.space, author_.descriptor, forged).error().code, ErrorCode::refused);
}

TEST_F(HeadTest, TwoHeadsOfOneNumberAreAProofThatAnyoneCanCheck) {
  const SignedHead one = sign_head(author_.space, head(4), author_.key);
  const SignedHead other = sign_head(author_.space, head(4), author_.key);

  const auto proof = disagreement(author_.descriptor, one, other);

  ASSERT_TRUE(proof);
  EXPECT_EQ(proof, disagreement(author_.descriptor, other, one)) << "one fork has one proof";
  EXPECT_TRUE(verify_fork(author_.space, *proof));
  EXPECT_EQ(*decode_fork(encode_fork(*proof)), *proof);
  EXPECT_FALSE(disagreement(author_.descriptor, one, one));
  EXPECT_FALSE(disagreement(author_.descriptor, one, sign_head(author_.space, head(5), author_.key)));
}

TEST_F(HeadTest, NobodyIsAccusedWithAHeadThatTheyDidNotSign) {
  const SignedHead one = sign_head(author_.space, head(4), author_.key);
  const auto thief = crypto::SigningKey::generate(environment_);
  const SignedHead forged = sign_head(author_.space, head(4), thief);

  const auto proof = disagreement(author_.descriptor, one, forged);

  ASSERT_TRUE(proof);
  EXPECT_EQ(verify_fork(author_.space, *proof).error().code, ErrorCode::refused);
}

TEST_F(HeadTest, FormsComeBackAsTheyWere) {
  const SignedHead signed_head = sign_head(author_.space, head(4'000'000'000), author_.key);
  EXPECT_EQ(*decode_head(encode_head(signed_head)), signed_head);

  Bytes longer = encode_head(signed_head);
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_head(longer).error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace plenary::log
