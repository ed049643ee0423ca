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
  // Ann and Ben, each of whom is shown a hub of their own from now on.
  SpaceId begin() {
    const SpaceId space = team(ann_, {{&ben_, kReviewer}, {&cai_, kReviewer}});
    for (int round = 0; round < 2; ++round) {
      for (Tablet* tablet : {&ann_, &ben_, &cai_}) one_.meet(*tablet, space);
    }
    other_.emplace(one_, folder_.path() / "twin");
    return space;
  }

  Tablet& ann_ = tablet("Ann");
  Tablet& ben_ = tablet("Ben");
  Tablet& cai_ = tablet("Cai");
  HubOnDisk one_{folder_.path() / "hub"};
  std::optional<HubOnDisk> other_;
};

TEST_F(LyingHubTest, AFileBetweenThemProvesTwoHeadsOfOneNumber) {
  const SpaceId space = begin();
  ann_.note(space, "Shown to Ann alone.");
  one_.meet(ann_, space);
  ben_.note(space, "Shown to Ben alone.");
  other_->meet(ben_, space);
  EXPECT_THAT(alarms(ann_, space), IsEmpty());

  hand_file(ben_, ann_, space);

  EXPECT_THAT(alarms(ann_, space), Contains("hub_forked"));
  ASSERT_EQ(proofs(ann_, space).size(), 1u);
  EXPECT_TRUE(sync::verify_hub_fork(space, proofs(ann_, space)[0]));
  meet(ann_, ben_, space);
  EXPECT_THAT(alarms(ben_, space), Contains("hub_forked")) << "the proof is passed on";
}

// What one hub signed is held against what a colleague was shown by that hub, not against the newest of another.
TEST_F(LyingHubTest, AFileProvesItAlsoToWhoMetAnotherHubSince) {
  const SpaceId space = begin();
  HubOnDisk elsewhere{folder_.path() / "elsewhere"};
  ann_.note(space, "Shown to Ann alone.");
  one_.meet(ann_, space);
  elsewhere.meet(ann_, space);
  ben_.note(space, "Shown to Ben alone.");
  other_->meet(ben_, space);

  hand_file(ben_, ann_, space);

  EXPECT_THAT(alarms(ann_, space), Contains("hub_forked"));
  EXPECT_EQ(proofs(ann_, space).size(), 1u);
}

TEST_F(LyingHubTest, AColleaguesHeadThatTheChainPassesByIsAProof) {
  const SpaceId space = begin();
  for (int i = 0; i < 2; ++i) {
    ben_.note(space, "Shown to Ben alone.");
    other_->meet(ben_, space);
  }
  hand_file(ben_, ann_, space);
  EXPECT_THAT(proofs(ann_, space), IsEmpty()) << "no two heads of one number";
  for (int i = 0; i < 5; ++i) {  // Ann is away while the hub goes on
    cai_.note(space, "Shown to Cai.");
    one_.meet(cai_, space);
  }

  one_.meet(ann_, space);

  EXPECT_THAT(alarms(ann_, space), Contains("hub_forked"));
  ASSERT_EQ(proofs(ann_, space).size(), 1u);
  const auto proof = proofs(ann_, space)[0];
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
  ben_.note(space, "The hub keeps this from Ann.");
  other_->meet(ben_, space);
  other_->meet(ben_, space);
  hand_file(ben_, ann_, space);

  one_.meet(ann_, space);

  EXPECT_THAT(must(ann_.replica->past_alarms(space)), Contains(testing::Field(&AlarmView::kind, "hub_restored")));
  EXPECT_EQ(one_.reader().head(space)->epoch, other_->reader().head(space)->epoch + 1) << "an honest one heals so";
}

TEST_F(LyingHubTest, AHubThatLostItsLinksIsNotCalledAForger) {
  const SpaceId space = begin();
  for (int i = 0; i < 3; ++i) {
    ben_.note(space, "More.");
    one_.meet(ben_, space);
  }
  {
    sqlite::Transaction transaction(one_.database());
    transaction.execute("DELETE FROM link");
    transaction.commit();
  }

  one_.meet(ann_, space);

  EXPECT_THAT(alarms(ann_, space), Contains("hub_unlinked"));
  EXPECT_THAT(alarms(ann_, space), Not(Contains("hub_forked")));
  must(ann_.replica->acknowledge_alarms(space));
  ann_.note(space, "Goes on.");
  one_.meet(ann_, space);
  one_.meet(ann_, space);
  EXPECT_THAT(alarms(ann_, space), IsEmpty());
}

TEST_F(LyingHubTest, EqualPositionsWithDifferentDigestsAlarmBoth) {
  const SpaceId space = begin();
  ann_.note(space, "The same on both.");
  for (Tablet* tablet : {&ann_, &ben_, &ann_, &ben_}) one_.meet(*tablet, space);
  EXPECT_THAT(alarms(ann_, space), IsEmpty());
  ann_.note(space, "And one more.");
  for (Tablet* tablet : {&ann_, &ben_, &ann_, &ben_}) one_.meet(*tablet, space);
  // A page of Ben's file went bad and SQLite did not notice.
  auto& store = dynamic_cast<ReplicaFacade&>(*ben_.replica).opened(space).store();
  {
    sqlite::Transaction transaction(store.database());
    transaction.execute(
        "UPDATE plenary_setting SET value = zeroblob(32) WHERE name = 'sum'; DELETE FROM plenary_setting WHERE name = "
        "'positions'; DELETE FROM evidence");
    transaction.commit();
  }
  ben_.reopen();

  for (Tablet* tablet : {&ben_, &ann_, &ben_, &ann_}) {
    must(tablet->replica->export_day_end(space));
    one_.meet(*tablet, space);
  }

  EXPECT_THAT(alarms(ben_, space), Contains("digest"));
  EXPECT_THAT(alarms(ann_, space), Contains("digest"));
  EXPECT_THAT(must(ben_.replica->check(space)), Not(IsEmpty()));
  must(ben_.replica->mend(space));
  EXPECT_THAT(must(ben_.replica->check(space)), IsEmpty());
  EXPECT_EQ(ben_.digest(space), ann_.digest(space));
}

}  // namespace
}  // namespace plenary::replica
