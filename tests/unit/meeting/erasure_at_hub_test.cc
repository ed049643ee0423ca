// What was erased is gone from the hub, too, whoever brings it when, and every chain still verifies there.
#include <gmock/gmock.h>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

using testing::HasSubstr;
using testing::Not;

class ErasureAtHubTest : public StoryTest {
 protected:
  SpaceId team_at_hub(Tablet& lead, std::initializer_list<std::pair<Tablet*, Role>> others) {
    const SpaceId space = team(lead, others);
    hub_.meet(lead, space);
    for (const auto& [tablet, role] : others) hub_.meet(*tablet, space);
    return space;
  }
  // Somebody who joins now reads everything from the hub alone.
  Tablet& newcomer(Tablet& lead, const SpaceId& space) {
    Tablet& late = tablet("Late");
    must(late.replica->join(must(lead.replica->invite(space, kReviewer, "Late"))));
    hub_.meet(lead, space);
    hub_.meet(late, space);
    hub_.meet(lead, space);
    hub_.meet(late, space);
    return late;
  }

  HubOnDisk hub_{folder_.path() / "hub"};
};

TEST_F(ErasureAtHubTest, TheHubKeepsOtherSegmentsOnceTheKeeperMetIt) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "First.");
  const RecordId id = ben.note(space, "Quetzalcoatl named a pupil.");
  hub_.meet(ben, space);
  const RecordId after = ben.note(space, "Last.");
  hub_.meet(ben, space);
  hub_.meet(ann, space);
  EXPECT_THAT(hub_.readable_by(ann, space), HasSubstr("Quetzalcoatl"));
  const auto segments = hub_.stored_segments(space);

  must(ann.replica->erase(space, id, {}));
  hub_.meet(ann, space);

  EXPECT_THAT(hub_.readable_by(ann, space), Not(HasSubstr("Quetzalcoatl")));
  EXPECT_EQ(hub_.stored_segments(space), segments) << "replaced, not added";
  Tablet& late = newcomer(ann, space);
  EXPECT_EQ(late.get(space, before)["body"].text(), "First.");
  EXPECT_EQ(late.get(space, after)["body"].text(), "Last.");
  EXPECT_EQ(late.get(space, id).life, Life::erased);
  hub_.meet(ben, space);
  expect_equal(space, {&ann, &ben, &late});
}

TEST_F(ErasureAtHubTest, TheAuthorsOwnTabletCanDoItWhenTheKeepersDoesNotCome) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "Quetzalcoatl named a pupil.");
  hub_.meet(ben, space);
  hub_.meet(ann, space);
  must(ann.replica->erase(space, id, {}));

  meet(ann, ben, space);
  hub_.meet(ben, space);

  EXPECT_THAT(hub_.readable_by(ben, space), Not(HasSubstr("Quetzalcoatl")));
}

TEST_F(ErasureAtHubTest, ATabletThatComesBackWeeksLaterLeavesNothingThere) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "About somebody.");
  hub_.meet(ben, space);
  hub_.meet(ann, space);
  must(ann.replica->erase(space, id, {}));
  hub_.meet(ann, space);

  ben.write(space, id, "body", "About somebody. Quetzalcoatl again.");
  const Bytes old_file = must(ben.replica->export_day_end(space));
  hub_.meet(ben, space);
  EXPECT_THAT(hub_.readable_by(ann, space), Not(HasSubstr("Quetzalcoatl"))) << "his own tablet packs anew";
  must(ann.replica->import_day_end(old_file));
  hub_.meet(ann, space);

  EXPECT_THAT(hub_.readable_by(ann, space), Not(HasSubstr("Quetzalcoatl")));
  EXPECT_EQ(newcomer(ann, space).get(space, id).life, Life::erased);
  expect_equal(space, {&ann, &ben});
}

TEST_F(ErasureAtHubTest, NoSeedStaysByWhichSomebodyCouldTestGuesses) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "Quetzalcoatl.");
  hub_.meet(ben, space);
  ben.note(space, "In another segment of the same run.");
  hub_.meet(ben, space);
  hub_.meet(ann, space);
  must(ann.replica->erase(space, id, {}));
  hub_.meet(ann, space);

  const auto& keys = dynamic_cast<ReplicaFacade&>(*ann.replica).opened(space).keys();
  log::ChainState state;
  for (const auto& stored : hub_.reader().items_after(space, 0, SIZE_MAX)) {
    if (stored.item.kind != sync::ItemKind::segment) continue;
    const auto segment = log::view_segment(stored.item.bytes).value();
    const auto content = seal::open_segment(keys, segment.envelope, segment.sealed).value();
    const auto run = log::unpack_changes(content, segment.envelope, state).value();
    state = log::state_after(run.changes.back());
    EXPECT_TRUE(run.secrets.seeds.empty()) << "changes " << segment.envelope.first << " to " << segment.envelope.last;
  }
}

TEST_F(ErasureAtHubTest, OnlyItsAuthorAndTheKeeperMayReplaceASegment) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  ben.note(space, "Good words.");
  hub_.meet(ben, space);
  hub_.meet(cai, space);
  const auto frontier = cai.replica->sync().inventory(space).value().frontier;
  const std::vector<sync::LogWant> wants = {{frontier.front().log, {}}};
  const auto ref = cai.replica->sync().missing_segments(space, wants).at(0);
  sync::Item item{sync::ItemKind::segment, cai.replica->sync().segment(space, ref).value(), {}, false, true};
  const auto try_it = [&](Tablet& by) {
    const sync::StoreRequest request{1, space, by.replica->transport_key().public_key(), "", {item}};
    return hub_.writer().store({&request, 1}).outcomes.at(0).refused.size();
  };

  EXPECT_EQ(try_it(cai), 1u);
  EXPECT_EQ(try_it(ben), 0u);
  EXPECT_EQ(try_it(ann), 0u);
}

TEST_F(ErasureAtHubTest, AReplacementMustCoverWholeSegmentsAndShowTheAuthorsHead) {
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ben, {});
  for (int segment = 0; segment < 3; ++segment) {
    ben.note(space, "One.");
    ben.note(space, "Two.");
    hub_.meet(ben, space);
  }
  const LogId log = ben.replica->sync().inventory(space).value().frontier.front().log;
  const auto layout = hub_.reader().layout(space, {{log}}).at(0).segments;
  ASSERT_EQ(layout.size(), 3u);
  const auto send = [&](std::uint32_t first, const sync::SegmentRef& last, bool spoil) {
    sync::SegmentRef ref = last;
    ref.first = first;
    Bytes bytes = ben.replica->sync().segment(space, ref).value();
    if (spoil) bytes[150] ^= std::byte{1};
    const sync::StoreRequest request{
        1, space, ben.replica->transport_key().public_key(), "", {{sync::ItemKind::segment, bytes, {}, false, true}}};
    return hub_.writer().store({&request, 1}).outcomes.at(0).refused.size();
  };

  EXPECT_EQ(send(2, layout[1], false), 1u) << "begins within one";
  EXPECT_EQ(send(1, layout[1], true), 1u) << "another head, or a signature that is none";
  EXPECT_EQ(hub_.stored_segments(space), 3u);
  EXPECT_EQ(send(1, layout[1], false), 0u);
  EXPECT_EQ(hub_.stored_segments(space), 2u);
  EXPECT_EQ(newcomer(ben, space).digest(space), ben.digest(space));
}

TEST_F(ErasureAtHubTest, WhatWasSealedUnderAVoidKeyIsSealedAnew) {
  Tablet& ann = tablet("Ann");
  Tablet& cai = tablet("Cai");
  const FoundedSpace founded = must(ann.replica->found_space("review_team", "Review", kLead));
  const SpaceId space = founded.space;
  must(cai.replica->join(must(ann.replica->invite(space, kReviewer, "Cai"))));
  meet(ann, cai, space);
  hub_.meet(ann, space);
  hub_.meet(cai, space);
  must(ann.replica->rotate(space));
  const RecordId id = ann.note(space, "Under a key that nobody gets who comes later.");
  hub_.meet(ann, space);
  must(cai.replica->recover(space, founded.recovery_code));  // without having heard of the new key

  for (Tablet* tablet : {&cai, &ann, &cai}) hub_.meet(*tablet, space);

  EXPECT_EQ(newcomer(cai, space).get(space, id)["body"].text(), "Under a key that nobody gets who comes later.");
}

TEST_F(ErasureAtHubTest, ManySmallSegmentsBecomeFewAndTheFileShrinks) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_at_hub(ann, {{&ben, kReviewer}});
  for (int i = 0; i < 31; ++i) {
    ben.note(space, "Live note " + std::to_string(i));
    hub_.meet(ben, space);
  }
  EXPECT_EQ(hub_.stored_segments(space), 31u);
  hub_.writer().tidy();
  const auto before = std::filesystem::file_size(hub_.database().path());

  ben.note(space, "One more.");
  hub_.meet(ben, space);

  EXPECT_EQ(hub_.stored_segments(space), 1u);
  hub_.writer().tidy();
  EXPECT_LT(std::filesystem::file_size(hub_.database().path()) + (16u << 10), before);
  hub_.meet(ann, space);
  hub_.meet(ben, space);
  EXPECT_EQ(must(newcomer(ann, space).replica->list(space, {.type = "evidence"})).size(), 32u);
  expect_equal(space, {&ann, &ben});
}

}  // namespace
}  // namespace plenary::replica
