#include "core/review/summary.h"

#include <gmock/gmock.h>

#include "tests/unit/review/a_review.h"

namespace plenary::review {
namespace {

using test::AReview;
using testing::HasSubstr;
using testing::Not;

RollCall four_tablets() {
  RollCall roll;
  roll.expected = roll.heard = 4;
  return roll;
}

AReview with_two_findings() {
  AReview review;
  review.file.review->focus = "How reading is taught after Year 2";
  review.finding(FindingKind::strength, {review.note("Lead", SourceKind::lesson_visit),
                                         review.note("First reviewer", SourceKind::pupil_conversation),
                                         review.note("Second reviewer", SourceKind::work_scrutiny)});
  review.finding(FindingKind::area_to_develop, {review.note("Lead", SourceKind::work_scrutiny)}).statement =
      "Feedback reaches pupils late";
  return review;
}

TEST(SummaryTest, PrintsTheHostsViewBesideEachFinding) {
  AReview review = with_two_findings();
  review.respond(review.file.findings[0].id, HostView::agree, "");
  review.respond(review.file.findings[1].id, HostView::disagree, "That was Year 4");

  const auto text = markdown_of(summarise(review.file, four_tablets()));

  EXPECT_THAT(text, HasSubstr("**1. Pupils speak with confidence about what they read** (strength)\n"
                              "  Team: rests on 3 notes from 3 sources, 3 kinds of source, 3 reviewers.\n"
                              "  School: The school agrees.\n"));
  EXPECT_THAT(text, HasSubstr("  School: The school sees it differently: That was Year 4.\n"));
}

TEST(SummaryTest, GivesAFindingBelowTheRuleAsAQuestion) {
  const auto summary = summarise(with_two_findings().file, four_tablets());

  EXPECT_EQ(summary.findings[0].kind, "strength");
  EXPECT_EQ(summary.findings[1].kind, "question for school");
}

TEST(SummaryTest, SaysStateVersionAudienceHashAndThatItIsNotAnInspection) {
  const auto summary = summarise(with_two_findings().file, four_tablets(), {.audience = "the governors", .version = 3});
  const auto text = markdown_of(summary);

  EXPECT_THAT(text, HasSubstr("State: draft. Version 3. For the governors. This is not an inspection."));
  EXPECT_THAT(text, HasSubstr("Hash: " + summary.hash));
  EXPECT_EQ(summary.hash.size(), 32U);
  EXPECT_EQ(summary.tablets, "the notes of 4 of 4 tablets");
}

TEST(SummaryTest, NamesPartsAndNoPeople) {
  const auto text = markdown_of(summarise(with_two_findings().file, four_tablets()));

  EXPECT_THAT(text, HasSubstr("Team: 1 lead reviewer, 2 reviewers and 1 shadow reviewer"));
  for (const char* name : {"Lead", "First reviewer", "Second reviewer", "Shadow"})
    EXPECT_THAT(text, Not(HasSubstr(name)));
}

TEST(SummaryTest, HasTheSameHashForTheSameTextAndAnotherForAnother) {
  AReview review = with_two_findings();
  const auto first = summarise(review.file, four_tablets()).hash;
  const auto again = summarise(review.file, four_tablets()).hash;
  review.file.findings[0].statement += " aloud";

  EXPECT_EQ(first, again);
  EXPECT_NE(summarise(review.file, four_tablets()).hash, first);
}

TEST(SummaryTest, LetsTheHeadsAnswerStandBeforeThatOfTheAuthorised) {
  AReview review = with_two_findings();
  const auto finding = review.file.findings[0].id;
  review.respond(finding, HostView::agree, "Quite so", "Head");
  review.respond(finding, HostView::disagree, "Not quite", "Deputy");

  EXPECT_EQ(summarise(review.file, four_tablets()).findings[0].host_view, "The school agrees: Quite so.");
}

TEST(SummaryTest, TakesTheAnswerThatReplacedAnother) {
  AReview review = with_two_findings();
  const auto finding = review.file.findings[0].id;
  review.respond(finding, HostView::disagree, "No");
  review.respond(finding, HostView::agree_with_note, "After the talk, yes");
  review.file.responses[1].replaces = review.file.responses[0].id;
  // A clock that is wrong changes nothing: the reply names what it replaces.
  review.file.responses[1].created.time_ms = 1;

  EXPECT_EQ(summarise(review.file, four_tablets()).findings[0].host_view,
            "The school agrees, with a note: After the talk, yes.");
}

TEST(SummaryTest, GivesTheSchoolTheFindingAsTheTeamGaveItWithoutTheNotes) {
  AReview review = with_two_findings();
  const auto finding = review.file.findings[0].id;
  review.other("cited_evidence", "Lead", {{"finding", replica::Value(finding)}, {"source_kind", "lesson_visit"}});
  review.other("cited_evidence", "Lead", {{"finding", replica::Value(finding)}, {"source_kind", "data_review"}});
  review.file.notes.clear();
  review.file.space_kinds = {"review_shared", "host_school"};

  const auto summary = summarise(review.file, four_tablets());

  EXPECT_EQ(summary.findings[0].kind, "strength");
  EXPECT_EQ(summary.findings[0].rests_on, "2 notes, 2 kinds of source");
}

TEST(SummaryTest, ShowsWhatIsStillOpenAndTheDissentOfTheTeam) {
  AReview review = with_two_findings();
  review.file.findings[0].asks.insert("kind");
  review.other("dissent", "Second reviewer",
               {{"finding", replica::Value(review.file.findings[1].id)}, {"reason", "I saw it used"}});

  const auto text = markdown_of(summarise(review.file, four_tablets()));

  EXPECT_THAT(text, HasSubstr("(to be decided)"));
  EXPECT_THAT(text, HasSubstr("Open: Two kinds stand beside each other"));
  EXPECT_THAT(text, HasSubstr("Dissent in the team: I saw it used."));
}

}  // namespace
}  // namespace plenary::review
