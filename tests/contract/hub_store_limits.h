// The contract of a hub's store: how much it takes.
#pragma once

#include "tests/contract/hub_store_under_test.h"

namespace plenary::hub {

TYPED_TEST_P(HubStoreContract, RefusesAStatusNumberThatNoStoreHolds) {
  SpaceMaker maker(this->environment_);
  this->found(maker);

  const auto outcome = this->store(maker, maker.keeper(), {maker.status(maker.keeper(), UINT64_MAX)});

  EXPECT_THAT(outcome.refused, SizeIs(1));
}

TYPED_TEST_P(HubStoreContract, RelaysClaimsButNotWithoutEnd) {
  SpaceMaker maker(this->environment_);
  const auto invitation = crypto::SigningKey::generate(this->environment_);
  maker.invite(*InvitationId::from(invitation.public_key().span()));
  this->found(maker);
  for (std::size_t i = 0; i < sync::kMaxClaimsPerInvitation; ++i) {
    TestDevice joiner(this->environment_);
    EXPECT_THAT(this->store(maker, joiner, {maker.claim(joiner, invitation)}).refused, IsEmpty());
  }
  TestDevice late(this->environment_);

  const auto outcome = this->store(maker, late, {maker.claim(late, invitation)});

  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(outcome.refused[0].error.code, ErrorCode::limit_exceeded);
}

TYPED_TEST_P(HubStoreContract, AMemberWhoInventsInvitationsLeavesRoomForThoseWhoWereInvited) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_), joiner(this->environment_);
  const auto invitation = crypto::SigningKey::generate(this->environment_);
  maker.invite(*InvitationId::from(invitation.public_key().span()));
  this->found(maker, {&member});
  std::vector<sync::Item> invented;
  for (std::size_t i = 0; i <= sync::kMaxUnknownClaims; ++i) {
    invented.push_back(maker.claim(joiner, crypto::SigningKey::generate(this->environment_)));
  }

  const auto outcome = this->store(maker, member, invented);

  EXPECT_THAT(outcome.refused, SizeIs(1));
  EXPECT_THAT(this->store(maker, joiner, {maker.claim(joiner, invitation)}).refused, IsEmpty());
}

TYPED_TEST_P(HubStoreContract, AMemberWhoInventsAuthorsLeavesRoomForThoseWhoWereLetIn) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  this->found(maker, {&member});
  std::vector<sync::Item> invented;
  for (std::size_t i = 0; i < sync::kMaxUngrantedLogs; ++i) {
    TestDevice nobody(this->environment_);
    invented.push_back(maker.segment(nobody, 1));
  }
  ASSERT_THAT(this->store(maker, member, invented).refused, IsEmpty());
  TestDevice one_more(this->environment_);

  const auto too_many = this->store(maker, member, {maker.segment(one_more, 1)});
  const auto granted = this->store(maker, member, {maker.segment(member, 1)});

  ASSERT_THAT(too_many.refused, SizeIs(1));
  EXPECT_TRUE(too_many.refused[0].retry);
  EXPECT_THAT(granted.refused, IsEmpty());
  maker.grant(one_more);
  const auto let_in = this->store(maker, maker.keeper(), {maker.roster().back(), maker.segment(maker.keeper(), 1)});
  EXPECT_THAT(let_in.refused, IsEmpty());
}

TYPED_TEST_P(HubStoreContract, ADeviceBeginsSoManyLogsAndNoMore) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  this->found(maker, {&member});
  std::vector<sync::Item> logs;
  for (std::size_t i = 0; i <= sync::kMaxLogsOfAuthor; ++i) {
    member.log = log::make_log(member.signing.public_key(), this->environment_);
    member.head = {};
    logs.push_back(maker.segment(member, 1));
  }

  const auto outcome = this->store(maker, member, logs);

  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(outcome.refused[0].index, sync::kMaxLogsOfAuthor);
  EXPECT_THAT(this->store(maker, member, {maker.segment(maker.keeper(), 1)}).refused, IsEmpty());
}

TYPED_TEST_P(HubStoreContract, KeepsSoManyProofsAgainstOneDevice) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_), nobody(this->environment_);
  this->found(maker, {&member});
  const auto prove = [&](const TestDevice& device, std::uint32_t number) {
    log::Head one{log::log_id(maker.space(), device.log), number, {}}, other = one;
    one.chain.bytes[0] = std::byte{1};
    const auto proof = log::disagreement(device.log, log::sign_head(maker.space(), one, device.signing),
                                         log::sign_head(maker.space(), other, device.signing));
    return sync::Item{sync::ItemKind::fork, log::encode_fork(*proof), {}, false};
  };
  std::vector<sync::Item> proofs;
  for (std::uint32_t i = 1; i <= sync::kMaxForksOfAuthor; ++i) proofs.push_back(prove(member, i));
  ASSERT_THAT(this->store(maker, member, proofs).refused, IsEmpty());

  const auto outcome = this->store(
      maker, member, {prove(member, 1'000), prove(nobody, 1), prove(maker.keeper(), 1), maker.status(member, 1)});

  ASSERT_THAT(outcome.refused, SizeIs(2));
  EXPECT_EQ(outcome.refused[0].index, 0u);
  EXPECT_EQ(outcome.refused[1].index, 1u);
}

TYPED_TEST_P(HubStoreContract, ASpaceHasAQuotaOfItsOwn) {
  Configuration configuration;
  configuration.limits.bytes_per_space = 10'000;
  this->use(configuration);
  SpaceMaker maker(this->environment_), other(this->environment_);
  TestDevice one(this->environment_), two(this->environment_);
  this->found(maker, {&one, &two});
  this->found(other);
  ASSERT_THAT(this->store(maker, one, {maker.segment(one, 5, 6'000)}).refused, IsEmpty());
  this->store_->reopen();

  const auto full = this->store(maker, two, {maker.segment(two, 5, 6'000)});

  ASSERT_THAT(full.refused, SizeIs(1));
  EXPECT_TRUE(full.refused[0].retry);
  EXPECT_THAT(full.refused[0].error.message, HasSubstr("bytes_per_space"));
  EXPECT_THAT(this->store(other, other.keeper(), {other.segment(other.keeper(), 5, 6'000)}).refused, IsEmpty());
}

TYPED_TEST_P(HubStoreContract, AQuotaDelaysAndNamesItsLimit) {
  Configuration configuration;
  configuration.limits.bytes_per_device = 10'000;
  this->use(configuration);
  SpaceMaker maker(this->environment_);
  this->found(maker);

  const auto large = this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 5, 20'000)});

  ASSERT_THAT(large.refused, SizeIs(1));
  EXPECT_TRUE(large.refused[0].retry);
  EXPECT_THAT(large.refused[0].error.message, HasSubstr("bytes_per_device"));
}

TYPED_TEST_P(HubStoreContract, TellsTheFounderAloneWhyASpaceCannotBeFounded) {
  Configuration configuration;
  configuration.founding = Founding::tokens;
  configuration.founding_tokens = {"a-long-founding-token"};
  this->use(configuration);
  SpaceMaker maker(this->environment_);
  TestDevice stranger(this->environment_);

  const auto of_the_founder = this->store(maker, maker.keeper(), maker.roster());
  const auto of_a_stranger = this->store(maker, stranger, maker.roster());

  ASSERT_TRUE(of_the_founder.introduction_refused);
  EXPECT_THAT(of_the_founder.introduction_refused->message, HasSubstr("token"));
  EXPECT_THAT(of_a_stranger.refused, SizeIs(1));
  EXPECT_FALSE(of_a_stranger.introduction_refused);
}

TYPED_TEST_P(HubStoreContract, ADeviceFoundsSoManySpacesAndNoMore) {
  Configuration configuration;
  configuration.limits.spaces_per_device = 0;
  this->use(configuration);
  SpaceMaker maker(this->environment_);

  const auto outcome = this->store(maker, maker.keeper(), maker.roster());

  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_THAT(outcome.refused[0].error.message, HasSubstr("spaces_per_device"));
}

TYPED_TEST_P(HubStoreContract, StatusesDoNotAddUpToTheQuota) {
  Configuration configuration;
  configuration.limits.bytes_per_device = 10'000;
  this->use(configuration);
  SpaceMaker maker(this->environment_);
  this->found(maker);

  for (std::uint64_t number = 1; number <= 20; ++number) {
    const auto outcome = this->store(maker, maker.keeper(), {maker.status(maker.keeper(), number, 2'000)});
    ASSERT_THAT(outcome.refused, IsEmpty());
  }
}

}  // namespace plenary::hub
