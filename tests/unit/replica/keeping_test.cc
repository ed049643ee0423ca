// Who keeps a space: hand-over, recovery with the printed code, two deputies, and an acting lead on a day with no
// network. (architecture.md D6, T9)
#include <gmock/gmock.h>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class KeepingTest : public StoryTest {
 protected:
  // Founds a team as team() does, and keeps the printed code.
  SpaceId team_with_code(Tablet& lead, std::initializer_list<std::pair<Tablet*, Role>> others) {
    const auto founded = must(lead.replica->found_space("review_team", "Review of Ysgol y Bryn", kLead));
    code_ = founded.recovery_code;
    for (const auto& [member, role] : others) {
      must(member->replica->join(must(lead.replica->invite(founded.space, role, "for the review"))));
      meet(lead, *member, founded.space);
    }
    for (const auto& [member, role] : others) meet(lead, *member, founded.space);
    return founded.space;
  }
  static DeviceKey device_of(Tablet& tablet, const SpaceId& space) {
    for (const MemberView& member : must(tablet.replica->members(space))) {
      if (member.this_device) return member.device;
    }
    ADD_FAILURE() << "not a member";
    return {};
  }
  static std::string keeper(Tablet& tablet, const SpaceId& space) {
    return must(tablet.replica->keeping(space)).keeper;
  }
  static void by_file(Tablet& from, Tablet& to, const SpaceId& space) {
    must(to.replica->import_day_end(must(from.replica->export_day_end(space))));
  }
  static std::vector<std::string> kinds_of_alarms(Tablet& tablet, const SpaceId& space) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space))) kinds.push_back(alarm.kind);
    return kinds;
  }

  std::string code_;
};

TEST_F(KeepingTest, HandsOverToAMemberWhoThenDecidesAlone) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});

  must(lead.replica->hand_over(space, device_of(reviewer, space)));
  meet(lead, reviewer, space);

  EXPECT_EQ(keeper(reviewer, space), "Reviewer");
  EXPECT_EQ(must(lead.replica->keeping(space)).since, KeepingView::Since::hand_over);
  EXPECT_EQ(lead.replica->remove(space, device_of(colleague, space), "").error().code, ErrorCode::refused);
  must(reviewer.replica->remove(space, device_of(lead, space), "The review is over"));
  meet(reviewer, colleague, space);
  EXPECT_EQ(keeper(colleague, space), "Reviewer");
  colleague.note(space, "Under the new keeper.");
  meet(colleague, reviewer, space);
  EXPECT_THAT(kinds_of_alarms(reviewer, space), IsEmpty());
  expect_equal(space, {&reviewer, &colleague});
}

TEST_F(KeepingTest, GrantsWhoUsedTheFormerKeepersInvitation) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& newcomer = tablet("Newcomer");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}});
  must(newcomer.replica->join(must(lead.replica->invite(space, kReviewer, "Newcomer of Ysgol y Bryn"))));
  must(lead.replica->hand_over(space, device_of(reviewer, space)));

  meet(lead, reviewer, space);
  meet(reviewer, newcomer, space);

  const auto members = must(reviewer.replica->members(space));
  EXPECT_NE(std::ranges::find(members, "Newcomer of Ysgol y Bryn", &MemberView::name), members.end());
}

TEST_F(KeepingTest, RecoversWithThePrintedCodeOnAnyMembersDevice) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});

  const std::string next = must(reviewer.replica->recover(space, code_));
  must(reviewer.replica->remove(space, device_of(lead, space), "The tablet is lost"));
  meet(reviewer, colleague, space);

  EXPECT_EQ(keeper(colleague, space), "Reviewer");
  EXPECT_EQ(must(colleague.replica->keeping(space)).since, KeepingView::Since::recovery);
  EXPECT_EQ(must(colleague.replica->keeping(space)).epoch, 1u);
  const auto used = colleague.replica->recover(space, code_);
  EXPECT_EQ(used.error().code, ErrorCode::refused);
  EXPECT_NE(next, code_);
  must(colleague.replica->recover(space, next));
  meet(colleague, reviewer, space);
  EXPECT_EQ(keeper(reviewer, space), "Colleague");
  expect_equal(space, {&reviewer, &colleague});
}

TEST_F(KeepingTest, RefusesAMistypedCodeAndSaysWhatIsWrong) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}});
  std::string mistyped = code_;
  mistyped[0] = mistyped[0] == 'a' ? 'b' : 'a';

  EXPECT_EQ(reviewer.replica->recover(space, mistyped).error().code, ErrorCode::refused);
  EXPECT_EQ(reviewer.replica->recover(space, code_.substr(0, 30)).error().code, ErrorCode::malformed);
  EXPECT_THAT(reviewer.replica->recover(space, code_.substr(0, 4)).error().message, HasSubstr("has 4"));
  EXPECT_EQ(keeper(reviewer, space), "Lead");
  std::string spaced = "  ";
  for (const char c : code_) spaced += c == '-' ? ' ' : static_cast<char>(std::toupper(c));
  must(reviewer.replica->recover(space, spaced));
  EXPECT_EQ(keeper(reviewer, space), "Reviewer");
}

TEST_F(KeepingTest, VoidsWhatTheFormerKeeperDecidedApart) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  must(reviewer.replica->recover(space, code_));

  must(lead.replica->remove(space, device_of(colleague, space), ""));  // who does not know yet
  meet(lead, reviewer, space);
  meet(reviewer, colleague, space);

  for (Tablet* tablet : {&lead, &reviewer, &colleague}) {
    EXPECT_EQ(keeper(*tablet, space), "Reviewer") << tablet->replica->person();
    EXPECT_THAT(kinds_of_alarms(*tablet, space), ElementsAre("void_records"));
    EXPECT_EQ(must(tablet->replica->keeping(space)).keys, 1u);
  }
  colleague.note(space, "I am still here.");
  meet(colleague, reviewer, space);
  EXPECT_THAT(must(reviewer.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, StillReadsWhatWasSealedUnderAKeyThatIsVoidSince) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}});
  must(lead.replica->rotate(space));
  pass_on(lead, reviewer, space);
  reviewer.note(space, "Sealed under the key that becomes void.");
  const Bytes file = must(reviewer.replica->export_day_end(space));
  must(colleague.replica->recover(space, code_));
  pass_on(lead, colleague, space);
  colleague.reopen();

  EXPECT_EQ(must(colleague.replica->import_day_end(file)).changes_new, 1u);
  EXPECT_EQ(keeper(colleague, space), "Colleague");
  EXPECT_THAT(must(colleague.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, LetsTwoDeputiesRecoverTogetherAndNeitherAlone) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  Tablet& newcomer = tablet("Newcomer");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}, {&newcomer, kShadow}});
  EXPECT_EQ(lead.replica->name_deputies(space, code_, device_of(reviewer, space), device_of(lead, space)).error().code,
            ErrorCode::invalid_argument);

  must(lead.replica->name_deputies(space, code_, device_of(reviewer, space), device_of(colleague, space)));
  for (Tablet* tablet : {&reviewer, &colleague, &newcomer}) meet(lead, *tablet, space);

  EXPECT_THAT(must(newcomer.replica->keeping(space)).deputies, SizeIs(2));
  EXPECT_EQ(newcomer.replica->deputy_part(space).error().code, ErrorCode::not_found);
  const std::string part = must(colleague.replica->deputy_part(space));
  const std::string own = must(reviewer.replica->deputy_part(space));
  EXPECT_NE(part, own);
  EXPECT_FALSE(reviewer.replica->recover(space, own)) << "one part twice is not both";
  EXPECT_FALSE(newcomer.replica->recover(space, part)) << "the part alone is not the key";
  must(reviewer.replica->recover(space, part));
  meet(reviewer, colleague, space);
  EXPECT_EQ(keeper(colleague, space), "Reviewer");
  EXPECT_THAT(must(colleague.replica->keeping(space)).deputies, IsEmpty()) << "a new key, not shared out yet";
}

TEST_F(KeepingTest, EndsTheFormerDeputiesPartsWhenOthersAreNamed) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& colleague = tablet("Colleague");
  Tablet& newcomer = tablet("Newcomer");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kReviewer}, {&newcomer, kShadow}});
  must(lead.replica->name_deputies(space, code_, device_of(reviewer, space), device_of(colleague, space)));
  meet(lead, colleague, space);
  const std::string former = must(colleague.replica->deputy_part(space));

  must(lead.replica->name_deputies(space, code_, device_of(reviewer, space), device_of(newcomer, space)));
  meet(lead, reviewer, space);
  meet(lead, colleague, space);

  EXPECT_EQ(colleague.replica->deputy_part(space).error().code, ErrorCode::not_found);
  EXPECT_FALSE(reviewer.replica->recover(space, former));
}

// The lead is called away at noon, with the tablet. There is no network all day: everything goes by file.
TEST_F(KeepingTest, AnActingLeadTakesOverAtNoonAndTheLeadsLaterNotesStillCount) {
  Tablet& lead = tablet("Lead");
  Tablet& first = tablet("First");
  Tablet& second = tablet("Second");
  const SpaceId space = team_with_code(lead, {{&first, kReviewer}, {&second, kReviewer}});
  must(lead.replica->name_deputies(space, code_, device_of(first, space), device_of(second, space)));
  for (Tablet* tablet : {&first, &second}) by_file(lead, *tablet, space);
  const RecordId morning = lead.note(space, "Seen by the lead in the morning.");
  by_file(lead, first, space);

  must(first.replica->recover(space, must(second.replica->deputy_part(space))));
  must(first.replica->change_role(space, device_of(first, space), kLead));
  const RecordId afternoon = first.note(space, "As the acting lead.");
  by_file(first, second, space);
  second.note(space, "In the afternoon.");
  by_file(second, first, space);
  const RecordId later = lead.note(space, "Written by the lead in the office, knowing nothing of this.");
  const std::int64_t evening = first.environment.now_ms();
  must(first.replica->seal_day(space, 0));

  by_file(lead, first, space);
  by_file(first, lead, space);
  by_file(first, second, space);

  for (Tablet* tablet : {&lead, &first, &second}) {
    EXPECT_EQ(keeper(*tablet, space), "First");
    EXPECT_EQ(tablet->get(space, morning).created.role, kLead);
    EXPECT_EQ(tablet->get(space, later).created.person, "Lead");
    EXPECT_EQ(tablet->get(space, afternoon).created.role, kLead);
    EXPECT_THAT(must(tablet->replica->quarantined(space)), IsEmpty());
    EXPECT_THAT(kinds_of_alarms(*tablet, space), IsEmpty());
  }
  EXPECT_GT(evening, 0);
  expect_equal(space, {&lead, &first, &second});
  must(first.replica->hand_over(space, device_of(lead, space)));
  by_file(first, lead, space);
  EXPECT_EQ(keeper(lead, space), "Lead");
}

// Two people share one tablet, each with a profile of their own: a note belongs to its person.
TEST_F(KeepingTest, KeepsTheNotesOfTwoPeopleOnOneTabletApart) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("shared tablet, reviewer");
  Tablet& colleague = tablet("shared tablet, colleague");
  const SpaceId space = team_with_code(lead, {{&reviewer, kReviewer}, {&colleague, kShadow}});

  const RecordId by_reviewer = reviewer.note(space, "The reviewer saw this.");
  const RecordId by_colleague = colleague.note(space, "The colleague saw that.");
  meet(lead, reviewer, space);
  meet(lead, colleague, space);
  meet(lead, reviewer, space);

  EXPECT_NE(reviewer.get(space, by_reviewer).created.person_id, reviewer.get(space, by_colleague).created.person_id);
  EXPECT_EQ(reviewer.get(space, by_colleague).created.person, "shared tablet, colleague");
  EXPECT_EQ(colleague.get(space, by_colleague).created.role, kShadow);
  must(lead.replica->remove(space, device_of(colleague, space), "Only the colleague leaves"));
  meet(lead, reviewer, space);
  reviewer.note(space, "The reviewer goes on, on the same tablet.");
  meet(lead, reviewer, space);
  EXPECT_THAT(must(lead.replica->list(space, {.type = "evidence"})), SizeIs(3));
  EXPECT_EQ(colleague.replica->import_day_end(must(reviewer.replica->export_day_end(space))).error().code,
            ErrorCode::not_found);
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(KeepingTest, SoundsTheAlarmWhenTwoUseOneInvitationAndLetsTheKeeperChoose) {
  Tablet& lead = tablet("Lead");
  Tablet& newcomer = tablet("Newcomer");
  Tablet& thief = tablet("Thief");
  const SpaceId space = team_with_code(lead, {});
  const std::string link = must(lead.replica->invite(space, kReviewer, "Newcomer"));
  must(newcomer.replica->join(link));
  must(thief.replica->join(link));
  pass_on(newcomer, lead, space);
  pass_on(thief, lead, space);

  const auto ratified = must(lead.replica->ratify(space));
  ASSERT_THAT(ratified, SizeIs(1));
  EXPECT_FALSE(ratified[0].granted);
  EXPECT_THAT(kinds_of_alarms(lead, space), ElementsAre("double_claim"));
  const auto open = must(lead.replica->invitations(space));
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].link, link);
  const auto claim = std::ranges::find(open[0].claims, "Newcomer", &ClaimView::name);
  ASSERT_NE(claim, open[0].claims.end());
  must(lead.replica->admit(space, claim->device));
  meet(lead, newcomer, space);
  pass_on(thief, lead, space);

  EXPECT_THAT(must(lead.replica->members(space)), SizeIs(2));
  EXPECT_THAT(kinds_of_alarms(lead, space), IsEmpty());
  EXPECT_EQ(lead.replica->admit(space, device_of(newcomer, space)).error().code, ErrorCode::not_found);
  newcomer.note(space, "In.");
  meet(lead, newcomer, space);
  EXPECT_THAT(must(lead.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, AsksTheKeeperWhenSomebodyJoinsUnderAKnownName) {
  Tablet& lead = tablet("Lead");
  StoryEnvironment chance(99);
  const auto other = must(Replica::create(folder_.path() / "other", "Lead", schema(), chance, unlock()));
  const SpaceId space = team_with_code(lead, {});
  must(other->join(must(lead.replica->invite(space, kReviewer, "Newcomer"))));
  sync::Item claim;
  claim.kind = sync::ItemKind::claim;
  claim.bytes = *other->sync().claim(space);
  lead.replica->sync().store(space, {claim});

  EXPECT_FALSE(must(lead.replica->ratify(space)).at(0).granted);
  EXPECT_THAT(kinds_of_alarms(lead, space), ElementsAre("odd_claim"));
  must(lead.replica->admit(space, must(lead.replica->invitations(space)).at(0).claims.at(0).device));
  EXPECT_THAT(must(lead.replica->members(space)), SizeIs(2));
}

}  // namespace
}  // namespace plenary::replica
