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
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The hall is cold.");
  EXPECT_EQ(set(ann, space, id, "stance", "strength"), 1u);
  EXPECT_EQ(operations(ann, space, [&](Edit& edit) { must(edit.add(id, "tags", "hall")); }), 1u);
  meet(ann, ben, space);

  const auto nothing_new = [&](Edit& edit) {
    must(edit.set(id, "stance", "strength"));
    must(edit.add(id, "tags", "hall"));
    must(edit.set_text(id, "body", "The hall is cold."));
  };
  EXPECT_EQ(operations(ann, space, nothing_new), 0u);
  EXPECT_EQ(operations(ben, space, nothing_new), 0u);
  EXPECT_EQ(set(ben, space, id, "stance", "question"), 1u);
}

TEST_F(EditWithoutEffectTest, SayingItTwiceInOneEditWritesItOnce) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "The hall is cold.");
  EXPECT_EQ(operations(ann, space,
                       [&](Edit& edit) {
                         must(edit.set(id, "place", "Hall"));
                         must(edit.set(id, "place", "Hall"));
                         must(edit.add(id, "tags", "cold"));
                         must(edit.add(id, "tags", "cold"));
                       }),
            2u);

  EXPECT_EQ(operations(ann, space,
                       [&](Edit& edit) {
                         must(edit.set(id, "place", "Yard"));
                         must(edit.set(id, "place", "Hall"));
                         must(edit.remove(id, "tags", "cold"));
                         must(edit.add(id, "tags", "cold"));
                       }),
            4u);
  EXPECT_EQ(ann.get(space, id)["place"].text(), "Hall");
  EXPECT_EQ(std::get<std::vector<Value>>(ann.get(space, id)["tags"].content).size(), 1u);
}

TEST_F(EditWithoutEffectTest, ChoosingWhatIsShownIsADecisionWhereOthersStandBesideIt) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The hall is cold.");
  meet(ann, ben, space);
  ann.set(space, id, "place", "Hall");
  ben.set(space, id, "place", "Yard");
  ann.set(space, id, "stance", "strength");
  ben.set(space, id, "stance", "question");
  meet(ann, ben, space);
  const std::string shown = ann.get(space, id)["place"].text();

  EXPECT_EQ(set(ann, space, id, "place", shown), 1u);
  EXPECT_EQ(set(ann, space, id, "place", shown), 0u);
  EXPECT_EQ(set(ann, space, id, "stance", "strength"), 1u);
  EXPECT_TRUE(must(ann.replica->conflicts(space)).empty());
}

TEST_F(EditWithoutEffectTest, WritingIntoADeletedRecordBringsItBack) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "The hall is cold.");
  ann.set(space, id, "place", "Hall");
  operations(ann, space, [&](Edit& edit) { must(edit.discard(id)); });

  EXPECT_EQ(set(ann, space, id, "place", "Hall"), 1u);
  EXPECT_EQ(ann.get(space, id).life, Life::live);
}

TEST_F(EditWithoutEffectTest, SayingItAgainKeepsARecordThatAColleagueDeletedMeanwhile) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The hall is cold.");
  meet(ann, ben, space);
  operations(ann, space, [&](Edit& edit) { must(edit.discard(id)); });
  ben.set(space, id, "place", "Hall");
  meet(ann, ben, space);
  ASSERT_EQ(ben.get(space, id).life, Life::contested);

  EXPECT_EQ(set(ben, space, id, "place", "Hall"), 1u);
  EXPECT_EQ(ben.get(space, id).life, Life::live);
}

TEST_F(EditWithoutEffectTest, AHigherRoleGivesTheSameValueAHigherRank) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The hall is cold.");
  meet(ann, ben, space);
  ben.set(space, id, "slot", "09:30");
  meet(ann, ben, space);

  EXPECT_EQ(set(ann, space, id, "slot", "09:30"), 1u);
  meet(ann, ben, space);
  EXPECT_EQ(set(ben, space, id, "slot", "09:30"), 0u);
  EXPECT_EQ(set(ann, space, id, "slot", "09:30"), 0u);
}

// ---- open questions

class OpenQuestionTest : public StoryTest {};

TEST_F(OpenQuestionTest, ListsTheVersionsFromTheEarliestOnEveryTablet) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  const RecordId first = ben.note(space, "One.");
  ann.environment.set_now(ben.environment.now_ms() + 1'000);
  const RecordId second = ann.note(space, "Two.");
  for (int round = 0; round < 2; ++round) {
    for (Tablet* tablet : {&ben, &cai}) meet(ann, *tablet, space);
  }
  // Clocks decide the order, not who happens to have which key: each is the first once.
  const auto judge = [&](Tablet& who, std::int64_t at_ms, const RecordId& id) {
    who.environment.set_now(1'763'470'000'000 + at_ms);
    who.set(space, id, "stance", who.replica->person());
  };
  judge(ann, 10'000, first), judge(ben, 20'000, first), judge(cai, 30'000, first);
  judge(cai, 40'000, second), judge(ben, 50'000, second), judge(ann, 60'000, second);
  for (int round = 0; round < 2; ++round) {
    for (Tablet* tablet : {&ben, &cai}) meet(ann, *tablet, space);
  }

  for (Tablet* tablet : {&ann, &ben, &cai}) {
    const auto open = must(tablet->replica->conflicts(space));
    std::vector<std::string> order;
    for (const Conflict& conflict : open) {
      for (const Candidate& candidate : conflict.candidates) order.push_back(candidate.value.text());
    }
    EXPECT_THAT(order, ElementsAre("Ann", "Ben", "Cai", "Cai", "Ben", "Ann")) << tablet->replica->person();
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].id, first);
    const RecordView shown = tablet->get(space, second);
    EXPECT_EQ(shown.fields.at("stance").candidates.front().value.text(), "Cai")
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
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "Pupils explain their reasoning. The hall is cold.");
  ann.write(space, id, "body", "Most pupils explain their reasoning. The hall is cold.");
  ann.write(space, id, "body", "Most pupils explain their reasoning.");
  ann.write(space, id, "body", "Most pupils explain their reasoning. They use models.");

  EXPECT_THAT(told(ann, space, id),
              ElementsAre("Ann wrote:  -> Pupils explain their reasoning. The hall is cold.",
                          "Ann rewrote: Pupils explain their reasoning. -> Most pupils explain their reasoning.",
                          "Ann struck out: The hall is cold. -> ", "Ann wrote:  -> They use models."));
}

TEST_F(HistoryTest, ShowsEachAuthorsOwnBeforeAndAfterWhereTwoWroteAtOnce) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The lesson began well.");
  meet(ann, ben, space);
  ann.write(space, id, "body", "The maths lesson began well.");
  ben.write(space, id, "body", "The lesson began well and ended early.");
  meet(ann, ben, space);

  const auto lines = told(ann, space, id);
  EXPECT_THAT(lines, testing::UnorderedElementsAre(
                         "Ann wrote:  -> The lesson began well.",
                         "Ann rewrote: The lesson began well. -> The maths lesson began well.",
                         "Ben rewrote: The lesson began well. -> The lesson began well and ended early."));
  EXPECT_EQ(told(ben, space, id), lines);
}

TEST_F(HistoryTest, SaysThatWordsWereErasedOrHiddenAndNeverShowsThem) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "Quetzalcoatl was named.");
  ann.write(space, id, "body", "Quetzalcoatl was named twice.");
  ann.write(space, id, "body", "Nobody was named.");
  const auto states = [&] {
    std::vector<PayloadState> states;
    for (const HistoryEntry& entry : must(ann.replica->history(space, id))) {
      EXPECT_EQ((entry.before + entry.value.text()).find("Quetzalcoatl"), std::string::npos) << entry.what;
      if (entry.field == "body") states.push_back(entry.payload);
    }
    return states;
  };

  const auto edit = ann.replica->edit(space);
  must(edit->ask_to_erase(id));
  must(edit->commit());
  EXPECT_THAT(states(), ElementsAre(PayloadState::hidden, PayloadState::hidden, PayloadState::hidden));
  EXPECT_EQ(ann.get(space, id).fields.at("body").payload, PayloadState::hidden);

  must(dynamic_cast<ReplicaFacade&>(*ann.replica).erase(space, id, {}));
  EXPECT_THAT(states(), ElementsAre(PayloadState::erased, PayloadState::erased, PayloadState::erased));
}

// ---- before the keeper confirmed who joined

class NotYetAdmittedTest : public StoryTest {};

TEST_F(NotYetAdmittedTest, CountsTheNotesOfWhoeverWaitsForTheKeeper) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {});
  must(ben.replica->join(must(ann.replica->invite(space, kReviewer, "Ben"))));
  pass_on(ann, ben, space);
  ben.note(space, "Written before anybody let me in.");

  SpaceStatus status = must(ben.replica->status(space));
  EXPECT_FALSE(status.admitted);
  EXPECT_EQ(status.notes_here, 1u);
  EXPECT_EQ(status.notes_handed_over, 0u);

  meet(ann, ben, space);
  status = must(ben.replica->status(space));
  EXPECT_TRUE(status.admitted);
  EXPECT_EQ(status.notes_here, 1u);
}

// ---- words

class PlainWordsTest : public StoryTest {};

TEST_F(PlainWordsTest, NamesWhatWasTypedInQuotationMarks) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});

  EXPECT_EQ(ann.replica->find(space, "not an id").error().message, "There is no record \"not an id\" here.");
  EXPECT_EQ(ann.replica->find(space, "").error().message, "There is no record \"\" here.");
}

TEST_F(PlainWordsTest, SaysThatTheFolderHasAProfileAlready) {
  Tablet& ann = tablet("Ann");
  StoryEnvironment environment(9);

  const auto again = Replica::create(ann.folder, "Ann", schema(), environment, unlock());

  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_THAT(again.error().message, testing::HasSubstr("There is a profile in"));
}

}  // namespace
}  // namespace plenary::replica
