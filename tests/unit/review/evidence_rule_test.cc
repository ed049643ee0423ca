#include "core/review/evidence_rule.h"

#include <gmock/gmock.h>

#include "tests/unit/review/a_review.h"

namespace plenary::review {
namespace {

using test::AReview;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Three notes from three sources of three kinds, by the lead and the first reviewer.
std::vector<RecordId> solid_notes(AReview& review) {
  return {review.note("Lead", SourceKind::lesson_visit, AReview::visit(1)),
          review.note("First reviewer", SourceKind::pupil_conversation, AReview::visit(2)),
          review.note("Lead", SourceKind::work_scrutiny)};
}

TEST(EvidenceRuleTest, IsMetByThreeNotesOfTwoKindsFromTwoPeople) {
  AReview review;
  const auto& finding = review.finding(FindingKind::strength, solid_notes(review));

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_TRUE(verdict.meets_rule);
  EXPECT_FALSE(verdict.as_question);
  EXPECT_EQ(verdict.sentence, "Meets the evidence rule: 3 notes from 3 sources, 3 kinds of source, 2 reviewers.");
}

TEST(EvidenceRuleTest, CountsAPairedVisitAsOneSource) {
  AReview review;
  const auto& finding = review.finding(
      FindingKind::strength, {review.note("Lead", SourceKind::lesson_visit, AReview::visit(1)),
                              review.note("First reviewer", SourceKind::lesson_visit, AReview::visit(1)),
                              review.note("First reviewer", SourceKind::pupil_conversation, AReview::visit(2))});

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_EQ(verdict.notes, 3U);
  EXPECT_EQ(verdict.sources, 2U);
  EXPECT_FALSE(verdict.meets_rule);
  EXPECT_THAT(verdict.missing, ElementsAre("It rests on 2 sources; the rule asks for 3. Several notes from one visit "
                                           "count as one."));
}

TEST(EvidenceRuleTest, IsNotMetByOneKindOfSource) {
  AReview review;
  const auto& finding =
      review.finding(FindingKind::strength, {review.note("Lead", SourceKind::data_review),
                                             review.note("First reviewer", SourceKind::data_review),
                                             review.note("Second reviewer", SourceKind::data_review)});

  EXPECT_THAT(judge_finding(review.file, finding).missing,
              ElementsAre("It rests on one kind of source (data review); the rule asks for 2."));
}

TEST(EvidenceRuleTest, DoesNotTakeAShadowForASecondReviewer) {
  AReview review;
  const auto& finding = review.finding(FindingKind::strength, {review.note("Lead", SourceKind::lesson_visit),
                                                               review.note("Lead", SourceKind::data_review),
                                                               review.note("Shadow", SourceKind::learning_walk)});

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_THAT(verdict.reviewers, ElementsAre("Lead"));
  EXPECT_THAT(verdict.shadows, ElementsAre("Shadow"));
  EXPECT_THAT(verdict.missing, ElementsAre("It rests on the notes of Lead; the rule asks for 2 reviewers. A shadow's "
                                           "notes do not stand for a reviewer's."));
}

TEST(EvidenceRuleTest, CountsPeopleAndNotTheTabletsTheyWroteOn) {
  AReview review;
  auto notes = solid_notes(review);
  const auto& finding = review.finding(FindingKind::strength, notes);
  // The notes turn out to be all the lead's, written on the first reviewer's tablet under the lead's profile.
  for (auto& note : review.file.notes) note.created = review.by("Lead");

  EXPECT_THAT(judge_finding(review.file, finding).reviewers, ElementsAre("Lead"));
}

TEST(EvidenceRuleTest, AsksForAPupilFacingSourceAboutPupilsExperience) {
  AReview review;
  auto& finding = review.finding(FindingKind::strength, {review.note("Lead", SourceKind::data_review),
                                                         review.note("First reviewer", SourceKind::staff_conversation),
                                                         review.note("Second reviewer", SourceKind::document_review)});
  finding.pupils_experience = true;

  const auto before = judge_finding(review.file, finding);
  finding.supports.push_back(review.note("Second reviewer", SourceKind::pupil_conversation));
  const auto after = judge_finding(review.file, finding);

  EXPECT_THAT(before.missing, ElementsAre(HasSubstr("no source sees or hears pupils")));
  EXPECT_TRUE(after.meets_rule);
}

TEST(EvidenceRuleTest, KnowsFromTheQuestionThatAFindingIsAboutPupils) {
  AReview review;
  review.file.questions[0].pupils_experience = true;
  const auto& finding =
      review.finding(FindingKind::strength, {review.note("Lead", SourceKind::data_review),
                                             review.note("First reviewer", SourceKind::staff_conversation),
                                             review.note("Second reviewer", SourceKind::document_review)});

  EXPECT_FALSE(judge_finding(review.file, finding).meets_rule);
}

TEST(EvidenceRuleTest, AsksToLookAtTheOtherSide) {
  AReview review;
  auto& finding = review.finding(FindingKind::strength, solid_notes(review));
  const auto doubt = review.note("Second reviewer", SourceKind::learning_walk, {}, Stance::development);

  const auto unlinked = judge_finding(review.file, finding);
  finding.contradicts = {doubt};
  const auto linked = judge_finding(review.file, finding);
  finding.contradicts.clear();
  finding.contradiction_explained = "It was the supply teacher's first morning.";
  const auto explained = judge_finding(review.file, finding);

  EXPECT_THAT(unlinked.missing, ElementsAre(HasSubstr("1 note on the same question says otherwise")));
  EXPECT_TRUE(linked.meets_rule);
  EXPECT_THAT(linked.remarks, ElementsAre("1 note contradicts it and is linked."));
  EXPECT_TRUE(explained.meets_rule);
}

TEST(EvidenceRuleTest, LeavesOutNotesThatWereSetAsideAndSaysSo) {
  AReview review;
  const auto& finding = review.finding(FindingKind::strength, solid_notes(review));
  review.file.notes[0].state = EvidenceState::set_aside;

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_FALSE(verdict.meets_rule);
  EXPECT_EQ(verdict.set_aside, 1U);
  EXPECT_THAT(verdict.remarks, ElementsAre("1 cited note was set aside or withdrawn and no longer counts."));
}

TEST(EvidenceRuleTest, SaysThatCitedNotesAreNotHereYet) {
  AReview review;
  auto notes = solid_notes(review);
  notes.push_back(RecordId{"elsewhere.1"});
  const auto& finding = review.finding(FindingKind::strength, notes);

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_TRUE(verdict.meets_rule);
  EXPECT_THAT(verdict.remarks, ElementsAre("1 cited note is not on this tablet yet."));
}

TEST(EvidenceRuleTest, FlagsANoteCitedBothForAndAgainst) {
  AReview review;
  auto& finding = review.finding(FindingKind::strength, solid_notes(review));
  finding.contradicts = {finding.supports[0]};

  EXPECT_THAT(judge_finding(review.file, finding).twice, ElementsAre(finding.supports[0]));
}

TEST(EvidenceRuleTest, AsksNothingOfAQuestionForTheSchool) {
  AReview review;
  const auto& finding = review.finding(FindingKind::question_for_school, {});

  const auto verdict = judge_finding(review.file, finding);

  EXPECT_TRUE(verdict.as_question);
  EXPECT_EQ(verdict.sentence, "A question for the school: the rule asks for nothing.");
}

TEST(EvidenceRuleTest, FollowsThePartnershipsOwnRule) {
  AReview review;
  review.file.review->evidence_rule = EvidenceRule{.notes = 1, .source_kinds = 1, .reviewers = 1};
  const auto& finding = review.finding(FindingKind::strength, {review.note("Lead", SourceKind::lesson_visit)});

  EXPECT_TRUE(judge_finding(review.file, finding).meets_rule);
}

}  // namespace
}  // namespace plenary::review
