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
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  must(colleague.replica->join(must(lead.replica->invite(space, kReviewer, "Colleague"))));
  meet(lead, colleague, space);
  const auto records = lead.replica->sync().inventory(space).value().roster;
  const std::size_t grant = records.size() - 1, invitation = records.size() - 2;
  bring(lead, reviewer, space, records[grant]);
  bring(lead, reviewer, space, records[invitation]);
  const auto members = must(reviewer.replica->members(space)).size();

  reviewer.reopen();
  EXPECT_EQ(must(reviewer.replica->members(space)).size(), members);
  bring(lead, reviewer, space, records[grant]);

  EXPECT_EQ(must(reviewer.replica->members(space)).size(), 3u);
  EXPECT_EQ(reviewer.replica->sync().inventory(space).value().roster, records);
  expect_equal(space, {&lead, &reviewer});
}

}  // namespace
}  // namespace plenary::replica
