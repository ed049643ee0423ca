// Damage to one space's file harms that space, is said in words, and changes nothing on the disk.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_content(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// The lead's tablet with two spaces and a note in each.
class DamagedSpaceTest : public StoryTest {
 protected:
  void SetUp() override {
    lead_ = &tablet("Lead");
    team_ = must(lead_->replica->found_space("review_team", "Team", kLead)).space;
    host_ = must(lead_->replica->found_space("host_school", "School", kLead)).space;
    note_ = lead_->note(team_, "In the team's space.");
    other_note_ = lead_->note(host_, "In the school's space.");
  }

  std::filesystem::path file() const {
    return lead_->folder / "spaces" / (to_hex(team_.span().first(16)) + ".plenary");
  }
  std::filesystem::path log() const { return file().string() + "-wal"; }
  static void flip(const std::filesystem::path& path, std::size_t at) {
    std::string content = content_of(path);
    content.at(at) ^= 1;
    write_content(path, content);
  }
  // The files as they are now, as if the program had ended here.
  void kill() {
    const std::string database = content_of(file()), log_content = content_of(log());
    lead_->replica.reset();
    write_content(file(), database);
    write_content(log(), log_content);
  }
  void expect_the_team_damaged_and_the_rest_well() {
    lead_->reopen();
    ASSERT_THAT(lead_->replica->damaged_spaces(), SizeIs(1));
    const DamagedSpace& damaged = lead_->replica->damaged_spaces().front();
    EXPECT_EQ(damaged.file, file());
    EXPECT_TRUE(team_.hex().starts_with(damaged.digits));
    EXPECT_THAT(damaged.error.message, HasSubstr(file().string() + " is damaged"));
    EXPECT_THAT(damaged.error.message, HasSubstr("Put a backup"));
    EXPECT_THAT(lead_->replica->spaces(), SizeIs(1));
    EXPECT_EQ(lead_->replica->get(team_, note_).error(), damaged.error);
    EXPECT_EQ(lead_->replica->edit(team_)->create("evidence").error(), damaged.error);
    EXPECT_EQ(lead_->get(host_, other_note_)["body"].text(), "In the school's space.");
    lead_->note(host_, "Written meanwhile.");
  }

  Tablet* lead_ = nullptr;
  SpaceId team_, host_;
  RecordId note_, other_note_;
};

TEST_F(DamagedSpaceTest, AFileDamagedAtItsBeginningIsNeitherSetAsideNorLeftOut) {
  lead_->replica.reset();
  const std::string good = content_of(file());

  for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{4000}, std::size_t{5000}}) {
    write_content(file(), good);
    flip(file(), at);
    const std::string damaged = content_of(file());
    expect_the_team_damaged_and_the_rest_well();
    lead_->replica.reset();
    EXPECT_EQ(content_of(file()), damaged);
  }
  write_content(file(), good);
  lead_->reopen();
  EXPECT_EQ(lead_->get(team_, note_)["body"].text(), "In the team's space.");
}

TEST_F(DamagedSpaceTest, AFileThatIsNoSealedOneIsNeitherSetAsideNorLeftOut) {
  lead_->replica.reset();

  write_content(file(), "SQLite format 3, and then a letter to my aunt" + std::string(8000, '.'));

  expect_the_team_damaged_and_the_rest_well();
}

TEST_F(DamagedSpaceTest, ALogThatAKilledProgramLeftIsNotLeftOut) {
  kill();
  flip(log(), 32 + 24 + 1000);
  const std::string damaged = content_of(log());

  expect_the_team_damaged_and_the_rest_well();
  EXPECT_THAT(lead_->replica->damaged_spaces().front().error.message, HasSubstr("-wal was altered"));

  lead_->replica.reset();
  EXPECT_EQ(content_of(log()), damaged);
}

TEST_F(DamagedSpaceTest, AnEmptiedFileBesideALogIsNotTakenForANewOne) {
  kill();
  std::filesystem::resize_file(file(), 0);
  const std::string log_content = content_of(log());

  expect_the_team_damaged_and_the_rest_well();

  lead_->replica.reset();
  EXPECT_EQ(content_of(log()), log_content);
}

TEST_F(DamagedSpaceTest, AFileWhoseMakingWasNotCompletedIsSetAside) {
  const auto begun = lead_->folder / "spaces" / (std::string(32, '7') + ".plenary");
  write_content(begun, "");

  lead_->reopen();

  EXPECT_THAT(lead_->replica->damaged_spaces(), IsEmpty());
  EXPECT_THAT(lead_->replica->spaces(), SizeIs(2));
  EXPECT_TRUE(std::filesystem::exists(begun.string() + ".incomplete"));
}

TEST_F(DamagedSpaceTest, JoiningADamagedSpaceAgainSaysThatItIsDamaged) {
  const std::string link = must(lead_->replica->invite(team_, kReviewer, "Lead"));
  lead_->replica.reset();
  flip(file(), 100);
  lead_->reopen();

  const auto joined = lead_->replica->join(link);

  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error(), lead_->replica->damaged_spaces().front().error);
}

}  // namespace
}  // namespace plenary::replica
