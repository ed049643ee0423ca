// A review day on tablets: what each wrote, how they met, what each shows then.
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ReviewDayTest : public StoryTest {};

TEST_F(ReviewDayTest, ShowsANoteOnTheTabletThatTookIt) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});

  const RecordId id = ann.note(space, "Pupils explain their reasoning.");

  const RecordView note = ann.get(space, id);
  EXPECT_EQ(note.type, "evidence");
  EXPECT_EQ(note["body"].text(), "Pupils explain their reasoning.");
  EXPECT_EQ(note.created.person, "Ann");
  EXPECT_EQ(note.life, Life::live);
  expect_equal(space, {&ann});
}

TEST_F(ReviewDayTest, KeepsWhatWasConfirmedWhenTheProgramStartsAnew) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "Books show progress.");
  const Digest before = ann.digest(space);

  ann.reopen();

  EXPECT_EQ(ann.get(space, id)["body"].text(), "Books show progress.");
  EXPECT_EQ(ann.digest(space), before);
  ann.note(space, "And another note.");
  expect_equal(space, {&ann});
}

TEST_F(ReviewDayTest, GivesAColleagueWhatWasWrittenBeforeSheJoined) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = must(ann.replica->found_space("review_team", "Review", kLead)).space;
  const RecordId id = ann.note(space, "Written before Ben came.");

  must(ben.replica->join(must(ann.replica->invite(space, kReviewer, "Ben"))));
  meet(ann, ben, space);

  EXPECT_EQ(ben.get(space, id)["body"].text(), "Written before Ben came.");
  EXPECT_EQ(ben.get(space, id).created.person, "Ann");
  const auto members = must(ann.replica->members(space));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[1].name, "Ben");
  EXPECT_EQ(members[1].role, kReviewer);
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, MergesWhatTwoTabletsRecordedApart) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});

  const RecordId first = ann.note(space, "In Year 4 all pupils answered.");
  const RecordId second = ben.note(space, "The library is well used.");
  meet(ann, ben, space);

  EXPECT_EQ(ann.get(space, second)["body"].text(), "The library is well used.");
  EXPECT_EQ(ben.get(space, first)["body"].text(), "In Year 4 all pupils answered.");
  EXPECT_EQ(must(ann.replica->list(space, {.type = "evidence"})).size(), 2u);
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, MergesOneParagraphThatTwoEdited) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "The lesson began well.");
  meet(ann, ben, space);

  ann.write(space, id, "body", "The maths lesson began well.");
  ben.write(space, id, "body", "The lesson began well and ended early.");
  meet(ann, ben, space);

  EXPECT_EQ(ann.get(space, id)["body"].text(), "The maths lesson began well and ended early.");
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, AsksWhenTwoJudgedApartAndKeepsWhoDecidedAndWhy) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "Phonics in Year 1.");
  meet(ann, ben, space);
  ann.set(space, id, "stance", "strength");
  ben.set(space, id, "stance", "question");
  meet(ann, ben, space);

  const auto conflicts = must(ann.replica->conflicts(space));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].field, "stance");
  ASSERT_EQ(conflicts[0].candidates.size(), 2u);
  const std::size_t question = conflicts[0].candidates[0].value.text() == "question" ? 0 : 1;
  must(ann.replica->resolve(space, {.id = id, .field = "stance", .choose = question, .reason = "Two visits differed"}));
  meet(ann, ben, space);

  EXPECT_TRUE(must(ben.replica->conflicts(space)).empty());
  EXPECT_EQ(ben.get(space, id)["stance"].text(), "question");
  const auto history = must(ben.replica->history(space, id));
  const auto decided = std::ranges::find(history, "Two visits differed", &HistoryEntry::reason);
  ASSERT_NE(decided, history.end());
  EXPECT_EQ(decided->by.person, "Ann");
  EXPECT_EQ(decided->standing, "shown");
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, KeepsANoteThatOneDeletedWhileAnotherEditedIt) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "Pupils were late.");
  meet(ann, ben, space);
  {
    const auto edit = ann.replica->edit(space);
    must(edit->discard(id));
    must(edit->commit());
  }
  ben.set(space, id, "place", "Hall");
  EXPECT_EQ(ann.get(space, id).life, Life::deleted);
  EXPECT_TRUE(must(ann.replica->list(space, {.type = "evidence"})).empty());
  meet(ann, ben, space);

  const auto conflicts = must(ben.replica->conflicts(space));
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].field, "");
  EXPECT_EQ(conflicts[0].deleted_by.at(0).person, "Ann");
  EXPECT_EQ(conflicts[0].edited_by.at(0).person, "Ben");
  must(ben.replica->resolve(space, {.id = id, .keep_record = true, .reason = "It was cited"}));
  meet(ann, ben, space);
  EXPECT_EQ(ann.get(space, id).life, Life::live);
  EXPECT_EQ(ann.get(space, id)["place"].text(), "Hall");
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, RanksDoneAbovePlannedAndUnitesTags) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId id = ann.note(space, "Assembly.");
  ann.set(space, id, "status", "planned");
  meet(ann, ben, space);
  const auto tag = [&](Tablet& who, std::initializer_list<const char*> tags, const char* status) {
    const auto edit = who.replica->edit(space);
    for (const char* one : tags) must(edit->add(id, "tags", one));
    must(edit->set(id, "status", status));
    must(edit->commit());
  };
  tag(ann, {"reading", "music"}, "done");
  tag(ben, {"reading", "welsh"}, "planned");
  meet(ann, ben, space);

  const RecordView note = ben.get(space, id);
  EXPECT_EQ(note["status"].text(), "done");
  EXPECT_EQ(std::get<std::vector<Value>>(note["tags"].content).size(), 3u);
  EXPECT_TRUE(must(ben.replica->conflicts(space)).empty());
  {
    const auto edit = ben.replica->edit(space);
    must(edit->remove(id, "tags", "reading"));
    must(edit->commit());
  }
  meet(ann, ben, space);
  EXPECT_THAT(std::get<std::vector<Value>>(ann.get(space, id)["tags"].content),
              UnorderedElementsAre(Value("music"), Value("welsh")));
  EXPECT_EQ(must(ann.replica->list(space, {.type = "evidence", .where = {{"tags", "music"}}})).size(), 1u);
  EXPECT_TRUE(must(ann.replica->list(space, {.type = "evidence", .where = {{"tags", "reading"}}})).empty());
  expect_equal(space, {&ann, &ben});
}

TEST_F(ReviewDayTest, FindsWordsOldAndNew) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "Disgyblion yn darllen yn hyderus.");
  ann.note(space, "Something else entirely.");

  const auto hits = must(ann.replica->search(space, "hyder", 10));
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].id, id);
  EXPECT_EQ(hits[0].snippet, "Disgyblion yn darllen yn [hyderus].");
  ann.write(space, id, "body", "Disgyblion yn ysgrifennu.");

  EXPECT_TRUE(must(ann.replica->search(space, "hyderus", 10)).empty());
  EXPECT_EQ(must(ann.replica->search(space, "ysgrifennu", 10)).size(), 1u);
}

TEST_F(ReviewDayTest, PointsFromOneRecordToAnother) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId one = ann.note(space, "First.");
  const RecordId two = ann.note(space, "Second.");
  ann.set(space, two, "activity", one);

  EXPECT_EQ(std::get<RecordId>(ann.get(space, two)["activity"].content), one);
  const auto found = must(ann.replica->list(space, {.type = "evidence", .where = {{"activity", one}}}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, two);
}

TEST_F(ReviewDayTest, RefusesWhatDoesNotFitAndSaysWhy) {
  Tablet& ann = tablet("Ann");
  const SpaceId space = team(ann, {});
  const RecordId id = ann.note(space, "Short.");
  const auto edit = ann.replica->edit(space);

  const auto long_text = edit->set_text(id, "body", std::string(501, 'x'));
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().code, ErrorCode::limit_exceeded);
  EXPECT_NE(long_text.error().message.find("at most 500 bytes"), std::string::npos) << long_text.error().message;
  EXPECT_EQ(edit->set(id, "count", "many").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(edit->set(id, "colour", "red").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(edit->set({"00000000.9"}, "place", "Hall").error().code, ErrorCode::not_found);
  EXPECT_EQ(edit->remove(id, "tags", "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(must(edit->commit()).operations, 0u);
  EXPECT_EQ(ann.get(space, id)["body"].text(), "Short.");
}

TEST_F(ReviewDayTest, LetsARoleWriteOnlyWhatItMay) {
  Tablet& ann = tablet("Ann");
  Tablet& head = tablet("Head");
  const SpaceId space = team(ann, {{&head, kHost}});

  const auto refused = head.replica->edit(space)->create("evidence");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_EQ(refused.error().message, "A host head may not write evidence here.");
}

TEST_F(ReviewDayTest, SaysHowManyNotesArrivedOfHowMany) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const std::int64_t morning = ben.environment.now_ms();
  ben.note(space, "One.");
  ben.note(space, "Two.");
  must(ben.replica->seal_day(space, morning));
  EXPECT_EQ(must(ben.replica->status(space)).notes_here, 2u);
  EXPECT_EQ(must(ben.replica->status(space)).notes_handed_over, 0u);

  meet(ann, ben, space);

  const auto statuses = must(ann.replica->device_statuses(space));
  ASSERT_EQ(statuses.size(), 1u);
  EXPECT_EQ(statuses[0].name, "Ben");
  EXPECT_EQ(statuses[0].notes_sealed, 2u);
  EXPECT_EQ(statuses[0].notes_received, 2u);
}

}  // namespace
}  // namespace plenary::replica
