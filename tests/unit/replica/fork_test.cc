// Where a restored tablet could not know in time, its fork is seen by everybody, and the keeper settles it.
#include <gmock/gmock.h>

#include "tests/unit/replica/incarnation.h"

namespace plenary::replica {
namespace {

using testing::Contains;
using testing::Field;
using testing::Not;

TEST_F(IncarnationTest, AForkIsProvenToEverybodyAndItsAuthorBeginsAnew) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  const RecordId common = ben.note(space, "Before the image.");
  meet(ann, ben, space);
  take_image(ben);
  const RecordId one = ben.note(space, "On one branch.");
  pass_on(ben, ann, space);
  restore_image(ben);
  const RecordId other = ben.note(space, "On the other branch.");  // nobody could tell him
  pass_on(ben, cai, space);
  EXPECT_EQ(one.text, other.text) << "the same name twice: that is a fork";

  meet(ann, cai, space);
  meet(ann, ben, space);
  meet(cai, ben, space);

  for (Tablet* tablet : {&ann, &ben, &cai}) {
    EXPECT_THAT(open_alarms(*tablet, space), Contains("fork")) << tablet->replica->person();
    const auto notices = tablet->replica->sync().inventory(space).value().notices;
    EXPECT_THAT(notices, Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
    EXPECT_EQ(must(tablet->replica->status(space)).quarantined, 2u);
    EXPECT_EQ(must(tablet->replica->list(space, {.type = "evidence"})).size(), 1u) << "what came before the fork";
  }
  EXPECT_NE(log_of(ben.note(space, "After the fork.")), log_of(common));
  meet(ann, ben, space);
  meet(ann, cai, space);
  EXPECT_EQ(must(ann.replica->list(space, {.type = "evidence"})).size(), 2u);
  expect_equal(space, {&ann, &ben, &cai});
}

// A hub may pass on the proof and keep the other branch back.
TEST_F(IncarnationTest, TheProofOfAForkAloneIsReasonToBeginAnew) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  ben.note(space, "Before the image.");
  meet(ann, ben, space);
  take_image(ben);
  ben.note(space, "On one branch.");
  pass_on(ben, ann, space);
  restore_image(ben);
  const RecordId other = ben.note(space, "On the other branch.");
  pass_on(ben, cai, space);
  meet(ann, cai, space);

  pass_notices(ann, ben, space, sync::ItemKind::fork);

  EXPECT_NE(log_of(ben.note(space, "After the proof.")), log_of(other));
}

TEST_F(IncarnationTest, AForkIsProvenAlsoWhereTheOwnBranchIsSignedLast) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  ben.note(space, "Before the image.");
  meet(ann, ben, space);
  take_image(ben);
  ben.note(space, "On one branch.");
  pass_on(ben, ann, space);
  restore_image(ben);
  ben.note(space, "On the other branch.");  // signed when somebody asks for it

  must(ben.replica->import_day_end(must(ann.replica->export_day_end(space))));

  EXPECT_THAT(ben.replica->sync().inventory(space).value().notices,
              Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
}

// Two branches of Ben's log, of which Ann and Cai have heard.
class ForkTest : public IncarnationTest {
 protected:
  void SetUp() override {
    space_ = team(ann_, {{&ben_, kReviewer}, {&cai_, kReviewer}});
    ben_.note(space_, "Before the image.");
    meet(ann_, ben_, space_);
    take_image(ben_);
    ben_.note(space_, "On one branch.");
    pass_on(ben_, ann_, space_);
    restore_image(ben_);
    ben_.note(space_, "On the other branch.");
    pass_on(ben_, cai_, space_);
    everybody_meets();
  }
  void everybody_meets() {
    for (int round = 0; round < 2; ++round) {
      meet(ann_, cai_, space_);
      meet(ann_, ben_, space_);
    }
    meet(ann_, cai_, space_);
  }
  std::vector<std::string> notes(Tablet& tablet) {
    std::vector<std::string> bodies;
    for (const RecordView& note : must(tablet.replica->list(space_, {.type = "evidence"}))) {
      bodies.push_back(note["body"].text());
    }
    return bodies;
  }

  Tablet& ann_ = tablet("Ann");
  Tablet& ben_ = tablet("Ben");
  Tablet& cai_ = tablet("Cai");
  SpaceId space_;
};

TEST_F(ForkTest, IsListedWithWhatEachBranchHolds) {
  const auto forks = must(cai_.replica->forks(space_));

  ASSERT_EQ(forks.size(), 1u);
  EXPECT_EQ(forks[0].name, "Ben");
  EXPECT_EQ(forks[0].common, 1u);
  EXPECT_FALSE(forks[0].settled);
  ASSERT_EQ(forks[0].branches.size(), 2u);
  for (const BranchView& branch : forks[0].branches) {
    EXPECT_EQ(branch.work.notes, 1u);
    EXPECT_FALSE(branch.counts);
  }
}

TEST_F(ForkTest, GoesOnWithTheBranchThatTheKeeperNames) {
  const auto fork = must(ann_.replica->forks(space_)).at(0);
  EXPECT_EQ(cai_.replica->name_branch(space_, fork.log, 0, Others::set_aside).error().code, ErrorCode::refused);
  EXPECT_EQ(ann_.replica->name_branch(space_, fork.log, 2, Others::set_aside).error().code,
            ErrorCode::invalid_argument);

  must(ann_.replica->name_branch(space_, fork.log, 0, Others::set_aside));
  everybody_meets();

  for (Tablet* tablet : {&ann_, &ben_, &cai_}) {
    EXPECT_EQ(notes(*tablet).size(), 2u) << tablet->replica->person();
    EXPECT_EQ(must(tablet->replica->status(space_)).quarantined, 1u);
    EXPECT_THAT(open_alarms(*tablet, space_), Not(Contains("fork")));
    const auto settled = must(tablet->replica->forks(space_)).at(0);
    EXPECT_TRUE(settled.settled);
    EXPECT_EQ(std::ranges::count(settled.branches, true, &BranchView::counts), 1);
  }
  expect_equal(space_, {&ann_, &ben_, &cai_});
}

TEST_F(ForkTest, CanKeepTheNotesOfAllBranches) {
  const auto fork = must(ann_.replica->forks(space_)).at(0);

  must(ann_.replica->name_branch(space_, fork.log, 1, Others::readmitted));
  everybody_meets();

  for (Tablet* tablet : {&ann_, &ben_, &cai_}) {
    EXPECT_THAT(notes(*tablet),
                testing::UnorderedElementsAre("Before the image.", "On one branch.", "On the other branch."));
    EXPECT_EQ(must(tablet->replica->status(space_)).quarantined, 0u);
  }
  expect_equal(space_, {&ann_, &ben_, &cai_});
}

TEST_F(ForkTest, IsProvenByAFileToWhoHoldsOneBranchOnly) {
  Tablet& dee = tablet("Dee");
  must(dee.replica->join(must(ann_.replica->invite(space_, kReviewer, "Dee"))));
  meet(ann_, dee, space_);

  const auto notices = dee.replica->sync().inventory(space_).value().notices;

  EXPECT_THAT(notices, Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
  EXPECT_THAT(open_alarms(dee, space_), Contains("fork"));
}

}  // namespace
}  // namespace plenary::replica
