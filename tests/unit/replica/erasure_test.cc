// Erased text is gone from every device that syncs again, and every chain still verifies.
#include <gmock/gmock.h>

#include "core/replica/replica_facade.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class ErasureTest : public StoryTest {
 protected:
  // Whether any file of the tablet's folder holds the word, for whoever has its key.
  static bool holds(const Tablet& tablet, const std::string& word) {
    return opened_files(tablet.folder).find(word) != std::string::npos;
  }
  static void erase(Tablet& keeper, const SpaceId& space, const RecordId& id) {
    must(dynamic_cast<ReplicaFacade&>(*keeper.replica).erase(space, id));
  }
};

TEST_F(ErasureTest, TakesTheTextFromTableLogSearchAndFile) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId kept = ben.note(space, "Something harmless stays.");
  const RecordId id = ben.note(space, "Quetzalcoatl named a pupil.");
  ben.write(space, id, "body", "Quetzalcoatl named a pupil twice.");
  meet(ann, ben, space);
  EXPECT_EQ(must(ben.replica->search(space, "quetzalcoatl", 10)).size(), 1u);
  EXPECT_TRUE(holds(ben, "Quetzalcoatl"));

  erase(ann, space, id);
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::erased);
    EXPECT_TRUE(must(tablet->replica->search(space, "quetzalcoatl", 10)).empty());
    EXPECT_EQ(tablet->get(space, kept)["body"].text(), "Something harmless stays.");
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
    EXPECT_FALSE(holds(*tablet, "quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&ann, &ben});
}

TEST_F(ErasureTest, LetsALateJoinerVerifyTheChainWithoutTheText) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "First.");
  const RecordId id = ben.note(space, "Quetzalcoatl.");
  const RecordId after = ben.note(space, "Last.");
  meet(ann, ben, space);
  erase(ann, space, id);

  must(cai.replica->join(must(ann.replica->invite(space, kReviewer, "Cai"))));
  meet(ann, cai, space);

  EXPECT_EQ(cai.get(space, before)["body"].text(), "First.");
  EXPECT_EQ(cai.get(space, after)["body"].text(), "Last.");
  EXPECT_EQ(cai.get(space, id).life, Life::erased);
  EXPECT_FALSE(holds(cai, "Quetzalcoatl"));
  expect_equal(space, {&ann, &cai});
}

TEST_F(ErasureTest, WinsAgainstATabletThatComesBackWeeksLater) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "About somebody.");
  meet(ann, ben, space);
  erase(ann, space, id);
  ben.write(space, id, "body", "About somebody. Quetzalcoatl again.");

  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::erased);
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&ann, &ben});
}

}  // namespace
}  // namespace plenary::replica
