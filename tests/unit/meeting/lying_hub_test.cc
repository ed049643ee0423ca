// A hub that tells two people two things is caught with proof as soon as they hear of each other; tablets that show
// different things for the same are, too.
#include <gmock/gmock.h>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

class LyingHubTest : public StoryTest {
 protected:
  static std::vector<std::string> alarms(Tablet& tablet, const SpaceId& space) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space))) kinds.push_back(alarm.kind);
    return kinds;
  }
  static std::vector<sync::HubForkProof> proofs(Tablet& tablet, const SpaceId& space) {
    std::vector<sync::HubForkProof> found;
    const auto inventory = tablet.replica->sync().inventory(space).value();
    for (const auto& name : inventory.notices) {
      if (name.kind != sync::ItemKind::hub_fork) continue;
      found.push_back(sync::decode_hub_fork(tablet.replica->sync().notice(space, name).value()).value());
    }
    return found;
  }
  static void hand_file(Tablet& from, Tablet& to, const SpaceId& space) {
    must(to.replica->import_day_end(must(from.replica->export_day_end(space))));
  }
  // The lead and the reviewer, each of whom is shown a hub of their own from now on.
  SpaceId begin() {
    const SpaceId space = team(lead_, {{&reviewer_, kReviewer}, {&colleague_, kReviewer}});
    for (int round = 0; round < 2; ++round) {
      for (Tablet* tablet : {&lead_, &reviewer_, &colleague_}) one_.meet(*tablet, space);
    }
    other_.emplace(one_, folder_.path() / "twin");
    return space;
  }

  Tablet& lead_ = tablet("Lead");
  Tablet& reviewer_ = tablet("Reviewer");
  Tablet& colleague_ = tablet("Colleague");
  HubOnDisk one_{folder_.path() / "hub"};
  std::optional<HubOnDisk> other_;
};

TEST_F(LyingHubTest, AFileBetweenThemProvesTwoHeadsOfOneNumber) {
  const SpaceId space = begin();
  lead_.note(space, "Shown to the lead alone.");
  one_.meet(lead_, space);
  reviewer_.note(space, "Shown to the reviewer alone.");
  other_->meet(reviewer_, space);
  EXPECT_THAT(alarms(lead_, space), IsEmpty());

  hand_file(reviewer_, lead_, space);

  EXPECT_THAT(alarms(lead_, space), Contains("hub_forked"));
  ASSERT_EQ(proofs(lead_, space).size(), 1u);
  EXPECT_TRUE(sync::verify_hub_fork(space, proofs(lead_, space)[0]));
  meet(lead_, reviewer_, space);
  EXPECT_THAT(alarms(reviewer_, space), Contains("hub_forked")) << "the proof is passed on";
}

// What one hub signed is held against what a colleague was shown by that hub, not against the newest of another.
TEST_F(LyingHubTest, AFileProvesItAlsoToWhoMetAnotherHubSince) {
  const SpaceId space = begin();
  HubOnDisk elsewhere{folder_.path() / "elsewhere"};
  lead_.note(space, "Shown to the lead alone.");
  one_.meet(lead_, space);
  elsewhere.meet(lead_, space);
  reviewer_.note(space, "Shown to the reviewer alone.");
  other_->meet(reviewer_, space);

  hand_file(reviewer_, lead_, space);

  EXPECT_THAT(alarms(lead_, space), Contains("hub_forked"));
  EXPECT_EQ(proofs(lead_, space).size(), 1u);
}

TEST_F(LyingHubTest, AColleaguesHeadThatTheChainPassesByIsAProof) {
  const SpaceId space = begin();
  for (int i = 0; i < 2; ++i) {
    reviewer_.note(space, "Shown to the reviewer alone.");
    other_->meet(reviewer_, space);
  }
  hand_file(reviewer_, lead_, space);
  EXPECT_THAT(proofs(lead_, space), IsEmpty()) << "no two heads of one number";
  for (int i = 0; i < 5; ++i) {  // The lead is away while the hub goes on
    colleague_.note(space, "Shown to the colleague.");
    one_.meet(colleague_, space);
  }

  one_.meet(lead_, space);

  EXPECT_THAT(alarms(lead_, space), Contains("hub_forked"));
  ASSERT_EQ(proofs(lead_, space).size(), 1u);
  const auto proof = proofs(lead_, space)[0];
  EXPECT_LT(proof.a.number, proof.b.number);
  EXPECT_TRUE(sync::verify_hub_fork(space, proof));
  sync::HubForkProof forged = proof;
  forged.rival = sync::value_of(space, proof.a);
  EXPECT_FALSE(sync::verify_hub_fork(space, forged));
  forged = proof;
  forged.rival.bytes[0] ^= std::byte{1};
  EXPECT_FALSE(sync::verify_hub_fork(space, forged)) << "nobody can be accused with a chain that leads nowhere";
}

TEST_F(LyingHubTest, AHubThatShowsLessThanAColleagueSawForgot) {
  const SpaceId space = begin();
  reviewer_.note(space, "The hub keeps this from the lead.");
  other_->meet(reviewer_, space);
  other_->meet(reviewer_, space);
  hand_file(reviewer_, lead_, space);

  one_.meet(lead_, space);

  EXPECT_THAT(must(lead_.replica->past_alarms(space)), Contains(testing::Field(&AlarmView::kind, "hub_restored")));
  EXPECT_EQ(one_.reader().head(space)->epoch, other_->reader().head(space)->epoch + 1) << "an honest one heals so";
}

TEST_F(LyingHubTest, AHubThatLostItsLinksIsNotCalledAForger) {
  const SpaceId space = begin();
  for (int i = 0; i < 3; ++i) {
    reviewer_.note(space, "More.");
    one_.meet(reviewer_, space);
  }
  {
    sqlite::Transaction transaction(one_.database());
    transaction.execute("DELETE FROM link");
    transaction.commit();
  }

  one_.meet(lead_, space);

  EXPECT_THAT(alarms(lead_, space), Contains("hub_unlinked"));
  EXPECT_THAT(alarms(lead_, space), Not(Contains("hub_forked")));
  must(lead_.replica->acknowledge_alarms(space));
  lead_.note(space, "Goes on.");
  one_.meet(lead_, space);
  one_.meet(lead_, space);
  EXPECT_THAT(alarms(lead_, space), IsEmpty());
}

TEST_F(LyingHubTest, EqualPositionsWithDifferentDigestsAlarmBoth) {
  const SpaceId space = begin();
  lead_.note(space, "The same on both.");
  for (Tablet* tablet : {&lead_, &reviewer_, &lead_, &reviewer_}) one_.meet(*tablet, space);
  EXPECT_THAT(alarms(lead_, space), IsEmpty());
  lead_.note(space, "And one more.");
  for (Tablet* tablet : {&lead_, &reviewer_, &lead_, &reviewer_}) one_.meet(*tablet, space);
  // A page of the reviewer's file went bad and SQLite did not notice.
  auto& store = dynamic_cast<ReplicaFacade&>(*reviewer_.replica).opened(space).store();
  {
    sqlite::Transaction transaction(store.database());
    transaction.execute(
        "UPDATE plenary_setting SET value = zeroblob(32) WHERE name = 'sum'; DELETE FROM plenary_setting WHERE name = "
        "'positions'; DELETE FROM evidence");
    transaction.commit();
  }
  reviewer_.reopen();

  for (Tablet* tablet : {&reviewer_, &lead_, &reviewer_, &lead_}) {
    must(tablet->replica->export_day_end(space));
    one_.meet(*tablet, space);
  }

  EXPECT_THAT(alarms(reviewer_, space), Contains("digest"));
  EXPECT_THAT(alarms(lead_, space), Contains("digest"));
  EXPECT_THAT(must(reviewer_.replica->check(space)), Not(IsEmpty()));
  must(reviewer_.replica->mend(space));
  EXPECT_THAT(must(reviewer_.replica->check(space)), IsEmpty());
  EXPECT_EQ(reviewer_.digest(space), lead_.digest(space));
}

}  // namespace
}  // namespace plenary::replica
