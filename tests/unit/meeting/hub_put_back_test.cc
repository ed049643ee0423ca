// A hub whose database was put back from a backup heals by itself; one that forgets or forks on purpose is caught.
#include <gmock/gmock.h>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::IsEmpty;

class HubPutBackTest : public StoryTest {
 protected:
  // A consistent copy of the hub's database, as a backup makes it.
  void back_up() {
    fs::remove(backup_);
    hub_.database().copy_to(backup_);
  }
  void put_back() {
    hub_.stop();
    for (const char* rest : {"hub.db-wal", "hub.db-shm"}) fs::remove(hub_.folder() / rest);
    fs::copy(backup_, hub_.folder() / "hub.db", fs::copy_options::overwrite_existing);
    hub_.start();
  }
  // Also the mark, as an image of the whole disk does.
  void put_image_back() {
    const fs::path kept = hub_.folder() / "kept.mark";
    hub_.stop();
    for (const char* rest : {"hub.db-wal", "hub.db-shm"}) fs::remove(hub_.folder() / rest);
    fs::copy(backup_, hub_.folder() / "hub.db", fs::copy_options::overwrite_existing);
    fs::remove(hub_.folder() / "hub.mark");
    fs::rename(kept, hub_.folder() / "hub.mark");
    hub_.start();
  }
  void keep_mark() { fs::create_hard_link(hub_.folder() / "hub.mark", hub_.folder() / "kept.mark"); }
  static std::vector<std::string> alarms(Tablet& tablet, const SpaceId& space, bool only_open) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space))) kinds.push_back(alarm.kind);
    if (only_open) return kinds;
    for (const AlarmView& alarm : must(tablet.replica->past_alarms(space))) kinds.push_back(alarm.kind);
    return kinds;
  }
  std::size_t notes_from_hub_alone(Tablet& lead, const SpaceId& space) {
    Tablet& late = tablet("Late");
    must(late.replica->join(must(lead.replica->invite(space, kReviewer, "Late"))));
    for (int i = 0; i < 2; ++i) {
      hub_.meet(lead, space);
      hub_.meet(late, space);
    }
    return must(late.replica->list(space, {.type = "evidence"})).size();
  }

  const fs::path backup_ = folder_.path() / "hub-backup.db";
  HubOnDisk hub_{folder_.path() / "hub"};
};

TEST_F(HubPutBackTest, ARestartedHubGoesOnInItsEpoch) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  hub_.meet(lead, space);
  const auto before = hub_.reader().head(space).value();

  hub_.stop();
  hub_.start();
  lead.note(space, "Next.");
  hub_.meet(lead, space);

  EXPECT_EQ(hub_.reader().head(space)->epoch, before.epoch);
  EXPECT_THAT(alarms(lead, space, false), IsEmpty());
}

TEST_F(HubPutBackTest, AHubPutBackFromABackupOpensAnEpochAndDevicesSendAgain) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  lead.note(space, "In the backup.");
  hub_.meet(lead, space);
  hub_.meet(reviewer, space);
  back_up();
  reviewer.note(space, "After the backup.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);

  put_back();
  EXPECT_GT(hub_.reader().head(space)->epoch, 1u);
  hub_.meet(lead, space);

  EXPECT_THAT(alarms(lead, space, false), Contains("hub_restored"));
  EXPECT_THAT(alarms(lead, space, true), IsEmpty()) << "nothing for people to do";
  EXPECT_EQ(notes_from_hub_alone(lead, space), 2u);
}

TEST_F(HubPutBackTest, OneBackupMayBePutBackTwice) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  hub_.meet(lead, space);
  back_up();

  for (int again = 0; again < 2; ++again) {
    lead.note(space, "After the backup.");
    hub_.meet(lead, space);
    put_back();
    hub_.meet(lead, space);
  }

  EXPECT_THAT(alarms(lead, space, true), IsEmpty());
  EXPECT_EQ(notes_from_hub_alone(lead, space), 2u);
}

TEST_F(HubPutBackTest, WhereTheHubCannotKnowADeviceRemindsIt) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  lead.note(space, "In the image.");
  hub_.meet(lead, space);
  hub_.meet(lead, space);
  back_up();
  keep_mark();
  lead.note(space, "After the image.");
  hub_.meet(lead, space);

  put_image_back();
  EXPECT_EQ(hub_.reader().head(space)->epoch, 1u) << "it could not know";
  hub_.meet(lead, space);

  EXPECT_GT(hub_.reader().head(space)->epoch, 1u);
  EXPECT_THAT(alarms(lead, space, false), Contains("hub_restored"));
  EXPECT_THAT(alarms(lead, space, true), IsEmpty());
  EXPECT_EQ(notes_from_hub_alone(lead, space), 2u);
}

TEST_F(HubPutBackTest, NobodyOpensAnEpochWithAHeadThatTheHubDidNotSign) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  hub_.meet(lead, space);
  crypto::SystemEnvironment environment;
  sync::HubHead forged = hub_.reader().head(space).value();
  forged.number += 100;
  const auto other = crypto::SigningKey::generate(environment);
  sync::HubHead of_another = sync::make_hub_head(space, std::nullopt, 9, forged.roster, forged.frontier, other);
  for (const sync::HubHead& head : {forged, of_another}) {
    const sync::StoreRequest request{1, space, lead.replica->transport_key().public_key(), "", {}, head};
    hub_.writer().store({&request, 1});
  }

  EXPECT_EQ(hub_.reader().head(space)->epoch, 1u);
}

}  // namespace
}  // namespace plenary::replica
