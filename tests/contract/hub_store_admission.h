// The contract of a hub's store: who may bring what.
#pragma once

#include "tests/contract/hub_store_under_test.h"

namespace plenary::hub {

TYPED_TEST_P(HubStoreContract, OneBadItemHoldsBackNoOther) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  this->found(maker, {&member});
  auto damaged = maker.segment(maker.keeper(), 5);
  damaged.bytes[200] ^= std::byte{1};
  const auto good = maker.segment(member, 5);

  const auto outcome = this->store(maker, member, {damaged, good});

  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(outcome.refused[0].index, 0u);
  EXPECT_THAT(outcome.sequences, SizeIs(1));
  EXPECT_THAT(this->frontier(maker), ElementsAre(member.head));
}

TYPED_TEST_P(HubStoreContract, RefusesAGapAndSaysFromWhereToSend) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  TestDevice& author = maker.keeper();
  this->store(maker, author, {maker.segment(author, 10)});
  const log::Head tip = author.head;
  maker.segment(author, 5);  // never sent

  const auto outcome = this->store(maker, author, {maker.segment(author, 5)});

  ASSERT_THAT(outcome.refused, SizeIs(1));
  EXPECT_TRUE(outcome.refused[0].retry);
  EXPECT_THAT(outcome.refused[0].tips, ElementsAre(tip));
  EXPECT_THAT(this->frontier(maker), ElementsAre(tip));
}

TYPED_TEST_P(HubStoreContract, AStrangerHandsOverNoSegment) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  TestDevice stranger(this->environment_);
  const auto before = this->spaces().position(maker.space());

  const auto outcome = this->store(maker, stranger, {maker.segment(stranger, 5)});

  EXPECT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(before, this->spaces().position(maker.space()));
}

// Members may have got it by file, and cited it (decisions/0012).
TYPED_TEST_P(HubStoreContract, KeepsWhatAMemberBringsOfAnAuthorWhomNobodyLetIn) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_), invitee(this->environment_);
  this->found(maker, {&member});
  const auto segment = maker.segment(invitee, 5);

  const auto from_the_invitee = this->store(maker, invitee, {segment});
  const auto from_a_member = this->store(maker, member, {segment});

  EXPECT_THAT(from_the_invitee.refused, SizeIs(1));
  EXPECT_THAT(from_a_member.refused, IsEmpty());
  EXPECT_THAT(this->frontier(maker), ElementsAre(invitee.head));
}

TYPED_TEST_P(HubStoreContract, AStrangerHandsOverNoRecordThatDoesNotLetItIn) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  TestDevice stranger(this->environment_), member(this->environment_);
  const auto grant_of_member = maker.grant(member);

  const auto refused = this->store(maker, stranger, {grant_of_member});
  const auto taken = this->store(maker, maker.keeper(), {grant_of_member, maker.grant(stranger)});

  EXPECT_THAT(refused.refused, SizeIs(1));
  EXPECT_THAT(refused.sequences, IsEmpty());
  EXPECT_THAT(taken.refused, IsEmpty());
  EXPECT_EQ(this->spaces().inventory(maker.space())->roster.size(), 3u);
}

TYPED_TEST_P(HubStoreContract, ARemovedDeviceHandsOverNothing) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  this->found(maker, {&member});
  this->store(maker, member, {maker.segment(member, 5)});
  this->store(maker, maker.keeper(), {maker.remove(member)});

  const auto outcome = this->store(maker, member, {maker.segment(member, 5)});

  EXPECT_THAT(outcome.refused, SizeIs(1));
  EXPECT_EQ(this->spaces().access(maker.space(), member.transport.public_key()), sync::Access::removed);
}

TYPED_TEST_P(HubStoreContract, OnlyTheFoundingBringsASpaceAbout) {
  SpaceMaker maker(this->environment_);

  const auto early = this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 5)});
  TestDevice stranger(this->environment_);
  const auto foreign = this->store(maker, stranger, {maker.roster()[0]});

  EXPECT_THAT(early.refused, SizeIs(1));
  EXPECT_THAT(foreign.refused, SizeIs(1));
  EXPECT_FALSE(this->spaces().inventory(maker.space()));
  EXPECT_FALSE(foreign.head);
}

TYPED_TEST_P(HubStoreContract, FoundingMayNeedAToken) {
  Configuration configuration;
  configuration.founding = Founding::tokens;
  configuration.founding_tokens = {"a-long-founding-token"};
  this->use(configuration);
  SpaceMaker maker(this->environment_);
  auto request = this->request(maker, maker.keeper(), maker.roster());

  const auto without = this->store_->store({request}).outcomes.at(0);
  request.token = "a-long-founding-token";
  const auto with = this->store_->store({request}).outcomes.at(0);

  ASSERT_THAT(without.refused, SizeIs(1));
  EXPECT_EQ(without.refused[0].error.code, ErrorCode::refused);
  EXPECT_THAT(with.refused, IsEmpty());
}

}  // namespace plenary::hub
