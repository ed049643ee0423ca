// What a tablet says of how much it has: a colleague's status names what is not here yet, and that is shown.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class FreshnessTest : public StoryTest {
 protected:
  // What Ben's tablet shows of Ann's.
  DeviceStatus status_of_ann() {
    for (const DeviceStatus& status : must(ben_.replica->device_statuses(space_))) {
      if (status.name == "Ann") return status;
    }
    ADD_FAILURE() << "Nothing is heard of Ann's tablet";
    return {};
  }
  void pass_statuses_on() {
    must(ann_.replica->export_day_end(space_));  // writes her status
    const auto inventory = ann_.replica->sync().inventory(space_).value();
    for (const auto& name : inventory.notices) {
      ben_.replica->sync().store(space_, {{name.kind, ann_.replica->sync().notice(space_, name).value(), {}, false}});
    }
  }

  Tablet& ann_ = tablet("Ann");
  Tablet& ben_ = tablet("Ben");
  SpaceId space_ = team(ann_, {{&ben_, kReviewer}});
};

TEST_F(FreshnessTest, AStatusThatNamesMoreThanIsHereShowsItsTabletAhead) {
  ann_.note(space_, "Both have this.");
  meet(ann_, ben_, space_);
  pass_statuses_on();
  EXPECT_EQ(status_of_ann().logs_ahead, 0u);
  EXPECT_TRUE(status_of_ann().same_position);

  ann_.note(space_, "Somebody keeps this from Ben.");
  pass_statuses_on();

  EXPECT_EQ(status_of_ann().logs_ahead, 1u);
  EXPECT_FALSE(status_of_ann().same_position) << "that they were once at one position says nothing of now";
  pass_on(ann_, ben_, space_);
  EXPECT_EQ(status_of_ann().logs_ahead, 0u);
  EXPECT_TRUE(status_of_ann().same_position);
  EXPECT_TRUE(status_of_ann().same_digest);
}

TEST_F(FreshnessTest, AColleagueWhoLacksSomethingIsNotAhead) {
  meet(ann_, ben_, space_);
  pass_statuses_on();

  ben_.note(space_, "Ann does not have this yet.");

  EXPECT_EQ(status_of_ann().logs_ahead, 0u);
  EXPECT_FALSE(status_of_ann().same_position);
}

}  // namespace
}  // namespace plenary::replica
