// The contract of a hub's store: what every backend has to do, as tests that are run against each.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync-server/hub_writer.h"
#include "tests/unit/hub/space_maker.h"

namespace plenary::hub {

class HubStoreUnderTest {
 public:
  virtual ~HubStoreUnderTest() = default;
  virtual sync::HubSpaces& spaces() = 0;
  // Stores in one transaction, and tells the reading side.
  virtual Committed store(std::vector<sync::StoreRequest> requests) = 0;
  // Closes and opens again, as another process would find it.
  virtual void reopen() = 0;
  virtual std::uint64_t open_epoch() = 0;
};

// Backend: default-constructible; make(Configuration) gives a store with nothing in it.
template <class Backend>
class HubStoreContract : public ::testing::Test {
 protected:
  HubStoreContract() { use({}); }

  void use(const Configuration& configuration) { store_ = backend_.make(configuration); }
  sync::HubSpaces& spaces() { return store_->spaces(); }

  sync::StoreRequest request(const SpaceMaker& maker, const TestDevice& device, std::vector<sync::Item> items) {
    return {++ticket_, maker.space(), device.transport.public_key(), "", std::move(items)};
  }
  sync::StoreOutcome store(const SpaceMaker& maker, const TestDevice& device, std::vector<sync::Item> items) {
    return store_->store({request(maker, device, std::move(items))}).outcomes.at(0);
  }
  // Founds the space here, with these members.
  void found(SpaceMaker& maker, std::initializer_list<const TestDevice*> members = {}) {
    for (const TestDevice* member : members) maker.grant(*member);
    ASSERT_THAT(store(maker, maker.keeper(), maker.roster()).refused, ::testing::IsEmpty());
  }
  log::Frontier frontier(const SpaceMaker& maker) { return spaces().inventory(maker.space())->frontier; }

  crypto::SystemEnvironment environment_;
  Backend backend_;
  std::unique_ptr<HubStoreUnderTest> store_;
  std::uint64_t ticket_ = 0;
};

TYPED_TEST_SUITE_P(HubStoreContract);

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TYPED_TEST_P(HubStoreContract, KeepsAFoundedSpace) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  TestDevice stranger(this->environment_);

  this->found(maker, {&member});
  this->store_->reopen();

  EXPECT_EQ(this->spaces().inventory(maker.space())->roster.size(), 2u);
  EXPECT_EQ(this->spaces().access(maker.space(), maker.keeper().transport.public_key()), sync::Access::member);
  EXPECT_EQ(this->spaces().access(maker.space(), member.transport.public_key()), sync::Access::member);
  EXPECT_EQ(this->spaces().access(maker.space(), stranger.transport.public_key()), sync::Access::none);
}

TYPED_TEST_P(HubStoreContract, GivesBackEveryByteOfWhatItTook) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  const auto segment = maker.segment(maker.keeper(), 500, 53'000);
  const auto status = maker.status(maker.keeper(), 7);
  ASSERT_THAT(this->store(maker, maker.keeper(), {segment, status}).refused, IsEmpty());
  this->store_->reopen();

  const auto items = this->spaces().items_after(maker.space(), 0, 1 << 20);
  const auto missing =
      this->spaces().missing_segments(maker.space(), std::vector<sync::LogWant>{{maker.keeper().head.log, {}}});
  const auto inventory = *this->spaces().inventory(maker.space());

  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(items[0].item.bytes, maker.roster()[0].bytes);
  EXPECT_EQ(items[1].item.bytes, segment.bytes);
  EXPECT_EQ(items[2].item.bytes, status.bytes);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].size, segment.bytes.size());
  EXPECT_EQ(this->spaces().segment(maker.space(), missing[0]), segment.bytes);
  EXPECT_EQ(this->spaces().roster_record(maker.space(), inventory.roster[0]), maker.roster()[0].bytes);
  ASSERT_THAT(inventory.notices, SizeIs(1));
  EXPECT_EQ(this->spaces().notice(maker.space(), inventory.notices[0]), status.bytes);
}

TYPED_TEST_P(HubStoreContract, StoresNothingTwice) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  const auto segment = maker.segment(maker.keeper(), 5);
  this->store(maker, maker.keeper(), {segment});
  const auto before = this->spaces().head(maker.space());

  const auto again = this->store(maker, maker.keeper(), {segment, maker.roster()[0]});

  EXPECT_THAT(again.sequences, IsEmpty());
  EXPECT_THAT(again.refused, IsEmpty());
  EXPECT_EQ(again.head, before);
  EXPECT_THAT(this->spaces().items_after(maker.space(), 0, 1 << 20), SizeIs(2));
}

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

TYPED_TEST_P(HubStoreContract, ManyRequestsShareOneTransaction) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  this->found(maker, {&member});
  const auto number = this->spaces().head(maker.space())->number;

  const auto committed = this->store_->store({this->request(maker, maker.keeper(), {maker.segment(maker.keeper(), 3)}),
                                              this->request(maker, member, {maker.segment(member, 3)})});

  ASSERT_THAT(committed.outcomes, SizeIs(2));
  EXPECT_EQ(committed.outcomes[0].head, committed.outcomes[1].head);
  EXPECT_EQ(committed.outcomes[0].head->number, number + 1);
  EXPECT_THAT(committed.changed, ElementsAre(maker.space()));
}

TYPED_TEST_P(HubStoreContract, ARequestSeesWhatTheOneBeforeItStored) {
  SpaceMaker maker(this->environment_);
  TestDevice member(this->environment_);
  maker.grant(member);

  const auto committed = this->store_->store(
      {this->request(maker, maker.keeper(), maker.roster()), this->request(maker, member, {maker.segment(member, 3)})});

  EXPECT_THAT(committed.outcomes[1].refused, IsEmpty());
}

TYPED_TEST_P(HubStoreContract, HeadsAreSignedNumberedAndLinked) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  std::vector<sync::HubHead> heads = {*this->spaces().head(maker.space())};
  for (int i = 0; i < 3; ++i) {
    heads.push_back(*this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 1)}).head);
  }
  this->store_->reopen();

  EXPECT_EQ(this->spaces().head(maker.space()), heads.back());
  for (std::size_t i = 0; i < heads.size(); ++i) {
    EXPECT_TRUE(sync::verify_hub_head(maker.space(), heads[i]));
    EXPECT_EQ(heads[i].number, i + 1);
    if (i > 0) {
      EXPECT_EQ(heads[i].previous, sync::value_of(maker.space(), heads[i - 1]));
    }
  }
  const auto position = *this->spaces().position(maker.space());
  EXPECT_EQ(heads.back().roster, position.roster);
  EXPECT_EQ(heads.back().frontier, position.frontier);
  EXPECT_THAT(this->spaces().links(maker.space(), 1, 1, 4),
              ElementsAre(sync::content_of(maker.space(), heads[1]), sync::content_of(maker.space(), heads[2]),
                          sync::content_of(maker.space(), heads[3])));
  EXPECT_THAT(this->spaces().links(maker.space(), 1, 1, 5), IsEmpty());
  EXPECT_THAT(this->spaces().links(maker.space(), 2, 1, 4), IsEmpty());
}

TYPED_TEST_P(HubStoreContract, ARestoredHubBeginsANewEpochForEverySpace) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 1)});

  EXPECT_EQ(this->store_->open_epoch(), 7u);
  this->store_->reopen();

  const auto head = *this->spaces().head(maker.space());
  EXPECT_EQ(head.epoch, 7u);
  EXPECT_EQ(head.number, 1u);
  EXPECT_TRUE(head.previous.is_zero());
  EXPECT_TRUE(sync::verify_hub_head(maker.space(), head));
  const auto next = *this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 1)}).head;
  EXPECT_EQ(next.number, 2u);
  EXPECT_EQ(next.previous, sync::value_of(maker.space(), head));
}

TYPED_TEST_P(HubStoreContract, SendsWhatAPeerLacks) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  TestDevice& author = maker.keeper();
  std::vector<log::Head> ends;
  for (int i = 0; i < 3; ++i) {
    this->store(maker, author, {maker.segment(author, 10)});
    ends.push_back(author.head);
  }
  const auto firsts = [&](std::vector<log::Head> have) {
    std::vector<std::uint32_t> result;
    const std::vector<sync::LogWant> wants = {{author.head.log, std::move(have)}};
    for (const auto& ref : this->spaces().missing_segments(maker.space(), wants)) result.push_back(ref.first);
    return result;
  };

  EXPECT_THAT(firsts({}), ElementsAre(1, 11, 21));
  EXPECT_THAT(firsts({ends[0]}), ElementsAre(11, 21));
  EXPECT_THAT(firsts({ends[2]}), IsEmpty());
  // A head within a segment: that segment is sent whole.
  EXPECT_THAT(firsts({{author.head.log, 15, {}}}), ElementsAre(11, 21));
  // A head that is known to be another one there, or beyond what is here: from the first change.
  EXPECT_THAT(firsts({{author.head.log, 20, ends[0].chain}}), ElementsAre(1, 11, 21));
  EXPECT_THAT(firsts({{author.head.log, 31, ends[0].chain}}), ElementsAre(1, 11, 21));
}

TYPED_TEST_P(HubStoreContract, KeepsBothBranchesOfAForkWithTheProof) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  TestDevice& author = maker.keeper();
  this->store(maker, author, {maker.segment(author, 10)});
  const log::Head common = author.head;
  this->store(maker, author, {maker.segment(author, 5)});
  const log::Head one = author.head;

  const auto outcome = this->store(maker, author, {maker.branch(author, common, 5)});
  this->store_->reopen();

  EXPECT_THAT(outcome.refused, IsEmpty());
  const auto frontier = this->frontier(maker);
  ASSERT_THAT(frontier, SizeIs(2));
  EXPECT_THAT(frontier, ::testing::Contains(one));
  const auto inventory = *this->spaces().inventory(maker.space());
  ASSERT_THAT(inventory.notices, SizeIs(1));
  EXPECT_EQ(inventory.notices[0].kind, sync::ItemKind::fork);
  // The sender did not have the proof: it is not among what it brought.
  EXPECT_THAT(outcome.sequences, SizeIs(1));
  const std::vector<sync::LogWant> wants = {{author.head.log, {one}}};
  const auto missing = this->spaces().missing_segments(maker.space(), wants);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].first, 11u);
  EXPECT_NE(missing[0].chain, one.chain);
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

TYPED_TEST_P(HubStoreContract, KeepsTheLatestStatusOfADevice) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  const auto older = maker.status(maker.keeper(), 1);
  const auto newer = maker.status(maker.keeper(), 2);
  this->store(maker, maker.keeper(), {older});
  this->store(maker, maker.keeper(), {newer});

  const auto again = this->store(maker, maker.keeper(), {older});
  this->store_->reopen();

  EXPECT_THAT(again.sequences, IsEmpty());
  const auto inventory = *this->spaces().inventory(maker.space());
  ASSERT_THAT(inventory.notices, SizeIs(1));
  EXPECT_EQ(inventory.notices[0].number, 2u);
  EXPECT_EQ(this->spaces().notice(maker.space(), inventory.notices[0]), newer.bytes);
  // Under a new sequence, so that those who have the older one get it.
  EXPECT_EQ(this->spaces().items_after(maker.space(), 2, 1 << 20).at(0).item.bytes, newer.bytes);
}

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

TYPED_TEST_P(HubStoreContract, GivesItemsInPieces) {
  SpaceMaker maker(this->environment_);
  this->found(maker);
  for (int i = 0; i < 10; ++i) this->store(maker, maker.keeper(), {maker.segment(maker.keeper(), 1, 1000)});

  std::int64_t sequence = 0;
  std::size_t pieces = 0, items = 0;
  for (auto piece = this->spaces().items_after(maker.space(), 0, 2500); !piece.empty(); ++pieces) {
    items += piece.size();
    sequence = piece.back().sequence;
    piece = this->spaces().items_after(maker.space(), sequence, 2500);
  }

  EXPECT_EQ(items, 11u);
  EXPECT_GE(pieces, 4u);
  EXPECT_EQ(sequence, this->spaces().inventory(maker.space())->sequence);
}

REGISTER_TYPED_TEST_SUITE_P(HubStoreContract, KeepsAFoundedSpace, GivesBackEveryByteOfWhatItTook, StoresNothingTwice,
                            OneBadItemHoldsBackNoOther, ManyRequestsShareOneTransaction,
                            ARequestSeesWhatTheOneBeforeItStored, HeadsAreSignedNumberedAndLinked,
                            ARestoredHubBeginsANewEpochForEverySpace, SendsWhatAPeerLacks,
                            KeepsBothBranchesOfAForkWithTheProof, RefusesAGapAndSaysFromWhereToSend,
                            KeepsTheLatestStatusOfADevice, RefusesAStatusNumberThatNoStoreHolds,
                            RelaysClaimsButNotWithoutEnd, AMemberWhoInventsInvitationsLeavesRoomForThoseWhoWereInvited,
                            AStrangerHandsOverNoSegment, KeepsWhatAMemberBringsOfAnAuthorWhomNobodyLetIn,
                            AMemberWhoInventsAuthorsLeavesRoomForThoseWhoWereLetIn, ADeviceBeginsSoManyLogsAndNoMore,
                            KeepsSoManyProofsAgainstOneDevice, ASpaceHasAQuotaOfItsOwn,
                            AStrangerHandsOverNoRecordThatDoesNotLetItIn, ARemovedDeviceHandsOverNothing,
                            OnlyTheFoundingBringsASpaceAbout, FoundingMayNeedAToken,
                            TellsTheFounderAloneWhyASpaceCannotBeFounded, ADeviceFoundsSoManySpacesAndNoMore,
                            AQuotaDelaysAndNamesItsLimit, StatusesDoNotAddUpToTheQuota, GivesItemsInPieces);

}  // namespace plenary::hub
