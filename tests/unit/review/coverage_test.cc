#include "core/review/coverage.h"

#include <gmock/gmock.h>

#include "core/review/triangulation.h"
#include "tests/unit/review/a_review.h"

namespace plenary::review {
namespace {

using test::AReview;
using test::person;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

RollCall three_of_four() {
  RollCall roll;
  roll.expected = 4;
  roll.heard = 3;
  return roll;
}

TEST(CoverageTest, ShowsWhereTheTeamLookedAndOnHowManyTabletsThatRests) {
  AReview review;
  review.note("Lead", SourceKind::lesson_visit, AReview::visit(1));
  review.note("First reviewer", SourceKind::lesson_visit, AReview::visit(1), Stance::strength,
              {AReview::question(1), AReview::question(2)});
  review.note("First reviewer", SourceKind::parent_conversation, {}, Stance::context, {});

  const auto map = coverage_of(review.file, three_of_four());

  EXPECT_EQ(map.tablets, "3 of 4 tablets");
  EXPECT_EQ(map.notes, 3U);
  ASSERT_EQ(map.rows.size(), 4U);
  EXPECT_EQ(map.rows[0].notes.at(SourceKind::lesson_visit), 2U);
  EXPECT_EQ(map.rows[1].total, 1U);
  EXPECT_EQ(map.rows[3].label, "Unexpected");
  EXPECT_EQ(map.rows[3].total, 1U);
}

TEST(CoverageTest, NamesTheGapsWorthFilling) {
  AReview review;
  review.file.questions[1].pupils_experience = true;
  review.note("Lead", SourceKind::lesson_visit);
  review.note("Lead", SourceKind::data_review, {}, Stance::context, {AReview::question(2)});
  review.note("First reviewer", SourceKind::document_review, {}, Stance::context, {AReview::question(2)});

  const auto map = coverage_of(review.file, three_of_four());

  EXPECT_EQ(map.rows[0].gap, "one kind of source only (lesson visit) and one reviewer only");
  EXPECT_EQ(map.rows[1].gap, "no pupils seen or heard yet");
  EXPECT_EQ(map.rows[2].gap, "no notes yet");
}

TEST(CoverageTest, LeavesOutWhatWasSetAside) {
  AReview review;
  review.note("Lead", SourceKind::lesson_visit);
  review.file.notes[0].state = EvidenceState::set_aside;

  EXPECT_EQ(coverage_of(review.file, three_of_four()).notes, 0U);
}

TEST(CoverageTest, PrintsATableThatFitsTheScreen) {
  AReview review;
  review.note("Lead", SourceKind::lesson_visit);
  review.note("Shadow", SourceKind::pupil_conversation);

  const auto lines = lines_of(coverage_of(review.file, three_of_four()), 48);

  EXPECT_THAT(lines, ElementsAre("2 notes, 3 of 4 tablets.",                          //
                                 "Where we have looked, not how good it is.",         //
                                 "",                                                  //
                                 "Question                    lessons  pupils  all",  //
                                 "1 How do pupils talk abou…     1       1      2",   //
                                 "2 How is feedback used?        ·       ·      0",   //
                                 "3 How are new staff suppo…     ·       ·      0",   //
                                 "",                                                  //
                                 "Worth filling:",                                    //
                                 "  2 How is feedback used?: no notes yet.",          //
                                 "  3 How are new staff supported?: no notes yet."));
}

TEST(RollCallTest, NamesTheTabletThatIsMissing) {
  AReview review;
  const std::vector<TabletReport> reports = {
      {.person = "Lead", .member = person(1).hex(), .this_device = true, .notes_here = 31},
      {.person = "First reviewer", .member = person(2).hex(), .sealed = true, .notes_sealed = 26, .notes_here = 26},
      {.person = "Second reviewer", .member = person(3).hex(), .sealed = true, .notes_sealed = 24, .notes_here = 20}};

  const auto roll = call_roll(review.file, reports);

  EXPECT_EQ(roll.tablets_in_words(), "3 of 4 tablets");
  EXPECT_FALSE(roll.complete());
  EXPECT_THAT(lines_of(roll),
              ElementsAre("Handed over: 2 of 4 tablets.",                           //
                          "Lead's tablet: This tablet: 31 notes, not sealed yet.",  //
                          "First reviewer's tablet: Received: 26 of 26 notes.",     //
                          "Second reviewer's tablet: Arriving: 20 of 24 notes.",
                          "Shadow's tablet: Not heard from. How many notes it holds is not known yet."));
}

TEST(RollCallTest, SaysWhichTabletHasWorkThatIsNotHere) {
  AReview review;
  const std::vector<TabletReport> reports = {
      {.person = "Lead", .member = person(1).hex(), .this_device = true, .notes_here = 31, .ahead = true},
      {.person = "First reviewer",
       .member = person(2).hex(),
       .sealed = true,
       .notes_sealed = 26,
       .notes_here = 26,
       .ahead = true}};

  const auto roll = call_roll(review.file, reports);

  EXPECT_EQ(roll.rows.at(0).sentence, "This tablet: 31 notes, not sealed yet.");
  EXPECT_EQ(roll.rows.at(1).sentence,
            "Received: 26 of 26 notes. It has work that is not here yet: exchange again, with the hub or by its file.");
}

TEST(RollCallTest, DoesNotGuessHowManyNotesAnUnsealedTabletHolds) {
  AReview review;
  review.note("First reviewer", SourceKind::lesson_visit);

  const auto roll = call_roll(review.file, {});

  EXPECT_EQ(roll.rows[1].state, TabletState::arriving);
  EXPECT_EQ(roll.rows[1].notes_sealed, std::nullopt);
  EXPECT_EQ(roll.rows[1].sentence, "1 note here. How many there are is not known until the day is sealed.");
}

TEST(RollCallTest, ExpectsTheTabletsThatWereIssuedThatDay) {
  AReview review;
  const auto issue = [&](const std::string& tablet, const std::string& day, int member) {
    DayPackage package;
    package.id = {"p." + tablet};
    package.tablet = tablet;
    package.day_on = day;
    package.team_member = {"m." + std::to_string(member)};
    review.file.packages.push_back(package);
  };
  issue("Blue", "2025-11-18", 1);
  issue("Green", "2025-11-18", 2);
  issue("Grey", "2025-11-17", 3);

  const auto roll =
      call_roll(review.file, {{.person = "Second reviewer", .member = person(3).hex(), .notes_here = 2}}, "2025-11-18");

  EXPECT_EQ(roll.expected, 2U);
  EXPECT_EQ(roll.rows[0].tablet, "Blue");
  EXPECT_EQ(roll.rows[0].person, "Lead");
  ASSERT_EQ(roll.rows.size(), 3U);
  EXPECT_FALSE(roll.rows[2].expected);
}

TEST(RollCallTest, TellsNotesThatCameAfterTheDayWasSealedApartAsASupplement) {
  AReview review;
  DayPackage day;
  day.id = {"p.1"};
  day.tablet = "Blue";
  day.day_on = "2025-11-18";
  day.team_member = {"m.1"};
  review.file.packages.push_back(day);
  const std::vector<TabletReport> reports = {
      {.person = "Lead", .member = person(1).hex(), .sealed = true, .notes_sealed = 20, .notes_here = 22}};

  const auto before = call_roll(review.file, reports, "2025-11-18");
  DayPackage supplement = day;
  supplement.id = {"p.2"};
  supplement.supplement_to = day.id;
  review.file.packages.push_back(supplement);
  const auto after = call_roll(review.file, reports, "2025-11-18");

  EXPECT_EQ(before.rows.at(0).later_notes, 2U);
  EXPECT_EQ(before.rows.at(0).sentence,
            "Received: 20 of 20 notes. And 2 later notes: record a supplement to this day.");
  ASSERT_EQ(after.rows.size(), 1U) << "a supplement is no tablet of its own";
  EXPECT_EQ(after.rows[0].sentence, "Received: 20 of 20 notes. And 2 later notes, in the supplement.");
  EXPECT_TRUE(after.complete());
}

TEST(RollCallTest, IsCompleteWhenTheMissingTabletIsWaivedWithAReason) {
  AReview review;
  review.file.members.resize(2);
  Waiver waiver;
  waiver.what = "tablet";
  waiver.subject = "First reviewer";
  waiver.reason = "dropped in the pond; they tell their notes";
  review.file.waivers.push_back(waiver);

  const auto roll = call_roll(review.file, {{.person = "Lead", .member = person(1).hex(), .this_device = true}});

  EXPECT_TRUE(roll.complete());
  EXPECT_EQ(roll.rows[1].sentence, "Waived: dropped in the pond; they tell their notes");
}

TEST(TriangulationTest, LaysEachFindingBesideWhatItRestsOn) {
  AReview review;
  auto& finding = review.finding(FindingKind::strength,
                                 {review.note("Lead", SourceKind::lesson_visit, AReview::visit(1)),
                                  review.note("First reviewer", SourceKind::pupil_conversation, AReview::visit(2))});
  finding.qualifies = {review.note("Second reviewer", SourceKind::lesson_visit)};
  finding.contradicts = {review.note("Second reviewer", SourceKind::data_review, {}, Stance::development)};

  const auto matrix = triangulate(review.file, three_of_four());

  ASSERT_EQ(matrix.rows.size(), 1U);
  EXPECT_EQ(matrix.rows[0].cells.at(SourceKind::lesson_visit).supports, 1U);
  EXPECT_EQ(matrix.rows[0].cells.at(SourceKind::lesson_visit).qualifies, 1U);
  EXPECT_EQ(matrix.rows[0].cells.at(SourceKind::data_review).contradicts, 1U);
  EXPECT_TRUE(matrix.rows[0].verdict.meets_rule);
  EXPECT_THAT(lines_of(matrix), Contains(HasSubstr("+1 ~1")));
  EXPECT_THAT(lines_of(matrix), Contains(StartsWith("  Meets the evidence rule: 3 notes")));
}

TEST(TriangulationTest, SaysThatAFindingsKindIsStillToBeDecided) {
  AReview review;
  review.finding(FindingKind::strength, {}).asks.insert("kind");

  EXPECT_EQ(triangulate(review.file, three_of_four()).rows[0].kind, "to be decided");
}

}  // namespace
}  // namespace plenary::review
