// What a tablet says of how much it has: a colleague's status names what is not here yet, and that is shown.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class FreshnessTest : public StoryTest {
 protected:
  // What the reviewer's tablet shows of the lead's.
  DeviceStatus status_of_lead() {
    for (const DeviceStatus& status : must(reviewer_.replica->device_statuses(space_))) {
      if (status.name == "Lead") return status;
    }
    ADD_FAILURE() << "Nothing is heard of the lead's tablet";
    return {};
  }
  void pass_statuses_on() {
    must(lead_.replica->export_day_end(space_));  // writes the lead's status
    const auto inventory = lead_.replica->sync().inventory(space_).value();
    for (const auto& name : inventory.notices) {
      reviewer_.replica->sync().store(space_,
                                      {{name.kind, lead_.replica->sync().notice(space_, name).value(), {}, false}});
    }
  }

  Tablet& lead_ = tablet("Lead");
  Tablet& reviewer_ = tablet("Reviewer");
  SpaceId space_ = team(lead_, {{&reviewer_, kReviewer}});
};

TEST_F(FreshnessTest, AStatusThatNamesMoreThanIsHereShowsItsTabletAhead) {
  lead_.note(space_, "Both have this.");
  meet(lead_, reviewer_, space_);
  pass_statuses_on();
  EXPECT_EQ(status_of_lead().logs_ahead, 0u);
  EXPECT_TRUE(status_of_lead().same_position);

  lead_.note(space_, "Somebody keeps this from the reviewer.");
  pass_statuses_on();

  EXPECT_EQ(status_of_lead().logs_ahead, 1u);
  EXPECT_FALSE(status_of_lead().same_position) << "that they were once at one position says nothing of now";
  pass_on(lead_, reviewer_, space_);
  EXPECT_EQ(status_of_lead().logs_ahead, 0u);
  EXPECT_TRUE(status_of_lead().same_position);
  EXPECT_TRUE(status_of_lead().same_digest);
}

TEST_F(FreshnessTest, AColleagueWhoLacksSomethingIsNotAhead) {
  meet(lead_, reviewer_, space_);
  pass_statuses_on();

  reviewer_.note(space_, "The lead does not have this yet.");

  EXPECT_EQ(status_of_lead().logs_ahead, 0u);
  EXPECT_FALSE(status_of_lead().same_position);
}

}  // namespace
}  // namespace plenary::replica
