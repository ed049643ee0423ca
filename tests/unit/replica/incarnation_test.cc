// A restored or cloned tablet never continues a chain; where it could not know in time, the fork is seen by everybody.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

class IncarnationTest : public StoryTest {
 protected:
  // Gives `to` the notices of `from`, of one kind or all, and nothing else.
  static void pass_notices(Tablet& from, Tablet& to, const SpaceId& space, std::optional<sync::ItemKind> only = {}) {
    const auto inventory = from.replica->sync().inventory(space).value();
    for (const sync::NoticeName& name : inventory.notices) {
      if (only && name.kind != *only) continue;
      to.replica->sync().store(space, {{name.kind, from.replica->sync().notice(space, name).value(), {}, false}});
    }
  }
  // Gives `to` only what one author wrote, as a file or a hub may.
  static void pass_log(Tablet& from, Tablet& to, const SpaceId& space, const LogId& log) {
    std::vector<sync::Item> items;
    const std::vector<sync::LogWant> wants = {{log, {}}};
    for (const auto& ref : from.replica->sync().missing_segments(space, wants)) {
      items.push_back({sync::ItemKind::segment, from.replica->sync().segment(space, ref).value(), {}, false});
    }
    to.replica->sync().store(space, items);
  }
  static std::string log_of(const RecordId& id) { return id.text.substr(0, 8); }
  static LogId log_of(Tablet& tablet, const SpaceId& space, const RecordId& id) {
    const auto inventory = tablet.replica->sync().inventory(space).value();
    for (const log::Head& head : inventory.frontier) {
      if (head.log.hex().starts_with(log_of(id))) return head.log;
    }
    throw std::runtime_error("no such log");
  }
  static std::vector<std::string> open_alarms(Tablet& tablet, const SpaceId& space) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space))) kinds.push_back(alarm.kind);
    return kinds;
  }
};

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
    if (entry.path().extension() == ".plenary") {
      fs::copy(entry.path(), ann.folder / "spaces", fs::copy_options::overwrite_existing);
    }
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
