// A review from draft to closed: what each step waits for, and what happens to steps that cannot follow.
#include "core/review/lifecycle.h"

#include <gmock/gmock.h>

#include "tests/unit/review/a_review.h"

namespace plenary::review {
namespace {

using namespace std::chrono;
using test::AReview;
using test::person;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const GuardContext kContext = {.today = 2025y / November / 18};

std::vector<std::string> missing(const AReview& review, ReviewState to, const GuardContext& context = kContext) {
  std::vector<std::string> what;
  for (const auto& item : guard(review.file, to, context).missing) what.push_back(item.what);
  return what;
}

// Everything for `scheduled`.
AReview scheduled() {
  AReview review;
  review.confirm("dates", "Head");
  const auto agreement = review.other("agreement", "Coordinator", {{"version", 2}}).id;
  for (const char* school : {"s.1", "s.2", "s.3", "s.4", "s.5"}) {
    review.other("signature", "Coordinator",
                 {{"agreement", replica::Value(agreement)}, {"school", replica::Value(RecordId{school})}});
  }
  return review;
}

// Everything for `focus agreed`.
AReview focused() {
  AReview review = scheduled();
  review.other("self_review", "Head", {{"state", "shared"}});
  review.file.review->focus_areas = {"reading"};
  review.file.review->intended_outcomes = "We know what to teach next.";
  review.confirm("focus", "Head", {"w.1"});
  review.confirm("focus", "Lead", {"w.1"});
  return review;
}

TEST(LifecycleTest, FollowsTheMainLineStepByStep) {
  AReview review;
  for (int state = 2; state <= 11; ++state) review.step(static_cast<ReviewState>(state), state);

  const auto progress = progress_of(review.file);

  EXPECT_EQ(progress.state, ReviewState::closed);
  EXPECT_THAT(progress.held, IsEmpty());
  EXPECT_THAT(next_states(progress), IsEmpty());
}

TEST(LifecycleTest, HoldsAStepThatCannotFollowAndGoesOn) {
  AReview review;
  review.step(ReviewState::agreed, 1);
  review.step(ReviewState::scheduled, 2);

  const auto progress = progress_of(review.file);

  EXPECT_EQ(progress.state, ReviewState::scheduled);
  ASSERT_EQ(progress.held.size(), 1U);
  EXPECT_EQ(progress.held[0].reason, "Agreed cannot follow draft.");
}

TEST(LifecycleTest, IsTheSameWhateverTheOrderOfArrival) {
  AReview review;
  review.step(ReviewState::scheduled, 2);
  review.step(ReviewState::agreed, 1);
  auto reversed = review;
  std::ranges::reverse(reversed.file.steps);

  EXPECT_EQ(progress_of(review.file).state, progress_of(reversed.file).state);
  EXPECT_EQ(progress_of(review.file).held.size(), progress_of(reversed.file).held.size());
}

TEST(LifecycleTest, TakesTheSameStepOfTwoPeopleOnce) {
  AReview review;
  review.step(ReviewState::scheduled, 1);
  review.step(ReviewState::scheduled, 2);

  EXPECT_THAT(progress_of(review.file).held, IsEmpty());
}

TEST(LifecycleTest, ResumesWhereItStalled) {
  AReview review;
  review.step(ReviewState::scheduled, 1);
  review.step(ReviewState::stalled, 2);

  const auto stalled = progress_of(review.file);
  review.step(ReviewState::scheduled, 3);

  EXPECT_THAT(next_states(stalled), ElementsAre(ReviewState::scheduled, ReviewState::withdrawn_by_host));
  EXPECT_EQ(progress_of(review.file).state, ReviewState::scheduled);
}

TEST(LifecycleTest, ModeratesAtTheEndOfEachOfSeveralDays) {
  AReview review;
  for (int state = 2; state <= 6; ++state) review.step(static_cast<ReviewState>(state), state);
  review.step(ReviewState::in_progress, 20);
  review.step(ReviewState::moderating, 21);

  EXPECT_EQ(progress_of(review.file).state, ReviewState::moderating);
  EXPECT_THAT(progress_of(review.file).held, IsEmpty());
}

TEST(GuardTest, OpensScheduledWhenDatesTeamAndAgreementAreThere) {
  EXPECT_THAT(missing(scheduled(), ReviewState::scheduled), IsEmpty());
}

TEST(GuardTest, SaysWhoHasNotSignedAndWhoHasToAcceptTheDates) {
  AReview review = scheduled();
  review.file.confirmations.clear();
  review.file.others["signature"].pop_back();

  EXPECT_THAT(missing(review, ReviewState::scheduled),
              ElementsAre("The school has not accepted the dates.", "Shadow's school has not signed the agreement."));
  EXPECT_EQ(guard(review.file, ReviewState::scheduled, kContext).missing[0].waits_for, "the host head");
}

TEST(GuardTest, DoesNotCountAShadowAmongTheLeaders) {
  AReview review = scheduled();
  review.member("First reviewer").accepted = Answer::declined;
  review.member("Second reviewer").band = "teacher";

  EXPECT_THAT(missing(review, ReviewState::scheduled),
              Contains("The team has 1 reviewer who is a leader; it needs 2."));
}

TEST(GuardTest, FindsAPostAtTheHostOnTheReviewDays) {
  AReview review = scheduled();
  review.member("First reviewer").person = {"p.2"};
  auto& post = review.other("appointment", "Coordinator",
                            {{"person", replica::Value(RecordId{"p.2"})},
                             {"school", replica::Value(RecordId{"s.1"})},
                             {"from_on", "2025-11-01"}});

  const auto during = missing(review, ReviewState::scheduled);
  post.fields["from_on"] = replica::Value("2025-12-01");

  EXPECT_THAT(during, ElementsAre("First reviewer has a post at the school on the review days."));
  EXPECT_THAT(missing(review, ReviewState::scheduled), IsEmpty());
}

TEST(GuardTest, LeavesToItsWriterWhatLivesInASpaceThatIsNotRead) {
  AReview review;
  review.confirm("dates", "Head");
  review.file.space_kinds = {"review_shared"};

  const auto result = guard(review.file, ReviewState::scheduled, kContext);

  EXPECT_TRUE(result.open());
  EXPECT_THAT(result.to_attest, Contains("every school taking part has signed the partnership agreement."));
}

TEST(GuardTest, CancelsBothConfirmationsOfTheFocusWhenItIsEdited) {
  AReview review = focused();
  GuardContext as_confirmed = kContext, edited = kContext;
  as_confirmed.writes_now[{"focus", review.file.review->id}] = {"w.1"};
  edited.writes_now[{"focus", review.file.review->id}] = {"w.1", "w.2"};

  EXPECT_THAT(missing(review, ReviewState::focus_agreed, as_confirmed), IsEmpty());
  EXPECT_THAT(missing(review, ReviewState::focus_agreed, edited),
              ElementsAre("The head has not confirmed the focus as it is written now.",
                          "The lead has not confirmed the focus as it is written now."));
}

TEST(GuardTest, WantsTheHeadAndNotOnlyWhomTheHeadAuthorised) {
  AReview review = focused();
  std::erase_if(review.file.confirmations, [](const auto& c) { return c.what == "focus"; });
  review.confirm("focus", "Deputy");
  review.confirm("focus", "Lead");

  EXPECT_THAT(missing(review, ReviewState::focus_agreed), ElementsAre(HasSubstr("The head has not confirmed")));
}

TEST(GuardTest, TakesNoMoreThanTwoFocusAreas) {
  AReview review = focused();
  review.file.review->focus_areas = {"reading", "feedback", "induction"};

  EXPECT_THAT(missing(review, ReviewState::focus_agreed), ElementsAre("3 focus areas are chosen."));
}

TEST(GuardTest, IsReadyWhenEverybodyAndEveryTabletIs) {
  AReview review = focused();
  review.other("self_review", "Head", {{"state", "complete"}});
  for (const auto& member : review.file.members) {
    DayPackage package;
    package.id = {"p." + member.id.text};
    package.team_member = member.id;
    review.file.packages.push_back(package);
  }
  EXPECT_THAT(missing(review, ReviewState::ready), IsEmpty());

  review.member("First reviewer").distance = Distance::unknown;
  review.member("Second reviewer").protocol_acknowledged = false;
  review.member("Lead").trained_until_on = "2025-11-17";
  review.file.schools[0].dsl_contact.clear();
  review.file.packages.pop_back();

  EXPECT_THAT(
      missing(review, ReviewState::ready),
      ElementsAre("Lead's training is not current on the review days.",
                  "First reviewer has not declared their distance to the school.",
                  "Second reviewer has not acknowledged the protocol.", "No lead with current training is in the team.",
                  "The school's safeguarding contact is not on the tablets.", "No tablet is loaded for Shadow."));
}

TEST(GuardTest, StartsWithTheFirstActivityOrByTheLead) {
  AReview review;
  EXPECT_THAT(guard(review.file, ReviewState::in_progress, kContext).to_attest, IsEmpty());

  for (auto& activity : review.file.activities) activity.status = ActivityStatus::planned;

  EXPECT_THAT(guard(review.file, ReviewState::in_progress, kContext).to_attest,
              ElementsAre("the lead starts the review; no activity is done yet."));
}

TEST(GuardTest, DoesNotModerateBeforeEveryExpectedTabletHandedOver) {
  AReview review;
  GuardContext context = kContext;
  context.roll =
      call_roll(review.file, {{.person = "Lead", .member = person(1).hex(), .this_device = true},
                              {.member = person(2).hex(), .sealed = true, .notes_sealed = 1, .notes_here = 1},
                              {.member = person(3).hex(), .sealed = true, .notes_sealed = 2, .notes_here = 2}});

  const auto result = guard(review.file, ReviewState::moderating, context);

  ASSERT_EQ(result.missing.size(), 1U);
  EXPECT_THAT(result.missing[0].what, HasSubstr("Shadow's tablet has not handed over."));
  EXPECT_EQ(result.missing[0].waits_for, "Shadow");
}

// Two findings that may be given: one that meets the rule and one question.
AReview moderated() {
  AReview review;
  review.finding(FindingKind::strength, {review.note("Lead", SourceKind::lesson_visit),
                                         review.note("First reviewer", SourceKind::pupil_conversation),
                                         review.note("Second reviewer", SourceKind::work_scrutiny)});
  review.finding(FindingKind::question_for_school, {});
  review.other("theme_told", "Lead", {{"theme", "Talk about books"}});
  return review;
}

TEST(GuardTest, FeedsBackOnlyWhatMeetsTheRuleOrIsAQuestion) {
  AReview review = moderated();
  EXPECT_THAT(missing(review, ReviewState::fed_back), IsEmpty());

  review.file.findings[1].kind = FindingKind::area_to_develop;

  EXPECT_THAT(missing(review, ReviewState::fed_back),
              Contains("Finding 2 is below the evidence rule: add notes, or give it as a question."));
}

TEST(GuardTest, WaitsForDecisionsUnplacedNotesAndThemes) {
  AReview review = moderated();
  review.file.findings[0].asks.insert("kind");
  review.note("First reviewer", SourceKind::environment, {}, Stance::context, {});
  review.file.others["theme_told"].clear();

  EXPECT_THAT(missing(review, ReviewState::fed_back),
              ElementsAre("1 unexpected note is not placed.", "1 record that is used waits for a decision.",
                          "The head has not been told the emerging themes."));
}

TEST(GuardTest, LetsSignaturesFallWhenTheTextChanges) {
  AReview review = moderated();
  review.file.members.resize(1);
  auto& report = review.other("report", "Lead", {{"version", 1}, {"title", "What we saw"}});
  review.sign(report, "Lead");
  EXPECT_THAT(missing(review, ReviewState::with_host), IsEmpty());

  report.fields["title"] = replica::Value("What we saw and heard");

  EXPECT_THAT(missing(review, ReviewState::with_host), ElementsAre("Lead has not signed the report."));
}

TEST(GuardTest, WaitsForEverySignatureOrDissent) {
  AReview review = moderated();
  const auto report = review.other("report", "Lead", {{"version", 1}});
  for (const char* name : {"Lead", "First reviewer", "Shadow"}) review.sign(report, name);

  EXPECT_THAT(missing(review, ReviewState::with_host), ElementsAre("Second reviewer has not signed the report."));
}

// Signed by all, every finding answered; the school disagrees with the first.
AReview answered() {
  AReview review = moderated();
  const auto report = review.other("report", "Lead", {{"version", 1}});
  review.other("report_section", "Lead", {{"report", replica::Value(report.id)}, {"body", "Pupils talk about books."}});
  review.sign(report, "Lead");
  review.respond(review.file.findings[0].id, HostView::disagree, "That was Year 4.");
  review.respond(review.file.findings[1].id, HostView::agree, "");
  return review;
}

TEST(GuardTest, DoesNotTakeDisagreementForAnError) {
  EXPECT_THAT(missing(answered(), ReviewState::agreed), IsEmpty());
}

TEST(GuardTest, IsNotAgreedWhileSomethingIsUnansweredUnsettledOrChangedAfterSigning) {
  AReview review = answered();
  review.file.responses.pop_back();
  review.other("factual_correction", "Head", {{"says", "Year 3"}, {"should_say", "Year 4"}});
  review.other("personal_data_flag", "First reviewer", {{"state", "open"}});
  review.file.others["report_section"][0].fields["body"] = replica::Value("Pupils hardly talk about books.");

  EXPECT_THAT(
      missing(review, ReviewState::agreed),
      ElementsAre("A factual correction is not settled: \"Year 3\".", "Finding 2 has no answer from the school.",
                  "1 passage may name a person.", "The report was changed after it was signed."));
}

TEST(GuardTest, RefusesAReviewWithOneKindOfSource) {
  AReview review = answered();
  for (auto& note : review.file.notes) note.source_kind = SourceKind::data_review;

  EXPECT_THAT(missing(review, ReviewState::agreed), ElementsAre("The review rests on one kind of source."));
}

TEST(GuardTest, ImprovesAfterAWorkshopLedFromOutsideTheTeam) {
  AReview review = answered();
  auto& workshop = review.other("workshop", "Head", {{"held_on", "2025-12-03"}, {"led_by", "First reviewer"}});
  review.other("action", "Head", {{"status", "adopted"}});
  review.other("action_plan", "Head", {{"revisit_on", "2026-06-10"}});

  const auto by_a_member = missing(review, ReviewState::improving);
  workshop.fields["led_by"] = replica::Value("Facilitator");

  EXPECT_THAT(by_a_member, ElementsAre("No improvement workshop was held by a champion from outside the team."));
  EXPECT_THAT(missing(review, ReviewState::improving), IsEmpty());
}

TEST(GuardTest, TakesAReasonedDecisionNotToAct) {
  AReview review = answered();
  review.other("workshop", "Head", {{"held_on", "2025-12-03"}, {"led_by", "Facilitator"}});
  review.other("action_plan", "Head",
               {{"no_action_reason", "We wait for the new timetable."}, {"revisit_on", "2026-06-10"}});

  EXPECT_THAT(missing(review, ReviewState::improving), IsEmpty());
}

TEST(GuardTest, ClosesAtVerifiedChangeAndNotAtTheReport) {
  AReview review = answered();
  review.file.members.resize(2);
  EXPECT_THAT(
      missing(review, ReviewState::closed),
      ElementsAre("The follow-up visit is not recorded.", "The school has not evaluated the review, nor declined to.",
                  "Lead has not evaluated the review, nor declined to.",
                  "First reviewer has not evaluated the review, nor declined to.",
                  "\"What can others learn?\" has no answer."));

  review.other("revisit", "Lead", {{"held_on", "2026-06-10"}});
  for (const char* name : {"Head", "Lead", "First reviewer"}) review.other("evaluation", name, {});
  review.file.review->what_others_can_learn = "Nothing yet";

  EXPECT_THAT(missing(review, ReviewState::closed), IsEmpty());
}

TEST(GuardTest, ReadsAsAListForAHeadteacher) {
  AReview review = answered();
  review.file.responses.pop_back();

  EXPECT_THAT(lines_of(guard(review.file, ReviewState::agreed, kContext)),
              ElementsAre("1 thing is still needed for \"agreed\":",
                          "- Finding 2 has no answer from the school. Disagreement is an answer; it prints beside the "
                          "finding. Waits for the host head."));
}

TEST(GuardTest, KnowsThatThereIsNoReviewYet) {
  EXPECT_EQ(guard({}, ReviewState::scheduled, kContext).missing.at(0).what, "There is no review here yet.");
}

}  // namespace
}  // namespace plenary::review
