// A review day on tablets: what each wrote, how they met, what each shows then.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ReviewDayTest : public StoryTest {};

TEST_F(ReviewDayTest, ShowsANoteOnTheTabletThatTookIt) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});

  const RecordId id = lead.note(space, "Pupils explain their reasoning.");

  const RecordView note = lead.get(space, id);
  EXPECT_EQ(note.type, "evidence");
  EXPECT_EQ(note["body"].text(), "Pupils explain their reasoning.");
  EXPECT_EQ(note.created.person, "Lead");
  EXPECT_EQ(note.life, Life::live);
  expect_equal(space, {&lead});
}

TEST_F(ReviewDayTest, KeepsWhatWasConfirmedWhenTheProgramStartsAnew) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Books show progress.");
  const Digest before = lead.digest(space);

  lead.reopen();

  EXPECT_EQ(lead.get(space, id)["body"].text(), "Books show progress.");
  EXPECT_EQ(lead.digest(space), before);
  lead.note(space, "And another note.");
  expect_equal(space, {&lead});
}

TEST_F(ReviewDayTest, GivesAColleagueWhatWasWrittenBeforeSheJoined) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = must(lead.replica->found_space("review_team", "Review", kLead)).space;
  const RecordId id = lead.note(space, "Written before the reviewer came.");

  must(reviewer.replica->join(must(lead.replica->invite(space, kReviewer, "Reviewer"))));
  meet(lead, reviewer, space);

  EXPECT_EQ(reviewer.get(space, id)["body"].text(), "Written before the reviewer came.");
  EXPECT_EQ(reviewer.get(space, id).created.person, "Lead");
  const auto members = must(lead.replica->members(space));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[1].name, "Reviewer");
  EXPECT_EQ(members[1].role, kReviewer);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, MergesWhatTwoTabletsRecordedApart) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});

  const RecordId first = lead.note(space, "In Year 4 all pupils answered.");
  const RecordId second = reviewer.note(space, "The library is well used.");
  meet(lead, reviewer, space);

  EXPECT_EQ(lead.get(space, second)["body"].text(), "The library is well used.");
  EXPECT_EQ(reviewer.get(space, first)["body"].text(), "In Year 4 all pupils answered.");
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence"})).size(), 2u);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, MergesOneParagraphThatTwoEdited) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "The lesson began well.");
  meet(lead, reviewer, space);

  lead.write(space, id, "body", "The maths lesson began well.");
  reviewer.write(space, id, "body", "The lesson began well and ended early.");
  meet(lead, reviewer, space);

  EXPECT_EQ(lead.get(space, id)["body"].text(), "The maths lesson began well and ended early.");
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, AsksWhenTwoJudgedApartAndKeepsWhoDecidedAndWhy) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "Phonics in Year 1.");
  meet(lead, reviewer, space);
  lead.set(space, id, "stance", "strength");
  reviewer.set(space, id, "stance", "question");
  meet(lead, reviewer, space);

  const auto conflicts = must(lead.replica->conflicts(space));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].field, "stance");
  ASSERT_EQ(conflicts[0].candidates.size(), 2u);
  const std::size_t question = conflicts[0].candidates[0].value.text() == "question" ? 0 : 1;
  must(
      lead.replica->resolve(space, {.id = id, .field = "stance", .choose = question, .reason = "Two visits differed"}));
  meet(lead, reviewer, space);

  EXPECT_TRUE(must(reviewer.replica->conflicts(space)).empty());
  EXPECT_EQ(reviewer.get(space, id)["stance"].text(), "question");
  const auto history = must(reviewer.replica->history(space, id));
  const auto decided = std::ranges::find(history, "Two visits differed", &HistoryEntry::reason);
  ASSERT_NE(decided, history.end());
  EXPECT_EQ(decided->by.person, "Lead");
  EXPECT_EQ(decided->standing, "shown");
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, KeepsANoteThatOneDeletedWhileAnotherEditedIt) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "Pupils were late.");
  meet(lead, reviewer, space);
  {
    const auto edit = lead.replica->edit(space);
    must(edit->discard(id));
    must(edit->commit());
  }
  reviewer.set(space, id, "place", "Hall");
  EXPECT_EQ(lead.get(space, id).life, Life::deleted);
  EXPECT_TRUE(must(lead.replica->list(space, {.type = "evidence"})).empty());
  meet(lead, reviewer, space);

  const auto conflicts = must(reviewer.replica->conflicts(space));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].field, "");
  EXPECT_EQ(conflicts[0].deleted_by.at(0).person, "Lead");
  EXPECT_EQ(conflicts[0].edited_by.at(0).person, "Reviewer");
  must(reviewer.replica->resolve(space, {.id = id, .keep_record = true, .reason = "It was cited"}));
  meet(lead, reviewer, space);
  EXPECT_EQ(lead.get(space, id).life, Life::live);
  EXPECT_EQ(lead.get(space, id)["place"].text(), "Hall");
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, RanksDoneAbovePlannedAndUnitesTags) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = lead.note(space, "Assembly.");
  lead.set(space, id, "status", "planned");
  meet(lead, reviewer, space);
  const auto tag = [&](Tablet& who, std::initializer_list<const char*> tags, const char* status) {
    const auto edit = who.replica->edit(space);
    for (const char* one : tags) must(edit->add(id, "tags", one));
    must(edit->set(id, "status", status));
    must(edit->commit());
  };
  tag(lead, {"reading", "music"}, "done");
  tag(reviewer, {"reading", "welsh"}, "planned");
  meet(lead, reviewer, space);

  const RecordView note = reviewer.get(space, id);
  EXPECT_EQ(note["status"].text(), "done");
  EXPECT_EQ(std::get<std::vector<Value>>(note["tags"].content).size(), 3u);
  EXPECT_TRUE(must(reviewer.replica->conflicts(space)).empty());
  {
    const auto edit = reviewer.replica->edit(space);
    must(edit->remove(id, "tags", "reading"));
    must(edit->commit());
  }
  meet(lead, reviewer, space);
  EXPECT_THAT(std::get<std::vector<Value>>(lead.get(space, id)["tags"].content),
              UnorderedElementsAre(Value("music"), Value("welsh")));
  EXPECT_EQ(must(lead.replica->list(space, {.type = "evidence", .where = {{"tags", "music"}}})).size(), 1u);
  EXPECT_TRUE(must(lead.replica->list(space, {.type = "evidence", .where = {{"tags", "reading"}}})).empty());
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(ReviewDayTest, FindsWordsOldAndNew) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Disgyblion yn darllen yn hyderus.");
  lead.note(space, "Something else entirely.");

  const auto hits = must(lead.replica->search(space, "hyder", 10));
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].id, id);
  EXPECT_EQ(hits[0].snippet, "Disgyblion yn darllen yn [hyderus].");
  lead.write(space, id, "body", "Disgyblion yn ysgrifennu.");

  EXPECT_TRUE(must(lead.replica->search(space, "hyderus", 10)).empty());
  EXPECT_EQ(must(lead.replica->search(space, "ysgrifennu", 10)).size(), 1u);
}

TEST_F(ReviewDayTest, PointsFromOneRecordToAnother) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId one = lead.note(space, "First.");
  const RecordId two = lead.note(space, "Second.");
  lead.set(space, two, "activity", one);

  EXPECT_EQ(std::get<RecordId>(lead.get(space, two)["activity"].content), one);
  const auto found = must(lead.replica->list(space, {.type = "evidence", .where = {{"activity", one}}}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, two);
}

TEST_F(ReviewDayTest, RefusesWhatDoesNotFitAndSaysWhy) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Short.");
  const auto edit = lead.replica->edit(space);

  const auto long_text = edit->set_text(id, "body", std::string(501, 'x'));
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().code, ErrorCode::limit_exceeded);
  EXPECT_NE(long_text.error().message.find("at most 500 bytes"), std::string::npos) << long_text.error().message;
  EXPECT_EQ(edit->set(id, "count", "many").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(edit->set(id, "colour", "red").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(edit->set({"00000000.9"}, "place", "Hall").error().code, ErrorCode::not_found);
  EXPECT_EQ(edit->remove(id, "tags", "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(must(edit->commit()).operations, 0u);
  EXPECT_EQ(lead.get(space, id)["body"].text(), "Short.");
}

TEST_F(ReviewDayTest, LetsARoleWriteOnlyWhatItMay) {
  Tablet& lead = tablet("Lead");
  Tablet& head = tablet("Head");
  const SpaceId space = team(lead, {{&head, kHost}});

  const auto refused = head.replica->edit(space)->create("evidence");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_EQ(refused.error().message, "A host head may not write evidence here.");
}

TEST_F(ReviewDayTest, SaysHowManyNotesArrivedOfHowMany) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const std::int64_t morning = reviewer.environment.now_ms();
  reviewer.note(space, "One.");
  reviewer.note(space, "Two.");
  must(reviewer.replica->seal_day(space, morning));
  EXPECT_EQ(must(reviewer.replica->status(space)).notes_here, 2u);
  EXPECT_EQ(must(reviewer.replica->status(space)).notes_handed_over, 0u);

  meet(lead, reviewer, space);

  const auto statuses = must(lead.replica->device_statuses(space));
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].name, "Reviewer");
  EXPECT_EQ(statuses[0].notes_sealed, 2u);
  EXPECT_EQ(statuses[0].notes_received, 2u);
}

}  // namespace
}  // namespace plenary::replica
