// Erased text is gone from every device that syncs again, and every chain still verifies.
#include <gmock/gmock.h>

#include "core/log/segment.h"
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
    must(keeper.replica->erase(space, id, {}));
  }
};

TEST_F(ErasureTest, TakesTheTextFromTableLogSearchAndFile) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId kept = reviewer.note(space, "Something harmless stays.");
  const RecordId id = reviewer.note(space, "Quetzalcoatl named a pupil.");
  reviewer.write(space, id, "body", "Quetzalcoatl named a pupil twice.");
  meet(lead, reviewer, space);
  EXPECT_EQ(must(reviewer.replica->search(space, "quetzalcoatl", 10)).size(), 1u);
  EXPECT_TRUE(holds(reviewer, "Quetzalcoatl"));

  erase(lead, space, id);
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::erased);
    EXPECT_TRUE(must(tablet->replica->search(space, "quetzalcoatl", 10)).empty());
    EXPECT_EQ(tablet->get(space, kept)["body"].text(), "Something harmless stays.");
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
    EXPECT_FALSE(holds(*tablet, "quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ErasureTest, LetsALateJoinerVerifyTheChainWithoutTheText) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "First.");
  const RecordId id = reviewer.note(space, "Quetzalcoatl.");
  const RecordId after = reviewer.note(space, "Last.");
  meet(lead, reviewer, space);
  erase(lead, space, id);

  must(colleague.replica->join(must(lead.replica->invite(space, kReviewer, "Colleague"))));
  meet(lead, colleague, space);

  EXPECT_EQ(colleague.get(space, before)["body"].text(), "First.");
  EXPECT_EQ(colleague.get(space, after)["body"].text(), "Last.");
  EXPECT_EQ(colleague.get(space, id).life, Life::erased);
  EXPECT_FALSE(holds(colleague, "Quetzalcoatl"));
  expect_equal(space, {&lead, &colleague});
}

TEST_F(ErasureTest, WinsAgainstATabletThatComesBackWeeksLater) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "About somebody.");
  meet(lead, reviewer, space);
  erase(lead, space, id);
  reviewer.write(space, id, "body", "About somebody. Quetzalcoatl again.");

  must(lead.replica->import_day_end(must(reviewer.replica->export_day_end(space))));
  EXPECT_FALSE(holds(lead, "Quetzalcoatl")) << "the text came after its erasure";
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::erased);
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ErasureTest, TakesOnlyWhatOneChangeTyped) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "Pupils read aloud.");
  reviewer.set(space, id, "place", "Quetzalcoatl's house");
  reviewer.set(space, id, "count", 7);
  meet(lead, reviewer, space);
  const auto history = must(lead.replica->history(space, id));
  const auto place = std::ranges::find(history, "place", &HistoryEntry::field);
  ASSERT_NE(place, history.end());

  must(lead.replica->erase(space, id, {place->by.change}));
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::live);
    EXPECT_EQ(tablet->get(space, id)["body"].text(), "Pupils read aloud.");
    EXPECT_EQ(tablet->get(space, id)["count"].integer(), 7);
    EXPECT_TRUE(tablet->get(space, id)["place"].empty());
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ErasureTest, TellsWhoMayNotEraseWhatToDo) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "About somebody.");
  meet(lead, reviewer, space);

  EXPECT_EQ(reviewer.replica->erase(space, id, {}).error().code, ErrorCode::refused);
  EXPECT_EQ(lead.replica->erase(space, id, {"00000000.1"}).error().code, ErrorCode::not_found);
  must(lead.replica->erase(space, id, {}));
  EXPECT_EQ(lead.replica->erase(space, id, {}).error().code, ErrorCode::conflict);
}

TEST_F(ErasureTest, AMembersRequestHidesUntilTheKeeperErasesOrDeclines) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId kept = reviewer.note(space, "Harmless after all.");
  const RecordId gone = reviewer.note(space, "Quetzalcoatl.");
  meet(lead, reviewer, space);
  for (const RecordId& id : {kept, gone}) {
    const auto edit = reviewer.replica->edit(space);
    must(edit->ask_to_erase(id));
    must(edit->commit());
  }
  meet(lead, reviewer, space);
  EXPECT_TRUE(lead.get(space, kept)["body"].text().find("Harmless") == std::string::npos);
  EXPECT_TRUE(must(lead.replica->search(space, "quetzalcoatl", 10)).empty());
  const auto requests = must(lead.replica->erase_requests(space));
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].by.person, "Reviewer");
  EXPECT_EQ(requests[0].record, kept);

  must(lead.replica->decline_request(space, requests[0].id));
  must(lead.replica->erase(space, gone, {}));
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_EQ(tablet->get(space, kept)["body"].text(), "Harmless after all.");
    EXPECT_EQ(tablet->get(space, gone).life, Life::erased);
    EXPECT_TRUE(must(tablet->replica->erase_requests(space)).empty());
  }
  EXPECT_EQ(lead.replica->decline_request(space, requests[0].id).error().code, ErrorCode::not_found);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ErasureTest, ReachesChangesThatStillWaitForOthers) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  const RecordId id = reviewer.note(space, "About somebody.");
  for (Tablet* tablet : {&lead, &colleague}) meet(*tablet, reviewer, space);
  reviewer.note(space, "Seen by the colleague alone.");
  pass_on(reviewer, colleague, space);
  colleague.write(space, id, "body", "About somebody. Quetzalcoatl.");
  // Of what the colleague has, only the colleague's own log comes to the lead, and waits.
  std::vector<sync::Item> items;
  const auto inventory = colleague.replica->sync().inventory(space).value();
  for (const log::Head& head : inventory.frontier) {
    const std::vector<sync::LogWant> wants = {{head.log, {}}};
    for (const auto& ref : colleague.replica->sync().missing_segments(space, wants)) {
      items.push_back({sync::ItemKind::segment, colleague.replica->sync().segment(space, ref).value(), {}, false});
    }
  }
  items.erase(std::remove_if(items.begin(), items.end(),
                             [&](const sync::Item& item) {
                               const auto log = log::view_segment(item.bytes).value().envelope.log_id().hex();
                               return log.starts_with(id.text.substr(0, 8));
                             }),
              items.end());
  lead.replica->sync().store(space, items);
  EXPECT_EQ(must(lead.replica->status(space)).waiting, 1u);

  must(lead.replica->erase(space, id, {}));

  EXPECT_EQ(must(lead.replica->status(space)).waiting, 1u);
  lead.reopen();
  EXPECT_FALSE(holds(lead, "Quetzalcoatl"));
  for (Tablet* tablet : {&reviewer, &colleague}) meet(lead, *tablet, space);
  meet(lead, reviewer, space);
  expect_equal(space, {&lead, &reviewer, &colleague});
}

TEST_F(ErasureTest, CopiesInOtherSpacesFollowTheirSource) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& host = tablet("Host");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const SpaceId kept_by_lead = must(lead.replica->found_space("review_shared", "Shared", kLead)).space;
  const SpaceId kept_by_host = must(host.replica->found_space("host_school", "Host", kLead)).space;
  must(lead.replica->join(must(host.replica->invite(kept_by_host, kReviewer, "Lead"))));
  meet(host, lead, kept_by_host);
  const RecordId id = lead.note(space, "Quetzalcoatl.");
  const auto copy_into = [&](const SpaceId& other) {
    const auto edit = lead.replica->edit(other);
    const RecordId copy = must(edit->create_copy("evidence", must(lead.replica->origin_tag(space, id))));
    must(edit->set_text(copy, "body", "Quetzalcoatl."));
    must(edit->commit());
    return copy;
  };
  const RecordId own = copy_into(kept_by_lead), foreign = copy_into(kept_by_host);
  const RecordId bystander = lead.note(kept_by_lead, "Stays.");

  const ErasureSummary summary = must(lead.replica->erase(space, id, {}));

  EXPECT_EQ(summary.copies_erased, 1u);
  EXPECT_EQ(summary.copies_asked, 1u);
  EXPECT_EQ(lead.get(kept_by_lead, own).life, Life::erased);
  EXPECT_EQ(lead.get(kept_by_lead, bystander)["body"].text(), "Stays.");
  meet(host, lead, kept_by_host);
  const auto requests = must(host.replica->erase_requests(kept_by_host));
  ASSERT_EQ(requests.size(), 1u) << "its keeper is told, and it is hidden meanwhile";
  EXPECT_EQ(requests[0].record, foreign);
  must(host.replica->erase(kept_by_host, foreign, {}));
  meet(host, lead, kept_by_host);
  lead.reopen();
  EXPECT_FALSE(holds(lead, "Quetzalcoatl"));
  EXPECT_TRUE(must(host.replica->erase_requests(kept_by_host)).empty());
}

TEST_F(ErasureTest, CopiesFollowAnErasureThatSomebodyElseMade) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const SpaceId own = must(reviewer.replica->found_space("review_shared", "Shared", kLead)).space;
  const auto note_with_copy = [&] {
    const RecordId id = reviewer.note(space, "Quetzalcoatl.");
    meet(lead, reviewer, space);
    const auto edit = reviewer.replica->edit(own);
    const RecordId copy = must(edit->create_copy("evidence", must(reviewer.replica->origin_tag(space, id))));
    must(edit->set_text(copy, "body", "Quetzalcoatl."));
    must(edit->commit());
    return std::pair(id, copy);
  };
  const auto by_file = note_with_copy(), by_hub = note_with_copy();

  must(lead.replica->erase(space, by_file.first, {}));
  must(reviewer.replica->import_day_end(must(lead.replica->export_day_end(space))));
  EXPECT_EQ(reviewer.get(own, by_file.second).life, Life::erased);

  must(lead.replica->erase(space, by_hub.first, {}));
  pass_on(lead, reviewer, space);
  reviewer.replica->sync().settled(space, {});
  EXPECT_EQ(reviewer.get(own, by_hub.second).life, Life::erased);
}

// What is deleted is overwritten; what pages held before they were rearranged goes when the file is written anew.
TEST_F(ErasureTest, LeavesNoWordInPagesThatWereRearranged) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  std::vector<RecordId> ids;
  for (std::size_t i = 0; i < 40; ++i) ids.push_back(lead.note(space, "Quetzalcoatl" + std::string(i * 37 % 400, 'x')));
  for (std::size_t i = 0; i < 40; ++i) {
    lead.write(space, ids[i * 7 % 40], "body", "Quetzalcoatl" + std::string(460 - i * 10, 'y'));
  }

  for (const RecordId& id : ids) erase(lead, space, id);

  EXPECT_FALSE(holds(lead, "Quetzalcoatl")) << "while the space is open";
  lead.reopen();
  EXPECT_FALSE(holds(lead, "Quetzalcoatl"));
}

}  // namespace
}  // namespace plenary::replica
