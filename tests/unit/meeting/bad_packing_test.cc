// What a member can do to a colleague's work at the hub, by design or by mistake, and how it heals.
#include <gmock/gmock.h>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

class BadPackingTest : public StoryTest {
 protected:
  SpaceId team_at_hub(Tablet& lead, std::initializer_list<std::pair<Tablet*, Role>> others) {
    const SpaceId space = team(lead, others);
    hub_.meet(lead, space);
    for (const auto& [tablet, role] : others) hub_.meet(*tablet, space);
    return space;
  }

  // Hands over what the hub lacks of the others' logs, with the heads that their authors signed and nonsense inside.
  void hand_over_nonsense(Tablet& intruder, const SpaceId& space) {
    auto& source = intruder.replica->sync();
    std::map<LogId, sync::LogWant> wants;
    const auto held = source.inventory(space);
    for (const log::Head& head : held->frontier) wants[head.log].log = head.log;
    const auto at_hub = hub_.reader().inventory(space);
    for (const log::Head& head : at_hub->frontier) wants[head.log].have.push_back(head);
    sync::StoreRequest request{1, space, intruder.replica->transport_key().public_key(), "", {}};
    for (const auto& [log, want] : wants) {
      for (const auto& ref : source.missing_segments(space, std::vector{want})) {
        auto segment = must(log::decode_segment(source.segment(space, ref).value()));
        segment.sealed.back() ^= std::byte{1};
        request.items.push_back({sync::ItemKind::segment, log::encode_segment(segment), ref.after, false});
      }
    }
    ASSERT_EQ(request.items.size(), 1u);
    EXPECT_THAT(hub_.writer().store({&request, 1}).outcomes.at(0).refused, testing::IsEmpty());
    hub_.reader().changed(space);
  }
  HubOnDisk hub_{folder_.path() / "hub"};
};

TEST_F(BadPackingTest, WhatSomebodyElsePackedBadlyIsReplacedByItsAuthor) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  const RecordId id = reviewer.note(space, "What the reviewer heard.");
  pass_on(reviewer, colleague, space);  // a file, say
  hand_over_nonsense(colleague, space);

  hub_.meet(lead, space);
  EXPECT_FALSE(lead.replica->get(space, id));
  hub_.meet(reviewer, space);
  EXPECT_EQ(must(reviewer.replica->status(space)).unsent_changes, 0u);
  hub_.meet(lead, space);

  EXPECT_EQ(lead.get(space, id)["body"].text(), "What the reviewer heard.");
  hub_.meet(reviewer, space);
  hub_.meet(colleague, space);
  expect_equal(space, {&lead, &reviewer, &colleague});
}

// Two used one link, say, and the keeper has not decided: what the other wrote reaches a colleague by file.
TEST_F(BadPackingTest, WhatSomebodyWroteWhomNobodyLetInHoldsUpNobody) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  Tablet& newcomer = tablet("Newcomer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  must(newcomer.replica->join(must(lead.replica->invite(space, kReviewer, "Newcomer"))));
  pass_on(lead, reviewer, space);
  pass_on(reviewer, newcomer, space);
  newcomer.note(space, "Before anybody let me in.");
  pass_on(newcomer, reviewer, space);
  const RecordId id = reviewer.note(space, "The reviewer had read that.");

  hub_.meet(reviewer, space);
  hub_.meet(colleague, space);

  EXPECT_EQ(colleague.get(space, id)["body"].text(), "The reviewer had read that.");
  EXPECT_EQ(must(colleague.replica->status(space)).waiting, 0u);
  expect_equal(space, {&reviewer, &colleague});
}

}  // namespace
}  // namespace plenary::replica
