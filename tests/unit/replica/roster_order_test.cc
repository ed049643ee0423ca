// Roster records that come in another order than the one in which the keeper wrote them.
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class RosterOrderTest : public StoryTest {
 protected:
  static void bring(Tablet& from, Tablet& to, const SpaceId& space, const RosterHash& record) {
    sync::Item item;
    item.kind = sync::ItemKind::roster;
    item.bytes = from.replica->sync().roster_record(space, record).value();
    to.replica->sync().store(space, {item});
  }
};

// Found by the simulator: what had waited counted until the program was started anew, and was gone then.
TEST_F(RosterOrderTest, WhatCountsStillCountsWhenTheProgramStartsAnew) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  must(cai.replica->join(must(ann.replica->invite(space, kReviewer, "Cai"))));
  meet(ann, cai, space);
  const auto records = ann.replica->sync().inventory(space).value().roster;
  const std::size_t grant = records.size() - 1, invitation = records.size() - 2;
  bring(ann, ben, space, records[grant]);
  bring(ann, ben, space, records[invitation]);
  const auto members = must(ben.replica->members(space)).size();

  ben.reopen();
  EXPECT_EQ(must(ben.replica->members(space)).size(), members);
  bring(ann, ben, space, records[grant]);

  EXPECT_EQ(must(ben.replica->members(space)).size(), 3u);
  EXPECT_EQ(ben.replica->sync().inventory(space).value().roster, records);
  expect_equal(space, {&ann, &ben});
}

}  // namespace
}  // namespace plenary::replica
