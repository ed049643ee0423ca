// Finding R19: a keeper's tablet that was put back from a backup may lack decisions of its own, and asks first.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RestoredKeeperTest : public StoryTest {
 protected:
  void SetUp() override { space_ = team(ann_, {{&ben_, kReviewer}}); }

  // Ann decides something after the backup that is then put back.
  void restore_ann() {
    const auto backup = back_up(ann_);
    must(ann_.replica->expire(space_, 4'102'444'800'000));
    pass_on(ann_, ben_, space_);
    restore(ann_, backup);
  }
  std::size_t records(Tablet& tablet) { return tablet.replica->sync().inventory(space_).value().roster.size(); }
  std::vector<std::string> alarms(Tablet& tablet) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space_))) kinds.push_back(alarm.kind);
    return kinds;
  }
  static ErrorCode code(const auto& result) { return result ? ErrorCode::unavailable : result.error().code; }

  Tablet& ann_ = tablet("Ann");
  Tablet& ben_ = tablet("Ben");
  SpaceId space_;
};

TEST_F(RestoredKeeperTest, DecidesNothingBeforeItHasMetSomebody) {
  restore_ann();
  const std::size_t before = records(ann_);
  auto& replica = *ann_.replica;
  const DeviceKey ben = ben_.replica->device();

  const auto invited = replica.invite(space_, kReviewer, "Cai");

  ASSERT_FALSE(invited);
  EXPECT_EQ(invited.error().code, ErrorCode::not_delivered);
  EXPECT_THAT(invited.error().message, HasSubstr("put back from a copy"));
  EXPECT_THAT(invited.error().message, HasSubstr("plenary sync"));
  EXPECT_THAT(invited.error().message, HasSubstr("--anyway"));
  EXPECT_EQ(code(replica.remove(space_, ben, "")), ErrorCode::not_delivered);
  EXPECT_EQ(code(replica.change_role(space_, ben, kShadow)), ErrorCode::not_delivered);
  EXPECT_EQ(code(replica.hand_over(space_, ben)), ErrorCode::not_delivered);
  EXPECT_EQ(code(replica.rotate(space_)), ErrorCode::not_delivered);
  EXPECT_EQ(code(replica.expire(space_, 0)), ErrorCode::not_delivered);
  EXPECT_EQ(records(ann_), before);
}

// A note begins a new log, and says nothing of the roster.
TEST_F(RestoredKeeperTest, WritesNotesAllTheSameAndGoesOnWaiting) {
  restore_ann();

  ann_.note(space_, "After the restore.");
  ann_.reopen();

  EXPECT_EQ(code(ann_.replica->rotate(space_)), ErrorCode::not_delivered);
}

TEST_F(RestoredKeeperTest, DecidesAgainOnceAHubHasShownTheRoster) {
  restore_ann();

  pass_on(ben_, ann_, space_);
  ann_.replica->sync().settled(space_, {});

  must(ann_.replica->invite(space_, kReviewer, "Cai"));
  meet(ann_, ben_, space_);
  EXPECT_THAT(alarms(ann_), IsEmpty());
  EXPECT_EQ(records(ann_), records(ben_));
}

TEST_F(RestoredKeeperTest, DecidesAgainOnceAColleaguesFileHasShownTheRoster) {
  const Bytes old_file = must(ben_.replica->export_day_end(space_));
  must(ann_.replica->rotate(space_));
  restore_ann();

  must(ann_.replica->import_day_end(old_file));
  const auto still = ann_.replica->rotate(space_);
  must(ann_.replica->import_day_end(must(ben_.replica->export_day_end(space_))));

  EXPECT_EQ(code(still), ErrorCode::not_delivered) << "an older file tells nothing of what is lacking";
  must(ann_.replica->rotate(space_));
  ann_.reopen();
  must(ann_.replica->rotate(space_));
}

TEST_F(RestoredKeeperTest, DecidesAnywayWhenToldTo) {
  restore_ann();

  must(ann_.replica->decide_anyway(space_));

  must(ann_.replica->rotate(space_));
  ann_.reopen();
  must(ann_.replica->rotate(space_));
}

// Who claimed an invitation may be granted already by a record that is lacking.
TEST_F(RestoredKeeperTest, LetsNobodyInByItselfBeforeTheExchange) {
  const std::string link = must(ann_.replica->invite(space_, kReviewer, "Cai"));
  Tablet& cai = tablet("Cai");
  must(cai.replica->join(link));
  restore_ann();
  pass_on(cai, ann_, space_);

  const auto early = must(ann_.replica->ratify(space_));
  pass_on(ben_, ann_, space_);
  ann_.replica->sync().settled(space_, {});

  ASSERT_THAT(early, SizeIs(1));
  EXPECT_FALSE(early[0].granted);
  EXPECT_THAT(early[0].why_not, HasSubstr("put back from a copy"));
  EXPECT_THAT(must(ann_.replica->members(space_)), SizeIs(3));
}

TEST_F(RestoredKeeperTest, WhoTookTheSpaceOverWaitsToo) {
  must(ann_.replica->hand_over(space_, ben_.replica->device()));
  meet(ann_, ben_, space_);
  must(ben_.replica->rotate(space_));
  const auto backup = back_up(ben_);
  must(ben_.replica->rotate(space_));

  restore(ben_, backup);

  EXPECT_EQ(code(ben_.replica->rotate(space_)), ErrorCode::not_delivered);
}

TEST_F(RestoredKeeperTest, RecoversNothingBeforeTheExchangeEither) {
  const auto founded = must(ann_.replica->found_space("review_team", "Another", kLead));
  const auto backup = back_up(ann_);
  must(ann_.replica->rotate(founded.space));
  restore(ann_, backup);

  EXPECT_EQ(code(ann_.replica->recover(founded.space, founded.recovery_code)), ErrorCode::not_delivered);
  must(ann_.replica->decide_anyway(founded.space));
  must(ann_.replica->recover(founded.space, founded.recovery_code));
}

TEST_F(RestoredKeeperTest, WhoFoundedASpaceAndGoesOnIsNeverAskedTo) {
  const SpaceId another = must(ann_.replica->found_space("review_team", "Another", kLead)).space;
  ann_.reopen();
  must(ann_.replica->invite(another, kReviewer, "Cai"));
  ann_.note(another, "Between decisions.");
  ann_.reopen();
  must(ann_.replica->rotate(another));
  must(ann_.replica->rotate(another));
  ann_.reopen();

  EXPECT_TRUE(ann_.replica->rotate(another));
}

}  // namespace
}  // namespace plenary::replica
