// A restored or cloned tablet never continues a chain.
#include <gmock/gmock.h>

#include "tests/unit/replica/incarnation.h"

namespace plenary::replica {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Not;

TEST_F(IncarnationTest, GoesOnWithItsLogFromRunToRun) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});

  const RecordId first = lead.note(space, "One.");
  lead.reopen();
  const RecordId second = lead.note(space, "Two.");
  lead.reopen();
  lead.reopen();
  const RecordId third = lead.note(space, "Three.");

  EXPECT_EQ(log_of(second), log_of(first));
  EXPECT_EQ(log_of(third), log_of(first));
}

TEST_F(IncarnationTest, BeginsANewLogWhenItsFilesWereWrittenOverFromABackup) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId before = lead.note(space, "Before the backup.");
  const fs::path backup = back_up(lead);
  const RecordId lost = lead.note(space, "After it, and gone.");

  restore(lead, backup);
  const RecordId after = lead.note(space, "After the restore.");

  EXPECT_EQ(log_of(lost), log_of(before));
  EXPECT_NE(log_of(after), log_of(before));
  EXPECT_EQ(lead.get(space, before)["body"].text(), "Before the backup.");
  lead.reopen();
  EXPECT_EQ(log_of(lead.note(space, "And goes on there.")), log_of(after));
  expect_equal(space, {&lead});
}

TEST_F(IncarnationTest, BeginsANewLogWhenOneSpaceWasPutBack) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId before = lead.note(space, "Before the backup.");
  const fs::path backup = back_up(lead);
  lead.note(space, "After it, and gone.");

  lead.replica.reset();
  for (const auto& entry : fs::directory_iterator(backup / "spaces")) {
    if (entry.path().extension() == ".plenary") {
      fs::copy(entry.path(), lead.folder / "spaces", fs::copy_options::overwrite_existing);
    }
  }
  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));

  EXPECT_NE(log_of(lead.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWithoutItsMark) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId before = lead.note(space, "Before.");

  lead.replica.reset();
  for (const auto& entry : fs::directory_iterator(lead.folder / "spaces")) {
    if (entry.path().extension() == ".mark") fs::remove(entry.path());
  }
  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));

  EXPECT_NE(log_of(lead.note(space, "After.")), log_of(before));
}

TEST_F(IncarnationTest, LetsOriginalAndCopyGoOnSideBySide) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId common = reviewer.note(space, "Before the copy.");
  reviewer.replica.reset();
  Tablet& copy = tablet("Copy");
  copy.replica.reset();
  fs::remove_all(copy.folder);
  fs::copy(reviewer.folder, copy.folder, fs::copy_options::recursive);
  reviewer.replica = must(Replica::open(reviewer.folder, schema(), reviewer.environment, unlock()));
  copy.replica = must(Replica::open(copy.folder, schema(), copy.environment, unlock()));

  for (int round = 0; round < 3; ++round) {
    reviewer.note(space, "On the tablet.");
    copy.note(space, "On the copy.");
    meet(lead, reviewer, space);
    meet(lead, copy, space);
  }
  meet(lead, reviewer, space);

  EXPECT_EQ(log_of(reviewer.note(space, "Still.")), log_of(common)) << "the original keeps its log";
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 7u);
  EXPECT_EQ(must(lead.replica->status(space)).quarantined, 0u);
  EXPECT_THAT(open_alarms(reviewer, space), Contains("other_copy"));
  EXPECT_THAT(open_alarms(lead, space), Not(Contains("other_copy")));
  must(reviewer.replica->acknowledge_alarms(space));
  EXPECT_THAT(open_alarms(reviewer, space), Not(Contains("other_copy")));
  expect_equal(space, {&lead, &copy});
}

TEST_F(IncarnationTest, BeginsANewLogWhenAColleaguesStatusShowsMore) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "Before the image.");
  take_image(reviewer);
  reviewer.note(space, "Since the image.");
  meet(lead, reviewer, space);
  must(lead.replica->export_day_end(space));  // writes the lead's status

  restore_image(reviewer);
  pass_notices(lead, reviewer, space);

  EXPECT_NE(log_of(reviewer.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenAColleaguesChangesCiteMore) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "Before the image.");
  take_image(reviewer);
  reviewer.note(space, "Since the image.");
  meet(lead, reviewer, space);
  const RecordId answer = lead.note(space, "Has seen it.");

  restore_image(reviewer);
  pass_log(lead, reviewer, space, log_of(lead, space, answer));

  EXPECT_NE(log_of(reviewer.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenThePeerShowsMoreBeforeAnythingIsSent) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "Before the image.");
  take_image(reviewer);
  reviewer.note(space, "Since the image.");
  meet(lead, reviewer, space);

  restore_image(reviewer);
  reviewer.replica->sync().peer_shows(space, {}, lead.replica->sync().inventory(space).value().frontier);

  EXPECT_NE(log_of(reviewer.note(space, "After the restore.")), log_of(before));
}

TEST_F(IncarnationTest, BeginsANewLogWhenItNoLongerHoldsWhatItHadSeen) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  take_image(reviewer);
  lead.note(space, "The reviewer reads this.");
  meet(lead, reviewer, space);
  const RecordId before = reviewer.note(space, "The reviewer has seen it.");
  meet(lead, reviewer, space);

  restore_image(reviewer);
  pass_log(lead, reviewer, space, log_of(lead, space, before));  // their own log comes back, the lead's does not

  const RecordId after = reviewer.note(space, "After the restore.");
  EXPECT_NE(log_of(after), log_of(before));
  meet(lead, reviewer, space);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(IncarnationTest, ALogThatWillNotReturnIsDeclaredLost) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  const RecordId common = reviewer.note(space, "Everybody has this.");
  for (Tablet* tablet : {&lead, &colleague}) meet(*tablet, reviewer, space);
  reviewer.note(space, "The colleague alone has seen this.");
  pass_on(reviewer, colleague, space);
  const RecordId answer = colleague.note(space, "Written after that.");
  pass_log(colleague, lead, space, log_of(colleague, space, answer));
  EXPECT_EQ(must(lead.replica->status(space)).waiting, 1u);
  const auto missing = must(lead.replica->missing_logs(space));
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].name, "Reviewer");
  EXPECT_EQ(missing[0].here, 1u);
  EXPECT_EQ(missing[0].up_to, 2u);

  must(lead.replica->declare_lost(space, missing[0].log));

  EXPECT_EQ(must(lead.replica->status(space)).waiting, 0u);
  EXPECT_EQ(lead.get(space, answer)["body"].text(), "Written after that.");
  EXPECT_TRUE(must(lead.replica->missing_logs(space)).empty());
  // The tablet turns up after all: what it has beyond is set aside, and it begins anew.
  meet(lead, reviewer, space);
  meet(lead, colleague, space);
  EXPECT_EQ(must(lead.replica->status(space)).quarantined, 1u);
  EXPECT_NE(log_of(reviewer.note(space, "After the news.")), log_of(common));
  meet(lead, reviewer, space);
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 3u);
}

TEST_F(IncarnationTest, BeginsANewLogWhenItsRoleChanged) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "As a reviewer.");
  meet(lead, reviewer, space);
  const auto members = must(lead.replica->members(space));
  const auto of_reviewer = std::ranges::find(members, "Reviewer", &MemberView::name);

  must(lead.replica->change_role(space, of_reviewer->device, kShadow));
  meet(lead, reviewer, space);
  const RecordId after = reviewer.note(space, "As a shadow.");
  reviewer.reopen();
  const RecordId next = reviewer.note(space, "Still.");

  EXPECT_NE(log_of(after), log_of(before));
  EXPECT_EQ(log_of(next), log_of(after)) << "begun in the knowledge of the cut";
  meet(lead, reviewer, space);
  EXPECT_EQ(must(lead.replica->status(space)).quarantined, 0u);
  expect_equal(space, {&lead, &reviewer});
}

}  // namespace
}  // namespace plenary::replica
