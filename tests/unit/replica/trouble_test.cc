// What goes wrong on a tablet, and that nothing confirmed is lost by it.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "core/sqlite/statement.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class TroubleTest : public StoryTest {
 protected:
  static std::filesystem::path space_file(const Tablet& tablet, const SpaceId& space) {
    return tablet.folder / "spaces" / (to_hex(space.span().first(16)) + ".plenary");
  }
};

TEST_F(TroubleTest, LosesNothingConfirmedWhenItIsKilled) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  lead.replica.reset();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);

  const pid_t child = ::fork();
  if (child == 0) {
    // Says the id of each note once it is confirmed, and never stops by itself.
    StoryEnvironment environment(77);
    auto replica = Replica::open(lead.folder, schema(), environment, unlock());
    for (int i = 0; replica && i < 1'000'000; ++i) {
      const auto edit = (*replica)->edit(space);
      const auto id = edit->create("evidence");
      if (!id || !edit->set_text(*id, "body", "Note " + std::to_string(i)) || !edit->commit()) break;
      const std::string line = id->text + "\n";
      if (::write(pipe_ends[1], line.data(), line.size()) < 0) break;
    }
    ::_exit(1);
  }
  ::close(pipe_ends[1]);
  std::string confirmed;
  char buffer[256];
  while (std::ranges::count(confirmed, '\n') < 40) {
    const auto count = ::read(pipe_ends[0], buffer, sizeof buffer);
    ASSERT_GT(count, 0) << "the child ended by itself";
    confirmed.append(buffer, static_cast<std::size_t>(count));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (ssize_t count = 0; (count = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
    confirmed.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(pipe_ends[0]);

  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));
  std::istringstream lines(confirmed);
  int number = 0;
  for (std::string id; std::getline(lines, id); ++number) {
    EXPECT_EQ(lead.get(space, {id})["body"].text(), "Note " + std::to_string(number));
  }
  EXPECT_GE(number, 40);
  lead.note(space, "After the accident.");
  expect_equal(space, {&lead});
}

TEST_F(TroubleTest, TellsASecondProgramThatTheProfileIsOpen) {
  Tablet& lead = tablet("Lead");

  const auto second = Replica::open(lead.folder, schema(), lead.environment, unlock());

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_THAT(second.error().message, testing::HasSubstr("is open in another program"));
}

TEST_F(TroubleTest, RefusesAFolderOfANewerVersionAndLeavesItAlone) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  lead.replica.reset();
  {
    OpenedFile file(space_file(lead, space));
    (*file).configure("PRAGMA user_version = 99");
  }

  const auto opened = Replica::open(lead.folder, schema(), lead.environment, unlock());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
}

TEST_F(TroubleTest, RefusesAProfileOfANewerVersionAndLeavesItAlone) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Written before.");
  lead.replica.reset();
  const auto set_version = [&](sqlite::Sql sql) { (*OpenedFile(lead.folder / "profile.plenary")).configure(sql); };
  set_version("PRAGMA user_version = 99");

  const auto opened = Replica::open(lead.folder, schema(), lead.environment, unlock());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
  set_version("PRAGMA user_version = 1");
  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));
  EXPECT_EQ(lead.get(space, id)["body"].text(), "Written before.");
}

TEST_F(TroubleTest, RefusesAFolderThatIsNoProfile) {
  StoryEnvironment environment(1);

  EXPECT_EQ(Replica::open(folder_.path() / "nowhere", schema(), environment, unlock()).error().code,
            ErrorCode::not_found);
  std::filesystem::create_directories(folder_.path() / "full");
  std::ofstream(folder_.path() / "full" / "letter.txt") << "Dear all";
  EXPECT_EQ(Replica::create(folder_.path() / "full", "Lead", schema(), environment, unlock()).error().code,
            ErrorCode::conflict);
}

// Room on the disk is taken away by limiting how large a file may become.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(TroubleTest, TakesAnEditBackOnAFullDiskAndGoesOnWhenThereIsRoom) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId before = lead.note(space, "There was room.");
  {
    const FullDisk full(4096);
    const auto edit = lead.replica->edit(space);
    const RecordId id = must(edit->create("evidence"));
    must(edit->set_text(id, "body", "There was none."));
    EXPECT_THROW((void)edit->commit(), sqlite::Failure);
  }

  EXPECT_EQ(lead.get(space, before)["body"].text(), "There was room.");
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 1u);
  const RecordId after = lead.note(space, "There is room again.");
  EXPECT_EQ(lead.get(space, after)["body"].text(), "There is room again.");
  expect_equal(space, {&lead});
  lead.reopen();
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 2u);
}

// Found by the simulator: the tablet believed that a head was signed whose signature the full disk had not taken, and
// handed its changes over only after it was started anew.
TEST_F(TroubleTest, HandsOverWhatItCouldNotSignOnAFullDisk) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  lead.note(space, "To be handed over.");
  {
    const FullDisk full(4096);
    EXPECT_THROW((void)lead.replica->sync().inventory(space), sqlite::Failure);
  }

  const auto inventory = lead.replica->sync().inventory(space).value();

  ASSERT_EQ(inventory.frontier.size(), 1u);
  const sync::LogWant want{inventory.frontier[0].log, {}};
  EXPECT_EQ(lead.replica->sync().missing_segments(space, {&want, 1}).size(), 1u);
}

TEST_F(TroubleTest, BeginsANewLogOnAClonedTablet) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  reviewer.note(space, "Before the copy.");
  reviewer.replica.reset();
  std::filesystem::copy(reviewer.folder, folder_.path() / "copy", std::filesystem::copy_options::recursive);
  reviewer.replica = must(Replica::open(reviewer.folder, schema(), reviewer.environment, unlock()));
  StoryEnvironment environment(99);
  auto clone = must(Replica::open(folder_.path() / "copy", schema(), environment, unlock()));

  const RecordId original = reviewer.note(space, "On the tablet.");
  const auto edit = clone->edit(space);
  const RecordId copied = must(edit->create("evidence"));
  must(edit->set_text(copied, "body", "On the copy."));
  must(edit->commit());
  must(lead.replica->import_day_end(must(clone->export_day_end(space))));
  meet(lead, reviewer, space);

  EXPECT_EQ(lead.get(space, original)["body"].text(), "On the tablet.");
  EXPECT_EQ(lead.get(space, copied)["body"].text(), "On the copy.");
  EXPECT_EQ(must(lead.replica->status(space)).quarantined, 0u);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(TroubleTest, BeginsANewLogWhenAColleagueHoldsMoreOfItsOwn) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  reviewer.replica.reset();
  std::filesystem::copy(reviewer.folder / "spaces", folder_.path() / "backup",
                        std::filesystem::copy_options::recursive);
  reviewer.replica = must(Replica::open(reviewer.folder, schema(), reviewer.environment, unlock()));
  const RecordId lost = reviewer.note(space, "Since the backup.");
  meet(lead, reviewer, space);
  reviewer.replica.reset();
  std::filesystem::remove_all(reviewer.folder / "spaces");
  std::filesystem::copy(folder_.path() / "backup", reviewer.folder / "spaces",
                        std::filesystem::copy_options::recursive);
  reviewer.replica = must(Replica::open(reviewer.folder, schema(), reviewer.environment, unlock()));

  meet(lead, reviewer, space);
  const RecordId next = reviewer.note(space, "After the restore.");
  meet(lead, reviewer, space);

  EXPECT_EQ(reviewer.get(space, lost)["body"].text(), "Since the backup.");
  EXPECT_NE(next.text.substr(0, 8), lost.text.substr(0, 8)) << "another log";
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(TroubleTest, FindsATableThatWasTamperedWith) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Untouched.");
  lead.replica.reset();
  {
    OpenedFile file(space_file(lead, space));
    sqlite::Transaction transaction(*file);
    transaction.execute("UPDATE evidence SET body = 'Touched.'");
    transaction.commit();
  }
  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));

  const auto differences = must(lead.replica->check(space));

  ASSERT_EQ(differences.size(), 1u);
  EXPECT_THAT(differences[0], testing::HasSubstr(id.text));
}

TEST_F(TroubleTest, KeepsWhatANewerVersionWroteAndShowsItAfterTheUpgrade) {
  merge::Schema newer = story_schema();
  newer.newest = 2;
  merge::Field weather = newer.types.at(1).fields.at(5);
  weather.number = 20;
  weather.name = "weather";
  weather.since = 2;
  newer.types.at(1).fields.emplace(20, weather);
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  lead.replica.reset();
  lead.replica = must(Replica::open(lead.folder, newer, lead.environment, unlock()));
  const RecordId id = lead.note(space, "Outside.");
  lead.set(space, id, "weather", "rain");

  meet(lead, reviewer, space);
  EXPECT_EQ(reviewer.get(space, id)["body"].text(), "Outside.");
  EXPECT_TRUE(reviewer.get(space, id)["weather"].empty());
  reviewer.replica.reset();
  reviewer.replica = must(Replica::open(reviewer.folder, newer, reviewer.environment, unlock()));

  EXPECT_EQ(reviewer.get(space, id)["weather"].text(), "rain");
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(TroubleTest, PassesOnARecordOfATypeThatOnlyNewerVersionsKnow) {
  merge::Schema newer = story_schema();
  newer.newest = 2;
  merge::RecordType weather = newer.types.at(2);
  weather.number = 50;
  weather.name = "weather";
  weather.since = 2;
  newer.types.emplace(50, weather);
  Tablet& lead = tablet("Lead");
  Tablet& relay = tablet("Reviewer");
  Tablet& other = tablet("Shadow");
  const SpaceId space = team(lead, {{&relay, kReviewer}, {&other, kShadow}});
  for (Tablet* tablet : {&lead, &other}) {
    tablet->replica.reset();
    tablet->replica = must(Replica::open(tablet->folder, newer, tablet->environment, unlock()));
  }
  const auto edit = lead.replica->edit(space);
  const RecordId id = must(edit->create("weather"));
  must(edit->set_text(id, "statement", "Rain all day."));
  must(edit->commit());

  pass_on(lead, relay, space);
  EXPECT_EQ(relay.replica->get(space, id).error().code, ErrorCode::unsupported);
  EXPECT_THAT(must(relay.replica->check(space)), testing::IsEmpty());
  pass_on(relay, other, space);
  relay.replica.reset();
  relay.replica = must(Replica::open(relay.folder, newer, relay.environment, unlock()));

  EXPECT_EQ(other.get(space, id)["statement"].text(), "Rain all day.");
  EXPECT_EQ(relay.get(space, id)["statement"].text(), "Rain all day.");
  expect_equal(space, {&lead, &relay, &other});
}

}  // namespace
}  // namespace plenary::replica
