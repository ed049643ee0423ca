#include "core/log/chain.h"

#include <gtest/gtest.h>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

class ChainTest : public testing::Test {
 protected:
  SeededEnvironment environment_{11};
  Author author_{environment_};

  // The chain values of all changes, computed anew from what is here.
  std::vector<ChainValue> recomputed(const std::vector<Change>& changes, const LogSecrets& secrets) {
    std::vector<ChainValue> chains;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const auto chain = chain_of(author_.space, author_.states[i], changes[i], secrets);
      chains.push_back(chain.value_or(ChainValue{}));
    }
    return chains;
  }
  std::vector<ChainValue> original() {
    std::vector<ChainValue> chains;
    for (const Change& change : author_.changes) chains.push_back(change.chain);
    return chains;
  }
  PayloadHash hash_of(std::uint32_t number) {
    const EncodedChange encoded = encode_change(author_.changes[number - 1], author_.states[number - 1]);
    return payload_hashes(author_.space, number, encoded, author_.secrets)->front();
  }
  std::vector<PayloadName> payloads_of_all() {
    std::vector<PayloadName> names;
    for (const Change& change : author_.changes) names.push_back({change.number, 0});
    return names;
  }
};

TEST_F(ChainTest, EveryLinkStillVerifiesAfterAnErasure) {
  for (int i = 0; i < 5; ++i) author_.note("note " + std::to_string(i));
  const auto before = original();
  const PayloadHash hash = hash_of(3);

  author_.secrets.erase({3, 0}, hash, payloads_of_all());
  drop_payload(author_.changes[2], author_.changes[2].operations[0].record);

  EXPECT_EQ(recomputed(author_.changes, author_.secrets), before);
  EXPECT_TRUE(author_.secrets.seeds.empty()) << "the seed would give the erased payload's blinder back";
  EXPECT_FALSE(author_.secrets.blinder({3, 0}));
  EXPECT_EQ(author_.secrets.blinders.size(), 4u);
}

TEST_F(ChainTest, AnErasedPayloadCannotBeGuessed) {
  author_.note("the teacher of Year 4");
  const auto blinder = *author_.secrets.blinder({1, 0});
  const Bytes payload = *encode_change(author_.changes[0], {}).payloads[0].bytes;
  const PayloadHash hash = hash_of(1);
  ASSERT_EQ(hash_payload(author_.space, blinder, payload), hash);

  author_.secrets.erase({1, 0}, hash, payloads_of_all());

  for (const auto& [run, seed] : author_.secrets.seeds) ADD_FAILURE() << "seed of run " << run;
  for (const auto& [name, kept] : author_.secrets.blinders) EXPECT_NE(hash_payload(author_.space, kept, payload), hash);
}

TEST_F(ChainTest, AnotherWordOrderOrKeyGivesAnotherChain) {
  author_.note("good questions");
  auto changed = author_.changes;
  changed[0].operations[2].value = "poor questions";
  EXPECT_NE(recomputed(changed, author_.secrets), original());

  auto other_key = author_.secrets;
  other_key.chain_key = make_chain_key(environment_);
  EXPECT_NE(recomputed(author_.changes, other_key), original());

  auto later = author_.changes;
  later[0].time_ms += 1;
  EXPECT_NE(recomputed(later, author_.secrets), original());

  auto elsewhere = author_.changes;
  elsewhere[0].operations[2].field += 1;
  EXPECT_NE(recomputed(elsewhere, author_.secrets), original());
}

TEST_F(ChainTest, WritingGoesOnInARunThatLostItsSeed) {
  author_.note("one");
  author_.secrets.erase({1, 0}, hash_of(1), payloads_of_all());
  drop_payload(author_.changes[0], author_.changes[0].operations[0].record);

  author_.note("two");

  EXPECT_TRUE(author_.secrets.seeds.empty());
  EXPECT_TRUE(author_.secrets.blinders.contains({2, 0}));
  EXPECT_EQ(recomputed(author_.changes, author_.secrets), original());
}

TEST_F(ChainTest, EachRunHasASeedOfItsOwn) {
  for (std::uint32_t i = 0; i < kBlinderRun + 1; ++i) author_.note("x");

  ASSERT_EQ(author_.secrets.seeds.size(), 2u);
  EXPECT_NE(author_.secrets.seeds.at(0), author_.secrets.seeds.at(1));
  EXPECT_EQ(recomputed(author_.changes, author_.secrets), original());
}

TEST_F(ChainTest, ASeedDoesNotComeBackWithAnOldSegment) {
  for (int i = 0; i < 3; ++i) author_.note("note");
  const LogSecrets old_segment = author_.secrets;
  author_.secrets.erase({2, 0}, hash_of(2), payloads_of_all());

  const std::vector<PayloadName> present{{1, 0}, {3, 0}};
  author_.secrets.take_in(old_segment, 1, present);

  EXPECT_TRUE(author_.secrets.seeds.empty());
  EXPECT_FALSE(author_.secrets.blinder({2, 0}));
  EXPECT_FALSE(author_.secrets.may_pass_on_seed(0));
}

TEST_F(ChainTest, APayloadWhoseErasureBecameVoidComesBack) {
  author_.note("still wanted");
  const auto blinder = *author_.secrets.blinder({1, 0});
  const Change whole = author_.changes[0];
  author_.secrets.erase({1, 0}, hash_of(1), payloads_of_all());
  drop_payload(author_.changes[0], whole.operations[0].record);

  author_.secrets.restore({1, 0}, blinder);
  author_.changes[0] = whole;

  EXPECT_EQ(recomputed(author_.changes, author_.secrets), original());
}

}  // namespace
}  // namespace plenary::log
