// A restored or cloned tablet never continues a chain.
#include <gmock/gmock.h>

#include "tests/unit/replica/incarnation.h"

namespace plenary::replica {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Not;

TEST_F(IncarnationTest, GoesOnWithItsLogFromRunToRun) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});

  const RecordId first = ann.note(space, "One.");
  ann.reopen();
  const RecordId second = ann.note(space, "Two.");
  ann.reopen();
  ann.reopen();
  const RecordId third = ann.note(space, "Three.");

  EXPECT_EQ(log_of(second), log_of(first));
  EXPECT_EQ(log_of(third), log_of(first));
}

TEST_F(IncarnationTest, BeginsANewLogWhenItsFilesWereWrittenOverFromABackup) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId before = ann.note(space, "Before the backup.");
  const fs::path backup = back_up(ann);
  const RecordId lost = ann.note(space, "After it, and gone.");

  restore(ann, backup);
  const RecordId after = ann.note(space, "After the restore.");

  EXPECT_EQ(log_of(lost), log_of(before));
  EXPECT_NE(log_of(after), log_of(before));
  EXPECT_EQ(ann.get(space, before)["body"].text(), "Before the backup.");
  ann.reopen();
  EXPECT_EQ(log_of(ann.note(space, "And goes on there.")), log_of(after));
  expect_equal(space, {&ann});
}

TEST_F(IncarnationTest, BeginsANewLogWhenOneSpaceWasPutBack) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId before = ann.note(space, "Before the backup.");
  const fs::path backup = back_up(ann);
  ann.note(space, "After it, and gone.");

  ann.replica.reset();
  for (const auto& entry : fs::directory_iterator(backup / "spaces")) {
    if (entry.path().extension() == ".plenary") fs::copy(entry.path(), ann.folder / "spaces", kInPlace);
  }
  ann.replica = must(Replica::open(ann.folder, schema(), ann.environment, unlock()));

  EXPECT_NE(log_of(ann.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWithoutItsMark) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId before = ann.note(space, "Before.");

  ann.replica.reset();
  for (const auto& entry : fs::directory_iterator(ann.folder / "spaces")) {
    if (entry.path().extension() == ".mark") fs::remove(entry.path());
  }
  ann.replica = must(Replica::open(ann.folder, schema(), ann.environment, unlock()));

  EXPECT_NE(log_of(ann.note(space, "After.")), log_of(before));
}

TEST_F(IncarnationTest, LetsOriginalAndCopyGoOnSideBySide) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId common = ben.note(space, "Before the copy.");
  ben.replica.reset();
  Tablet& copy = tablet("Copy");
  copy.replica.reset();
  fs::remove_all(copy.folder);
  fs::copy(ben.folder, copy.folder, fs::copy_options::recursive);
  ben.replica = must(Replica::open(ben.folder, schema(), ben.environment, unlock()));
  copy.replica = must(Replica::open(copy.folder, schema(), copy.environment, unlock()));

  for (int round = 0; round < 3; ++round) {
    ben.note(space, "On the tablet.");
    copy.note(space, "On the copy.");
    meet(ann, ben, space);
    meet(ann, copy, space);
  }
  meet(ann, ben, space);

  EXPECT_EQ(log_of(ben.note(space, "Still.")), log_of(common)) << "the original keeps its log";
  EXPECT_EQ(must(ann.replica->list(space, {.type = "evidence"})).size(), 7u);
  EXPECT_EQ(must(ann.replica->status(space)).quarantined, 0u);
  EXPECT_THAT(open_alarms(ben, space), Contains("other_copy"));
  EXPECT_THAT(open_alarms(ann, space), Not(Contains("other_copy")));
  must(ben.replica->acknowledge_alarms(space));
  EXPECT_THAT(open_alarms(ben, space), Not(Contains("other_copy")));
  expect_equal(space, {&ann, &copy});
}

TEST_F(IncarnationTest, BeginsANewLogWhenAColleaguesStatusShowsMore) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "Before the image.");
  take_image(ben);
  ben.note(space, "Since the image.");
  meet(ann, ben, space);
  must(ann.replica->export_day_end(space));  // writes her status

  restore_image(ben);
  pass_notices(ann, ben, space);

  EXPECT_NE(log_of(ben.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenAColleaguesChangesCiteMore) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "Before the image.");
  take_image(ben);
  ben.note(space, "Since the image.");
  meet(ann, ben, space);
  const RecordId answer = ann.note(space, "Has seen it.");

  restore_image(ben);
  pass_log(ann, ben, space, log_of(ann, space, answer));

  EXPECT_NE(log_of(ben.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenThePeerShowsMoreBeforeAnythingIsSent) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "Before the image.");
  take_image(ben);
  ben.note(space, "Since the image.");
  meet(ann, ben, space);

  restore_image(ben);
  ben.replica->sync().peer_shows(space, {}, ann.replica->sync().inventory(space).value().frontier);

  EXPECT_NE(log_of(ben.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenItNoLongerHoldsWhatItHadSeen) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  take_image(ben);
  ann.note(space, "Ben reads this.");
  meet(ann, ben, space);
  const RecordId before = ben.note(space, "Ben has seen it.");
  meet(ann, ben, space);

  restore_image(ben);
  pass_log(ann, ben, space, log_of(ann, space, before));  // his own log comes back, hers does not

  const RecordId after = ben.note(space, "After the restore.");
  EXPECT_NE(log_of(after), log_of(before));
  meet(ann, ben, space);
  expect_equal(space, {&ann, &ben});
}

TEST_F(IncarnationTest, ALogThatWillNotReturnIsDeclaredLost) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  const RecordId common = ben.note(space, "Everybody has this.");
  for (Tablet* tablet : {&ann, &cai}) meet(*tablet, ben, space);
  ben.note(space, "Cai alone has seen this.");
  pass_on(ben, cai, space);
  const RecordId answer = cai.note(space, "Written after that.");
  pass_log(cai, ann, space, log_of(cai, space, answer));
  EXPECT_EQ(must(ann.replica->status(space)).waiting, 1u);
  const auto missing = must(ann.replica->missing_logs(space));
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].name, "Ben");
  EXPECT_EQ(missing[0].here, 1u);
  EXPECT_EQ(missing[0].up_to, 2u);

  must(ann.replica->declare_lost(space, missing[0].log));

  EXPECT_EQ(must(ann.replica->status(space)).waiting, 0u);
  EXPECT_EQ(ann.get(space, answer)["body"].text(), "Written after that.");
  EXPECT_TRUE(must(ann.replica->missing_logs(space)).empty());
  // The tablet turns up after all: what it has beyond is set aside, and it begins anew.
  meet(ann, ben, space);
  meet(ann, cai, space);
  EXPECT_EQ(must(ann.replica->status(space)).quarantined, 1u);
  EXPECT_NE(log_of(ben.note(space, "After the news.")), log_of(common));
  meet(ann, ben, space);
  EXPECT_EQ(must(ann.replica->list(space, {.type = "evidence"})).size(), 3u);
}

TEST_F(IncarnationTest, BeginsANewLogWhenItsRoleChanged) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "As a reviewer.");
  meet(ann, ben, space);
  const auto members = must(ann.replica->members(space));
  const auto of_ben = std::ranges::find(members, "Ben", &MemberView::name);

  must(ann.replica->change_role(space, of_ben->device, kShadow));
  meet(ann, ben, space);
  const RecordId after = ben.note(space, "As a shadow.");
  ben.reopen();
  const RecordId next = ben.note(space, "Still.");

  EXPECT_NE(log_of(after), log_of(before));
  EXPECT_EQ(log_of(next), log_of(after)) << "begun in the knowledge of the cut";
  meet(ann, ben, space);
  EXPECT_EQ(must(ann.replica->status(space)).quarantined, 0u);
  expect_equal(space, {&ann, &ben});
}

}  // namespace
}  // namespace plenary::replica
