// Where a restored tablet could not know in time, its fork is seen by everybody, and the keeper settles it.
#include <gmock/gmock.h>

#include "tests/unit/replica/incarnation.h"

namespace plenary::replica {
namespace {

using testing::Contains;
using testing::Field;
using testing::Not;

TEST_F(IncarnationTest, AForkIsProvenToEverybodyAndItsAuthorBeginsAnew) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  const RecordId common = reviewer.note(space, "Before the image.");
  meet(lead, reviewer, space);
  take_image(reviewer);
  const RecordId one = reviewer.note(space, "On one branch.");
  pass_on(reviewer, lead, space);
  restore_image(reviewer);
  const RecordId other = reviewer.note(space, "On the other branch.");  // nobody could tell them
  pass_on(reviewer, colleague, space);
  EXPECT_EQ(one.text, other.text) << "the same name twice: that is a fork";

  meet(lead, colleague, space);
  meet(lead, reviewer, space);
  meet(colleague, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer, &colleague}) {
    EXPECT_THAT(open_alarms(*tablet, space), Contains("fork")) << tablet->replica->person();
    const auto notices = tablet->replica->sync().inventory(space).value().notices;
    EXPECT_THAT(notices, Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
    EXPECT_EQ(must(tablet->replica->status(space)).quarantined, 2u);
    EXPECT_EQ(must(tablet->replica->list(space, {.type = "evidence"})).size(), 1u) << "what came before the fork";
  }
  EXPECT_NE(log_of(reviewer.note(space, "After the fork.")), log_of(common));
  meet(lead, reviewer, space);
  meet(lead, colleague, space);
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 2u);
  expect_equal(space, {&lead, &reviewer, &colleague});
}

// A hub may pass on the proof and keep the other branch back.
TEST_F(IncarnationTest, TheProofOfAForkAloneIsReasonToBeginAnew) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  reviewer.note(space, "Before the image.");
  meet(lead, reviewer, space);
  take_image(reviewer);
  reviewer.note(space, "On one branch.");
  pass_on(reviewer, lead, space);
  restore_image(reviewer);
  const RecordId other = reviewer.note(space, "On the other branch.");
  pass_on(reviewer, colleague, space);
  meet(lead, colleague, space);

  pass_notices(lead, reviewer, space, sync::ItemKind::fork);

  EXPECT_NE(log_of(reviewer.note(space, "After the proof.")), log_of(other));
}

TEST_F(IncarnationTest, AForkIsProvenAlsoWhereTheOwnBranchIsSignedLast) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  reviewer.note(space, "Before the image.");
  meet(lead, reviewer, space);
  take_image(reviewer);
  reviewer.note(space, "On one branch.");
  pass_on(reviewer, lead, space);
  restore_image(reviewer);
  reviewer.note(space, "On the other branch.");  // signed when somebody asks for it

  must(reviewer.replica->import_day_end(must(lead.replica->export_day_end(space))));

  EXPECT_THAT(reviewer.replica->sync().inventory(space).value().notices,
              Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
}

// Two branches of the reviewer's log, of which the lead and the colleague have heard.
class ForkTest : public IncarnationTest {
 protected:
  void SetUp() override {
    space_ = team(lead_, {{&reviewer_, kReviewer}, {&colleague_, kReviewer}});
    reviewer_.note(space_, "Before the image.");
    meet(lead_, reviewer_, space_);
    take_image(reviewer_);
    reviewer_.note(space_, "On one branch.");
    pass_on(reviewer_, lead_, space_);
    restore_image(reviewer_);
    reviewer_.note(space_, "On the other branch.");
    pass_on(reviewer_, colleague_, space_);
    everybody_meets();
  }
  void everybody_meets() {
    for (int round = 0; round < 2; ++round) {
      meet(lead_, colleague_, space_);
      meet(lead_, reviewer_, space_);
    }
    meet(lead_, colleague_, space_);
  }
  std::vector<std::string> notes(Tablet& tablet) {
    std::vector<std::string> bodies;
    for (const RecordView& note : must(tablet.replica->list(space_, {.type = "evidence"}))) {
      bodies.push_back(note["body"].text());
    }
    return bodies;
  }

  Tablet& lead_ = tablet("Lead");
  Tablet& reviewer_ = tablet("Reviewer");
  Tablet& colleague_ = tablet("Colleague");
  SpaceId space_;
};

TEST_F(ForkTest, IsListedWithWhatEachBranchHolds) {
  const auto forks = must(colleague_.replica->forks(space_));

  ASSERT_EQ(forks.size(), 1u);
  EXPECT_EQ(forks[0].name, "Reviewer");
  EXPECT_EQ(forks[0].common, 1u);
  EXPECT_FALSE(forks[0].settled);
  ASSERT_EQ(forks[0].branches.size(), 2u);
  for (const BranchView& branch : forks[0].branches) {
    EXPECT_EQ(branch.work.notes, 1u);
    EXPECT_FALSE(branch.counts);
  }
}

TEST_F(ForkTest, GoesOnWithTheBranchThatTheKeeperNames) {
  const auto fork = must(lead_.replica->forks(space_)).at(0);
  EXPECT_EQ(colleague_.replica->name_branch(space_, fork.log, 0, Others::set_aside).error().code, ErrorCode::refused);
  EXPECT_EQ(lead_.replica->name_branch(space_, fork.log, 2, Others::set_aside).error().code,
            ErrorCode::invalid_argument);

  must(lead_.replica->name_branch(space_, fork.log, 0, Others::set_aside));
  everybody_meets();

  for (Tablet* tablet : {&lead_, &reviewer_, &colleague_}) {
    EXPECT_EQ(notes(*tablet).size(), 2u) << tablet->replica->person();
    EXPECT_EQ(must(tablet->replica->status(space_)).quarantined, 1u);
    EXPECT_THAT(open_alarms(*tablet, space_), Not(Contains("fork")));
    const auto settled = must(tablet->replica->forks(space_)).at(0);
    EXPECT_TRUE(settled.settled);
    EXPECT_EQ(std::ranges::count(settled.branches, true, &BranchView::counts), 1);
  }
  expect_equal(space_, {&lead_, &reviewer_, &colleague_});
}

TEST_F(ForkTest, CanKeepTheNotesOfAllBranches) {
  const auto fork = must(lead_.replica->forks(space_)).at(0);

  must(lead_.replica->name_branch(space_, fork.log, 1, Others::readmitted));
  everybody_meets();

  for (Tablet* tablet : {&lead_, &reviewer_, &colleague_}) {
    EXPECT_THAT(notes(*tablet),
                testing::UnorderedElementsAre("Before the image.", "On one branch.", "On the other branch."));
    EXPECT_EQ(must(tablet->replica->status(space_)).quarantined, 0u);
  }
  expect_equal(space_, {&lead_, &reviewer_, &colleague_});
}

TEST_F(ForkTest, IsProvenByAFileToWhoHoldsOneBranchOnly) {
  Tablet& newcomer = tablet("Newcomer");
  must(newcomer.replica->join(must(lead_.replica->invite(space_, kReviewer, "Newcomer"))));
  meet(lead_, newcomer, space_);

  const auto notices = newcomer.replica->sync().inventory(space_).value().notices;

  EXPECT_THAT(notices, Contains(Field(&sync::NoticeName::kind, sync::ItemKind::fork)));
  EXPECT_THAT(open_alarms(newcomer, space_), Contains("fork"));
}

}  // namespace
}  // namespace plenary::replica
