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
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "First.");
  const RecordId id = reviewer.note(space, "Quetzalcoatl named a pupil.");
  hub_.meet(reviewer, space);
  const RecordId after = reviewer.note(space, "Last.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);
  EXPECT_THAT(hub_.readable_by(lead, space), HasSubstr("Quetzalcoatl"));
  const auto segments = hub_.stored_segments(space);

  must(lead.replica->erase(space, id, {}));
  hub_.meet(lead, space);

  EXPECT_THAT(hub_.readable_by(lead, space), Not(HasSubstr("Quetzalcoatl")));
  EXPECT_EQ(hub_.stored_segments(space), segments) << "replaced, not added";
  Tablet& late = newcomer(lead, space);
  EXPECT_EQ(late.get(space, before)["body"].text(), "First.");
  EXPECT_EQ(late.get(space, after)["body"].text(), "Last.");
  EXPECT_EQ(late.get(space, id).life, Life::erased);
  hub_.meet(reviewer, space);
  expect_equal(space, {&lead, &reviewer, &late});
}

TEST_F(ErasureAtHubTest, TheAuthorsOwnTabletCanDoItWhenTheKeepersDoesNotCome) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "Quetzalcoatl named a pupil.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);
  must(lead.replica->erase(space, id, {}));

  meet(lead, reviewer, space);
  hub_.meet(reviewer, space);

  EXPECT_THAT(hub_.readable_by(reviewer, space), Not(HasSubstr("Quetzalcoatl")));
}

TEST_F(ErasureAtHubTest, ATabletThatComesBackWeeksLaterLeavesNothingThere) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "About somebody.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);
  must(lead.replica->erase(space, id, {}));
  hub_.meet(lead, space);

  reviewer.write(space, id, "body", "About somebody. Quetzalcoatl again.");
  const Bytes old_file = must(reviewer.replica->export_day_end(space));
  hub_.meet(reviewer, space);
  EXPECT_THAT(hub_.readable_by(lead, space), Not(HasSubstr("Quetzalcoatl"))) << "the author's own tablet packs anew";
  must(lead.replica->import_day_end(old_file));
  hub_.meet(lead, space);

  EXPECT_THAT(hub_.readable_by(lead, space), Not(HasSubstr("Quetzalcoatl")));
  EXPECT_EQ(newcomer(lead, space).get(space, id).life, Life::erased);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ErasureAtHubTest, NoSeedStaysByWhichSomebodyCouldTestGuesses) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "Quetzalcoatl.");
  hub_.meet(reviewer, space);
  reviewer.note(space, "In another segment of the same run.");
  hub_.meet(reviewer, space);
  hub_.meet(lead, space);
  must(lead.replica->erase(space, id, {}));
  hub_.meet(lead, space);

  const auto& keys = dynamic_cast<ReplicaFacade&>(*lead.replica).opened(space).keys();
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
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  reviewer.note(space, "Good words.");
  hub_.meet(reviewer, space);
  hub_.meet(colleague, space);
  const auto frontier = colleague.replica->sync().inventory(space).value().frontier;
  const std::vector<sync::LogWant> wants = {{frontier.front().log, {}}};
  const auto ref = colleague.replica->sync().missing_segments(space, wants).at(0);
  sync::Item item{sync::ItemKind::segment, colleague.replica->sync().segment(space, ref).value(), {}, false, true};
  const auto try_it = [&](Tablet& by) {
    const sync::StoreRequest request{1, space, by.replica->transport_key().public_key(), "", {item}};
    return hub_.writer().store({&request, 1}).outcomes.at(0).refused.size();
  };

  EXPECT_EQ(try_it(colleague), 1u);
  EXPECT_EQ(try_it(reviewer), 0u);
  EXPECT_EQ(try_it(lead), 0u);
}

TEST_F(ErasureAtHubTest, AReplacementMustCoverWholeSegmentsAndShowTheAuthorsHead) {
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(reviewer, {});
  for (int segment = 0; segment < 3; ++segment) {
    reviewer.note(space, "One.");
    reviewer.note(space, "Two.");
    hub_.meet(reviewer, space);
  }
  const LogId log = reviewer.replica->sync().inventory(space).value().frontier.front().log;
  const auto layout = hub_.reader().layout(space, {{log}}).at(0).segments;
  ASSERT_EQ(layout.size(), 3u);
  const auto send = [&](std::uint32_t first, const sync::SegmentRef& last, bool spoil) {
    sync::SegmentRef ref = last;
    ref.first = first;
    Bytes bytes = reviewer.replica->sync().segment(space, ref).value();
    if (spoil) bytes[150] ^= std::byte{1};
    const sync::StoreRequest request{1,
                                     space,
                                     reviewer.replica->transport_key().public_key(),
                                     "",
                                     {{sync::ItemKind::segment, bytes, {}, false, true}}};
    return hub_.writer().store({&request, 1}).outcomes.at(0).refused.size();
  };

  EXPECT_EQ(send(2, layout[1], false), 1u) << "begins within one";
  EXPECT_EQ(send(1, layout[1], true), 1u) << "another head, or a signature that is none";
  EXPECT_EQ(hub_.stored_segments(space), 3u);
  EXPECT_EQ(send(1, layout[1], false), 0u);
  EXPECT_EQ(hub_.stored_segments(space), 2u);
  EXPECT_EQ(newcomer(reviewer, space).digest(space), reviewer.digest(space));
}

TEST_F(ErasureAtHubTest, WhatWasSealedUnderAVoidKeyIsSealedAnew) {
  Tablet& lead = tablet("Lead");
  Tablet& colleague = tablet("Colleague");
  const FoundedSpace founded = must(lead.replica->found_space("review_team", "Review", kLead));
  const SpaceId space = founded.space;
  must(colleague.replica->join(must(lead.replica->invite(space, kReviewer, "Colleague"))));
  meet(lead, colleague, space);
  hub_.meet(lead, space);
  hub_.meet(colleague, space);
  must(lead.replica->rotate(space));
  const RecordId id = lead.note(space, "Under a key that nobody gets who comes later.");
  hub_.meet(lead, space);
  must(colleague.replica->recover(space, founded.recovery_code));  // without having heard of the new key

  for (Tablet* tablet : {&colleague, &lead, &colleague}) hub_.meet(*tablet, space);

  EXPECT_EQ(newcomer(colleague, space).get(space, id)["body"].text(), "Under a key that nobody gets who comes later.");
}

TEST_F(ErasureAtHubTest, ManySmallSegmentsBecomeFewAndTheFileShrinks) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_at_hub(lead, {{&reviewer, kReviewer}});
  for (int i = 0; i < 31; ++i) {
    reviewer.note(space, "Live note " + std::to_string(i));
    hub_.meet(reviewer, space);
  }
  EXPECT_EQ(hub_.stored_segments(space), 31u);
  hub_.writer().tidy();
  const auto before = std::filesystem::file_size(hub_.database().path());

  reviewer.note(space, "One more.");
  hub_.meet(reviewer, space);

  EXPECT_EQ(hub_.stored_segments(space), 1u);
  hub_.writer().tidy();
  EXPECT_LT(std::filesystem::file_size(hub_.database().path()) + (16u << 10), before);
  hub_.meet(lead, space);
  hub_.meet(reviewer, space);
  EXPECT_EQ(must(newcomer(lead, space).replica->list(space, {.type = "evidence"})).size(), 32u);
  expect_equal(space, {&lead, &reviewer});
}

}  // namespace
}  // namespace plenary::replica
