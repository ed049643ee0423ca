// The contract of a hub's store: what it keeps and gives back, and the heads that it signs of it.
#pragma once

#include "tests/contract/hub_store_under_test.h"

namespace plenary::hub {

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

}  // namespace plenary::hub
