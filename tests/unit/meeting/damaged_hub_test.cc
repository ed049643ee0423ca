// A hub's disk goes bad. A flipped bit anywhere in its database is an error, or is repaired by those who have what was
// damaged; it is never taken for something that somebody wrote.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

namespace fs = std::filesystem;

class DamagedHubTest : public StoryTest {
 protected:
  std::string database() const {
    std::ifstream file(hub_.folder() / "hub.db", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void overwrite(const std::string& bytes) {
    for (const char* rest : {"hub.db-wal", "hub.db-shm"}) fs::remove(hub_.folder() / rest);
    std::ofstream(hub_.folder() / "hub.db", std::ios::binary) << bytes;
  }
  static std::set<std::string> notes(Tablet& tablet, const SpaceId& space) {
    std::set<std::string> bodies;
    for (const RecordView& note : must(tablet.replica->list(space, {.type = "evidence"}))) {
      bodies.insert(note["body"].text());
    }
    return bodies;
  }
  enum class Outcome : std::uint8_t { error, told, whole };
  // How it goes for a tablet that has nothing yet.
  Outcome meet_as_newcomer(Tablet& newcomer, const SpaceId& space, const std::set<std::string>& all) {
    try {
      hub_.start();
      const auto events = hub_.meet(newcomer, space);
      const std::set<std::string> seen = notes(newcomer, space);
      EXPECT_TRUE(std::ranges::includes(all, seen)) << "somebody wrote what nobody wrote";
      if (seen == all) return Outcome::whole;
      const bool is_told = std::ranges::any_of(events, [](const sync::Event& event) {
        return event.kind == sync::Event::Kind::refused || event.kind == sync::Event::Kind::alarm ||
               event.kind == sync::Event::Kind::closed;
      });
      EXPECT_TRUE(is_told) << "something is lacking, and nobody is told";
      return Outcome::told;
    } catch (const sqlite::Failure& failure) {
      EXPECT_EQ(failure.kind(), sqlite::Failure::Kind::corrupt) << failure.what();
      return Outcome::error;
    }
  }

  HubOnDisk hub_{folder_.path() / "hub"};
};

TEST_F(DamagedHubTest, AFlippedBitAnywhereIsAnErrorAndNeverData) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& newcomer = tablet("Newcomer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&newcomer, kReviewer}});
  for (int i = 0; i < 12; ++i) {
    lead.note(space, "Lead saw " + std::to_string(i) + std::string(static_cast<std::size_t>(i) * 40, '.'));
    reviewer.note(space, "Reviewer heard " + std::to_string(i));
    hub_.meet(i % 2 == 0 ? lead : reviewer, space);
  }
  hub_.meet(lead, space);
  hub_.meet(reviewer, space);
  const std::set<std::string> all = notes(lead, space);
  hub_.stop();
  const std::string whole = database();

  std::map<Outcome, int> outcomes;
  for (std::size_t at = 0; at < whole.size(); at += 499) {
    SCOPED_TRACE("byte " + std::to_string(at));
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    overwrite(flipped);
    take_image(newcomer);
    ++outcomes[meet_as_newcomer(newcomer, space, all)];
    hub_.abandon();
    restore_image(newcomer);
  }

  EXPECT_EQ(outcomes[Outcome::told], 0) << "a page that is read is checked";
  EXPECT_GT(outcomes[Outcome::error], outcomes[Outcome::whole]);
}

TEST_F(DamagedHubTest, HealsOnceItsBackupWasPutBack) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  hub_.meet(lead, space);
  hub_.database().copy_to(folder_.path() / "backup.db");
  lead.note(space, "After the backup.");
  hub_.meet(lead, space);
  hub_.stop();
  std::string damaged = database();
  for (std::size_t at = 600; at < damaged.size(); at += 1024) damaged[at] = static_cast<char>(damaged[at] ^ 4);
  overwrite(damaged);
  EXPECT_THROW(hub_.start(), sqlite::Failure);
  hub_.abandon();

  fs::copy(folder_.path() / "backup.db", hub_.folder() / "hub.db", fs::copy_options::overwrite_existing);
  hub_.start();
  hub_.meet(lead, space);
  hub_.meet(reviewer, space);

  EXPECT_THAT(notes(reviewer, space), testing::Contains("After the backup."));
  hub_.meet(lead, space);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(DamagedHubTest, HealsWithoutABackupByWhatTabletsHold) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  reviewer.note(space, "Was handed over.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);
  const std::uint64_t epoch = hub_.reader().head(space)->epoch;
  hub_.stop();
  fs::remove(hub_.folder() / "hub.db");

  hub_.start();
  hub_.meet(lead, space);
  lead.note(space, "Since then.");
  hub_.meet(lead, space);
  hub_.meet(reviewer, space);

  EXPECT_GT(hub_.reader().head(space)->epoch, epoch);
  EXPECT_THAT(notes(reviewer, space), testing::UnorderedElementsAre("Was handed over.", "Since then."));
  hub_.meet(lead, space);
  expect_equal(space, {&lead, &reviewer});
}

}  // namespace
}  // namespace plenary::replica
