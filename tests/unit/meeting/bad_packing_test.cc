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
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}, {&eve, kReviewer}});
  const RecordId id = ben.note(space, "What Ben heard.");
  pass_on(ben, eve, space);  // a file, say
  hand_over_nonsense(eve, space);

  hub_.meet(ann, space);
  EXPECT_FALSE(ann.replica->get(space, id));
  hub_.meet(ben, space);
  EXPECT_EQ(must(ben.replica->status(space)).unsent_changes, 0u);
  hub_.meet(ann, space);

  EXPECT_EQ(ann.get(space, id)["body"].text(), "What Ben heard.");
  hub_.meet(ben, space);
  hub_.meet(eve, space);
  expect_equal(space, {&ann, &ben, &eve});
}

// Two used one link, say, and the keeper has not decided: what the other wrote reaches a colleague by file.
TEST_F(BadPackingTest, WhatSomebodyWroteWhomNobodyLetInHoldsUpNobody) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cat = tablet("Cat");
  Tablet& dai = tablet("Dai");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}, {&cat, kReviewer}});
  must(dai.replica->join(must(ann.replica->invite(space, kReviewer, "Dai"))));
  pass_on(ann, ben, space);
  pass_on(ben, dai, space);
  dai.note(space, "Before anybody let me in.");
  pass_on(dai, ben, space);
  const RecordId id = ben.note(space, "Ben had read that.");

  hub_.meet(ben, space);
  hub_.meet(cat, space);

  EXPECT_EQ(cat.get(space, id)["body"].text(), "Ben had read that.");
  EXPECT_EQ(must(cat.replica->status(space)).waiting, 0u);
  expect_equal(space, {&ben, &cat});
}

}  // namespace
}  // namespace plenary::replica
