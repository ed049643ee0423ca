// What people read of a record: its history in sentences, its open questions in an order that is the same everywhere;
// and that a change is only written where something changes.
#include <gmock/gmock.h>

#include "core/replica/replica_facade.h"
#include "core/replica/text_passages.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::ElementsAre;

// ---- edits without effect

class EditWithoutEffectTest : public StoryTest {
 protected:
  // How many operations the edit writes.
  static std::size_t operations(Tablet& tablet, const SpaceId& space, const std::function<void(Edit&)>& make) {
    const auto edit = tablet.replica->edit(space);
    make(*edit);
    return must(edit->commit()).operations;
  }
  static std::size_t set(Tablet& tablet, const SpaceId& space, const RecordId& id, const char* field,
                         const Value& value) {
    return operations(tablet, space, [&](Edit& edit) { must(edit.set(id, field, value)); });
  }
};

TEST_F(EditWithoutEffectTest, SayingAgainWhatStandsWritesNothing) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The hall is cold.");
  EXPECT_EQ(set(lead, space, id, "stance", "strength"), 1u);
  EXPECT_EQ(operations(lead, space, [&](Edit& edit) { must(edit.add(id, "tags", "hall")); }), 1u);
  meet(lead, reviewer, space);

  const auto nothing_new = [&](Edit& edit) {
    must(edit.set(id, "stance", "strength"));
    must(edit.add(id, "tags", "hall"));
    must(edit.set_text(id, "body", "The hall is cold."));
  };
  EXPECT_EQ(operations(lead, space, nothing_new), 0u);
  EXPECT_EQ(operations(reviewer, space, nothing_new), 0u);
  EXPECT_EQ(set(reviewer, space, id, "stance", "question"), 1u);
}

TEST_F(EditWithoutEffectTest, SayingItTwiceInOneEditWritesItOnce) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "The hall is cold.");
  EXPECT_EQ(operations(lead, space,
                       [&](Edit& edit) {
                         must(edit.set(id, "place", "Hall"));
                         must(edit.set(id, "place", "Hall"));
                         must(edit.add(id, "tags", "cold"));
                         must(edit.add(id, "tags", "cold"));
                       }),
            2u);

  EXPECT_EQ(operations(lead, space,
                       [&](Edit& edit) {
                         must(edit.set(id, "place", "Yard"));
                         must(edit.set(id, "place", "Hall"));
                         must(edit.remove(id, "tags", "cold"));
                         must(edit.add(id, "tags", "cold"));
                       }),
            4u);
  EXPECT_EQ(lead.get(space, id)["place"].text(), "Hall");
  EXPECT_EQ(std::get<std::vector<Value>>(lead.get(space, id)["tags"].content).size(), 1u);
}

TEST_F(EditWithoutEffectTest, ChoosingWhatIsShownIsADecisionWhereOthersStandBesideIt) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The hall is cold.");
  meet(lead, reviewer, space);
  lead.set(space, id, "place", "Hall");
  reviewer.set(space, id, "place", "Yard");
  lead.set(space, id, "stance", "strength");
  reviewer.set(space, id, "stance", "question");
  meet(lead, reviewer, space);
  const std::string shown = lead.get(space, id)["place"].text();

  EXPECT_EQ(set(lead, space, id, "place", shown), 1u);
  EXPECT_EQ(set(lead, space, id, "place", shown), 0u);
  EXPECT_EQ(set(lead, space, id, "stance", "strength"), 1u);
  EXPECT_TRUE(must(lead.replica->conflicts(space)).empty());
}

TEST_F(EditWithoutEffectTest, WritingIntoADeletedRecordBringsItBack) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "The hall is cold.");
  lead.set(space, id, "place", "Hall");
  operations(lead, space, [&](Edit& edit) { must(edit.discard(id)); });

  EXPECT_EQ(set(lead, space, id, "place", "Hall"), 1u);
  EXPECT_EQ(lead.get(space, id).life, Life::live);
}

TEST_F(EditWithoutEffectTest, SayingItAgainKeepsARecordThatAColleagueDeletedMeanwhile) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The hall is cold.");
  meet(lead, reviewer, space);
  operations(lead, space, [&](Edit& edit) { must(edit.discard(id)); });
  reviewer.set(space, id, "place", "Hall");
  meet(lead, reviewer, space);
  ASSERT_EQ(reviewer.get(space, id).life, Life::contested);

  EXPECT_EQ(set(reviewer, space, id, "place", "Hall"), 1u);
  EXPECT_EQ(reviewer.get(space, id).life, Life::live);
}

TEST_F(EditWithoutEffectTest, AHigherRoleGivesTheSameValueAHigherRank) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The hall is cold.");
  meet(lead, reviewer, space);
  reviewer.set(space, id, "slot", "09:30");
  meet(lead, reviewer, space);

  EXPECT_EQ(set(lead, space, id, "slot", "09:30"), 1u);
  meet(lead, reviewer, space);
  EXPECT_EQ(set(reviewer, space, id, "slot", "09:30"), 0u);
  EXPECT_EQ(set(lead, space, id, "slot", "09:30"), 0u);
}

// ---- open questions

class OpenQuestionTest : public StoryTest {};

TEST_F(OpenQuestionTest, ListsTheVersionsFromTheEarliestOnEveryTablet) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  const RecordId first = reviewer.note(space, "One.");
  lead.environment.set_now(reviewer.environment.now_ms() + 1'000);
  const RecordId second = lead.note(space, "Two.");
  for (int round = 0; round < 2; ++round) {
    for (Tablet* tablet : {&reviewer, &colleague}) meet(lead, *tablet, space);
  }
  // Clocks decide the order, not who happens to have which key: each is the first once.
  const auto judge = [&](Tablet& who, std::int64_t at_ms, const RecordId& id) {
    who.environment.set_now(1'763'470'000'000 + at_ms);
    who.set(space, id, "stance", who.replica->person());
  };
  judge(lead, 10'000, first), judge(reviewer, 20'000, first), judge(colleague, 30'000, first);
  judge(colleague, 40'000, second), judge(reviewer, 50'000, second), judge(lead, 60'000, second);
  for (int round = 0; round < 2; ++round) {
    for (Tablet* tablet : {&reviewer, &colleague}) meet(lead, *tablet, space);
  }

  for (Tablet* tablet : {&lead, &reviewer, &colleague}) {
    const auto open = must(tablet->replica->conflicts(space));
    std::vector<std::string> order;
    for (const Conflict& conflict : open) {
      for (const Candidate& candidate : conflict.candidates) order.push_back(candidate.value.text());
    }
    EXPECT_THAT(order, ElementsAre("Lead", "Reviewer", "Colleague", "Colleague", "Reviewer", "Lead"))
        << tablet->replica->person();
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].id, first);
    const RecordView shown = tablet->get(space, second);
    EXPECT_EQ(shown.fields.at("stance").candidates.front().value.text(), "Colleague")
        << "show numbers the versions as conflicts does";
  }
}

// ---- passages of a text

TEST(TextPassageTest, TakesWholeSentences) {
  EXPECT_EQ(passage_between("One is here. Two is cold. Three.", "One is here. Two was cold. Three."),
            (TextPassage{"Two is cold.", "Two was cold."}));
  EXPECT_EQ(passage_between("Pupils explain.", "Most pupils explain."),
            (TextPassage{"Pupils explain.", "Most pupils explain."}));
}

TEST(TextPassageTest, LeavesOutWhatOnlyStandsBeside) {
  EXPECT_EQ(passage_between("One.", "One. Two."), (TextPassage{"", "Two."}));
  EXPECT_EQ(passage_between("Two.", "One. Two."), (TextPassage{"", "One."}));
  EXPECT_EQ(passage_between("One. Two. Three.", "One. Three."), (TextPassage{"Two.", ""}));
  EXPECT_EQ(passage_between("First line\nlast line", "First line\nnew line\nlast line"), (TextPassage{"", "new line"}));
}

TEST(TextPassageTest, KnowsTheWholeAndTheNothing) {
  EXPECT_EQ(passage_between("", "All new."), (TextPassage{"", "All new."}));
  EXPECT_EQ(passage_between("All gone.", ""), (TextPassage{"All gone.", ""}));
  EXPECT_EQ(passage_between("The same.", "The same."), TextPassage{});
  EXPECT_EQ(passage_between("Mae'r tŷ yn oer.", "Mae'r tŵr yn oer."),
            (TextPassage{"Mae'r tŷ yn oer.", "Mae'r tŵr yn oer."}));
}

// ---- history

class HistoryTest : public StoryTest {
 protected:
  // "who what: before -> after", of one field.
  static std::vector<std::string> told(Tablet& tablet, const SpaceId& space, const RecordId& id) {
    std::vector<std::string> lines;
    for (const HistoryEntry& entry : must(tablet.replica->history(space, id))) {
      if (entry.field != "body") continue;
      lines.push_back(entry.by.person + " " + entry.what + ": " + entry.before + " -> " + entry.value.text());
    }
    return lines;
  }
};

TEST_F(HistoryTest, TellsEditsOfATextInSentences) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Pupils explain their reasoning. The hall is cold.");
  lead.write(space, id, "body", "Most pupils explain their reasoning. The hall is cold.");
  lead.write(space, id, "body", "Most pupils explain their reasoning.");
  lead.write(space, id, "body", "Most pupils explain their reasoning. They use models.");

  EXPECT_THAT(told(lead, space, id),
              ElementsAre("Lead wrote:  -> Pupils explain their reasoning. The hall is cold.",
                          "Lead rewrote: Pupils explain their reasoning. -> Most pupils explain their reasoning.",
                          "Lead struck out: The hall is cold. -> ", "Lead wrote:  -> They use models."));
}

TEST_F(HistoryTest, ShowsEachAuthorsOwnBeforeAndAfterWhereTwoWroteAtOnce) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The lesson began well.");
  meet(lead, reviewer, space);
  lead.write(space, id, "body", "The maths lesson began well.");
  reviewer.write(space, id, "body", "The lesson began well and ended early.");
  meet(lead, reviewer, space);

  const auto lines = told(lead, space, id);
  EXPECT_THAT(lines, testing::UnorderedElementsAre(
                         "Lead wrote:  -> The lesson began well.",
                         "Lead rewrote: The lesson began well. -> The maths lesson began well.",
                         "Reviewer rewrote: The lesson began well. -> The lesson began well and ended early."));
  EXPECT_EQ(told(reviewer, space, id), lines);
}

TEST_F(HistoryTest, SaysThatWordsWereErasedOrHiddenAndNeverShowsThem) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Quetzalcoatl was named.");
  lead.write(space, id, "body", "Quetzalcoatl was named twice.");
  lead.write(space, id, "body", "Nobody was named.");
  const auto states = [&] {
    std::vector<PayloadState> states;
    for (const HistoryEntry& entry : must(lead.replica->history(space, id))) {
      EXPECT_EQ((entry.before + entry.value.text()).find("Quetzalcoatl"), std::string::npos) << entry.what;
      if (entry.field == "body") states.push_back(entry.payload);
    }
    return states;
  };

  const auto edit = lead.replica->edit(space);
  must(edit->ask_to_erase(id));
  must(edit->commit());
  EXPECT_THAT(states(), ElementsAre(PayloadState::hidden, PayloadState::hidden, PayloadState::hidden));
  EXPECT_EQ(lead.get(space, id).fields.at("body").payload, PayloadState::hidden);

  must(dynamic_cast<ReplicaFacade&>(*lead.replica).erase(space, id, {}));
  EXPECT_THAT(states(), ElementsAre(PayloadState::erased, PayloadState::erased, PayloadState::erased));
}

// ---- before the keeper confirmed who joined

class NotYetAdmittedTest : public StoryTest {};

TEST_F(NotYetAdmittedTest, CountsTheNotesOfWhoeverWaitsForTheKeeper) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {});
  must(reviewer.replica->join(must(lead.replica->invite(space, kReviewer, "Reviewer"))));
  pass_on(lead, reviewer, space);
  reviewer.note(space, "Written before anybody let me in.");

  SpaceStatus status = must(reviewer.replica->status(space));
  EXPECT_FALSE(status.admitted);
  EXPECT_EQ(status.notes_here, 1u);
  EXPECT_EQ(status.notes_handed_over, 0u);

  meet(lead, reviewer, space);
  status = must(reviewer.replica->status(space));
  EXPECT_TRUE(status.admitted);
  EXPECT_EQ(status.notes_here, 1u);
}

// ---- words

class PlainWordsTest : public StoryTest {};

TEST_F(PlainWordsTest, NamesWhatWasTypedInQuotationMarks) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});

  EXPECT_EQ(lead.replica->find(space, "not an id").error().message, "There is no record \"not an id\" here.");
  EXPECT_EQ(lead.replica->find(space, "").error().message, "There is no record \"\" here.");
}

TEST_F(PlainWordsTest, SaysThatTheFolderHasAProfileAlready) {
  Tablet& lead = tablet("Lead");
  StoryEnvironment environment(9);

  const auto again = Replica::create(lead.folder, "Lead", schema(), environment, unlock());

  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_THAT(again.error().message, testing::HasSubstr("There is a profile in"));
}

}  // namespace
}  // namespace plenary::replica
