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

  must(ann.replica->import_day_end(must(ben.replica->export_day_end(space))));
  EXPECT_FALSE(holds(ann, "Quetzalcoatl")) << "the text came after its erasure";
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::erased);
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&ann, &ben});
}

TEST_F(ErasureTest, TakesOnlyWhatOneChangeTyped) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "Pupils read aloud.");
  ben.set(space, id, "place", "Quetzalcoatl's house");
  ben.set(space, id, "count", 7);
  meet(ann, ben, space);
  const auto history = must(ann.replica->history(space, id));
  const auto place = std::ranges::find(history, "place", &HistoryEntry::field);
  ASSERT_NE(place, history.end());

  must(ann.replica->erase(space, id, {place->by.change}));
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, id).life, Life::live);
    EXPECT_EQ(tablet->get(space, id)["body"].text(), "Pupils read aloud.");
    EXPECT_EQ(tablet->get(space, id)["count"].integer(), 7);
    EXPECT_TRUE(tablet->get(space, id)["place"].empty());
    tablet->reopen();
    EXPECT_FALSE(holds(*tablet, "Quetzalcoatl")) << tablet->replica->person();
  }
  expect_equal(space, {&ann, &ben});
}

TEST_F(ErasureTest, TellsWhoMayNotEraseWhatToDo) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ben.note(space, "About somebody.");
  meet(ann, ben, space);

  EXPECT_EQ(ben.replica->erase(space, id, {}).error().code, ErrorCode::refused);
  EXPECT_EQ(ann.replica->erase(space, id, {"00000000.1"}).error().code, ErrorCode::not_found);
  must(ann.replica->erase(space, id, {}));
  EXPECT_EQ(ann.replica->erase(space, id, {}).error().code, ErrorCode::conflict);
}

TEST_F(ErasureTest, AMembersRequestHidesUntilTheKeeperErasesOrDeclines) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId kept = ben.note(space, "Harmless after all.");
  const RecordId gone = ben.note(space, "Quetzalcoatl.");
  meet(ann, ben, space);
  for (const RecordId& id : {kept, gone}) {
    const auto edit = ben.replica->edit(space);
    must(edit->ask_to_erase(id));
    must(edit->commit());
  }
  meet(ann, ben, space);
  EXPECT_TRUE(ann.get(space, kept)["body"].text().find("Harmless") == std::string::npos);
  EXPECT_TRUE(must(ann.replica->search(space, "quetzalcoatl", 10)).empty());
  const auto requests = must(ann.replica->erase_requests(space));
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].by.person, "Ben");
  EXPECT_EQ(requests[0].record, kept);

  must(ann.replica->decline_request(space, requests[0].id));
  must(ann.replica->erase(space, gone, {}));
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, kept)["body"].text(), "Harmless after all.");
    EXPECT_EQ(tablet->get(space, gone).life, Life::erased);
    EXPECT_TRUE(must(tablet->replica->erase_requests(space)).empty());
  }
  EXPECT_EQ(ann.replica->decline_request(space, requests[0].id).error().code, ErrorCode::not_found);
  expect_equal(space, {&ann, &ben});
}

TEST_F(ErasureTest, ReachesChangesThatStillWaitForOthers) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  const RecordId id = ben.note(space, "About somebody.");
  for (Tablet* tablet : {&ann, &cai}) meet(*tablet, ben, space);
  ben.note(space, "Seen by Cai alone.");
  pass_on(ben, cai, space);
  cai.write(space, id, "body", "About somebody. Quetzalcoatl.");
  // Of what Cai has, only Cai's own log comes to Ann, and waits.
  std::vector<sync::Item> items;
  const auto inventory = cai.replica->sync().inventory(space).value();
  for (const log::Head& head : inventory.frontier) {
    const std::vector<sync::LogWant> wants = {{head.log, {}}};
    for (const auto& ref : cai.replica->sync().missing_segments(space, wants)) {
      items.push_back({sync::ItemKind::segment, cai.replica->sync().segment(space, ref).value(), {}, false});
    }
  }
  items.erase(std::remove_if(items.begin(), items.end(),
                             [&](const sync::Item& item) {
                               const auto log = log::view_segment(item.bytes).value().envelope.log_id().hex();
                               return log.starts_with(id.text.substr(0, 8));
                             }),
              items.end());
  ann.replica->sync().store(space, items);
  EXPECT_EQ(must(ann.replica->status(space)).waiting, 1u);

  must(ann.replica->erase(space, id, {}));

  EXPECT_EQ(must(ann.replica->status(space)).waiting, 1u);
  ann.reopen();
  EXPECT_FALSE(holds(ann, "Quetzalcoatl"));
  for (Tablet* tablet : {&ben, &cai}) meet(ann, *tablet, space);
  meet(ann, ben, space);
  expect_equal(space, {&ann, &ben, &cai});
}

TEST_F(ErasureTest, CopiesInOtherSpacesFollowTheirSource) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const SpaceId kept_by_ann = must(ann.replica->found_space("review_shared", "Shared", kLead)).space;
  const SpaceId kept_by_eve = must(eve.replica->found_space("host_school", "Host", kLead)).space;
  must(ann.replica->join(must(eve.replica->invite(kept_by_eve, kReviewer, "Ann"))));
  meet(eve, ann, kept_by_eve);
  const RecordId id = ann.note(space, "Quetzalcoatl.");
  const auto copy_into = [&](const SpaceId& other) {
    const auto edit = ann.replica->edit(other);
    const RecordId copy = must(edit->create_copy("evidence", must(ann.replica->origin_tag(space, id))));
    must(edit->set_text(copy, "body", "Quetzalcoatl."));
    must(edit->commit());
    return copy;
  };
  const RecordId own = copy_into(kept_by_ann), foreign = copy_into(kept_by_eve);
  const RecordId bystander = ann.note(kept_by_ann, "Stays.");

  const ErasureSummary summary = must(ann.replica->erase(space, id, {}));

  EXPECT_EQ(summary.copies_erased, 1u);
  EXPECT_EQ(summary.copies_asked, 1u);
  EXPECT_EQ(ann.get(kept_by_ann, own).life, Life::erased);
  EXPECT_EQ(ann.get(kept_by_ann, bystander)["body"].text(), "Stays.");
  meet(eve, ann, kept_by_eve);
  const auto requests = must(eve.replica->erase_requests(kept_by_eve));
  ASSERT_EQ(requests.size(), 1u) << "its keeper is told, and it is hidden meanwhile";
  EXPECT_EQ(requests[0].record, foreign);
  must(eve.replica->erase(kept_by_eve, foreign, {}));
  meet(eve, ann, kept_by_eve);
  ann.reopen();
  EXPECT_FALSE(holds(ann, "Quetzalcoatl"));
  EXPECT_TRUE(must(eve.replica->erase_requests(kept_by_eve)).empty());
}

TEST_F(ErasureTest, CopiesFollowAnErasureThatSomebodyElseMade) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const SpaceId own = must(ben.replica->found_space("review_shared", "Shared", kLead)).space;
  const auto note_with_copy = [&] {
    const RecordId id = ben.note(space, "Quetzalcoatl.");
    meet(ann, ben, space);
    const auto edit = ben.replica->edit(own);
    const RecordId copy = must(edit->create_copy("evidence", must(ben.replica->origin_tag(space, id))));
    must(edit->set_text(copy, "body", "Quetzalcoatl."));
    must(edit->commit());
    return std::pair(id, copy);
  };
  const auto by_file = note_with_copy(), by_hub = note_with_copy();

  must(ann.replica->erase(space, by_file.first, {}));
  must(ben.replica->import_day_end(must(ann.replica->export_day_end(space))));
  EXPECT_EQ(ben.get(own, by_file.second).life, Life::erased);

  must(ann.replica->erase(space, by_hub.first, {}));
  pass_on(ann, ben, space);
  ben.replica->sync().settled(space, {});
  EXPECT_EQ(ben.get(own, by_hub.second).life, Life::erased);
}

// What is deleted is overwritten; what pages held before they were rearranged goes when the file is written anew.
TEST_F(ErasureTest, LeavesNoWordInPagesThatWereRearranged) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  std::vector<RecordId> ids;
  for (std::size_t i = 0; i < 40; ++i) ids.push_back(ann.note(space, "Quetzalcoatl" + std::string(i * 37 % 400, 'x')));
  for (std::size_t i = 0; i < 40; ++i) {
    ann.write(space, ids[i * 7 % 40], "body", "Quetzalcoatl" + std::string(460 - i * 10, 'y'));
  }

  for (const RecordId& id : ids) erase(ann, space, id);

  EXPECT_FALSE(holds(ann, "Quetzalcoatl")) << "while the space is open";
  ann.reopen();
  EXPECT_FALSE(holds(ann, "Quetzalcoatl"));
}

}  // namespace
}  // namespace plenary::replica
