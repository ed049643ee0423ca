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
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}});

  must(ann.replica->hand_over(space, device_of(ben, space)));
  meet(ann, ben, space);

  EXPECT_EQ(keeper(ben, space), "Ben");
  EXPECT_EQ(must(ann.replica->keeping(space)).since, KeepingView::Since::hand_over);
  EXPECT_EQ(ann.replica->remove(space, device_of(cai, space), "").error().code, ErrorCode::refused);
  must(ben.replica->remove(space, device_of(ann, space), "Her review is over"));
  meet(ben, cai, space);
  EXPECT_EQ(keeper(cai, space), "Ben");
  cai.note(space, "Under the new keeper.");
  meet(cai, ben, space);
  EXPECT_THAT(kinds_of_alarms(ben, space), IsEmpty());
  expect_equal(space, {&ben, &cai});
}

TEST_F(KeepingTest, GrantsWhoUsedTheFormerKeepersInvitation) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& dai = tablet("Dai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}});
  must(dai.replica->join(must(ann.replica->invite(space, kReviewer, "Dai of Ysgol y Bryn"))));
  must(ann.replica->hand_over(space, device_of(ben, space)));

  meet(ann, ben, space);
  meet(ben, dai, space);

  const auto members = must(ben.replica->members(space));
  EXPECT_NE(std::ranges::find(members, "Dai of Ysgol y Bryn", &MemberView::name), members.end());
}

TEST_F(KeepingTest, RecoversWithThePrintedCodeOnAnyMembersDevice) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}});

  const std::string next = must(ben.replica->recover(space, code_));
  must(ben.replica->remove(space, device_of(ann, space), "Her tablet is lost"));
  meet(ben, cai, space);

  EXPECT_EQ(keeper(cai, space), "Ben");
  EXPECT_EQ(must(cai.replica->keeping(space)).since, KeepingView::Since::recovery);
  EXPECT_EQ(must(cai.replica->keeping(space)).epoch, 1u);
  const auto used = cai.replica->recover(space, code_);
  EXPECT_EQ(used.error().code, ErrorCode::refused);
  EXPECT_NE(next, code_);
  must(cai.replica->recover(space, next));
  meet(cai, ben, space);
  EXPECT_EQ(keeper(ben, space), "Cai");
  expect_equal(space, {&ben, &cai});
}

TEST_F(KeepingTest, RefusesAMistypedCodeAndSaysWhatIsWrong) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}});
  std::string mistyped = code_;
  mistyped[0] = mistyped[0] == 'a' ? 'b' : 'a';

  EXPECT_EQ(ben.replica->recover(space, mistyped).error().code, ErrorCode::refused);
  EXPECT_EQ(ben.replica->recover(space, code_.substr(0, 30)).error().code, ErrorCode::malformed);
  EXPECT_THAT(ben.replica->recover(space, code_.substr(0, 4)).error().message, HasSubstr("has 4"));
  EXPECT_EQ(keeper(ben, space), "Ann");
  std::string spaced = "  ";
  for (const char c : code_) spaced += c == '-' ? ' ' : static_cast<char>(std::toupper(c));
  must(ben.replica->recover(space, spaced));
  EXPECT_EQ(keeper(ben, space), "Ben");
}

TEST_F(KeepingTest, VoidsWhatTheFormerKeeperDecidedApart) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  must(ben.replica->recover(space, code_));

  must(ann.replica->remove(space, device_of(cai, space), ""));  // she does not know yet
  meet(ann, ben, space);
  meet(ben, cai, space);

  for (Tablet* tablet : {&ann, &ben, &cai}) {
    EXPECT_EQ(keeper(*tablet, space), "Ben") << tablet->replica->person();
    EXPECT_THAT(kinds_of_alarms(*tablet, space), ElementsAre("void_records"));
    EXPECT_EQ(must(tablet->replica->keeping(space)).keys, 1u);
  }
  cai.note(space, "I am still here.");
  meet(cai, ben, space);
  EXPECT_THAT(must(ben.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, StillReadsWhatWasSealedUnderAKeyThatIsVoidSince) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}});
  must(ann.replica->rotate(space));
  pass_on(ann, ben, space);
  ben.note(space, "Sealed under the key that becomes void.");
  const Bytes file = must(ben.replica->export_day_end(space));
  must(cai.replica->recover(space, code_));
  pass_on(ann, cai, space);
  cai.reopen();

  EXPECT_EQ(must(cai.replica->import_day_end(file)).changes_new, 1u);
  EXPECT_EQ(keeper(cai, space), "Cai");
  EXPECT_THAT(must(cai.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, LetsTwoDeputiesRecoverTogetherAndNeitherAlone) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  Tablet& dai = tablet("Dai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}, {&dai, kShadow}});
  EXPECT_EQ(ann.replica->name_deputies(space, code_, device_of(ben, space), device_of(ann, space)).error().code,
            ErrorCode::invalid_argument);

  must(ann.replica->name_deputies(space, code_, device_of(ben, space), device_of(cai, space)));
  for (Tablet* tablet : {&ben, &cai, &dai}) meet(ann, *tablet, space);

  EXPECT_THAT(must(dai.replica->keeping(space)).deputies, SizeIs(2));
  EXPECT_EQ(dai.replica->deputy_part(space).error().code, ErrorCode::not_found);
  const std::string part = must(cai.replica->deputy_part(space));
  const std::string own = must(ben.replica->deputy_part(space));
  EXPECT_NE(part, own);
  EXPECT_FALSE(ben.replica->recover(space, own)) << "one part twice is not both";
  EXPECT_FALSE(dai.replica->recover(space, part)) << "the part alone is not the key";
  must(ben.replica->recover(space, part));
  meet(ben, cai, space);
  EXPECT_EQ(keeper(cai, space), "Ben");
  EXPECT_THAT(must(cai.replica->keeping(space)).deputies, IsEmpty()) << "a new key, not shared out yet";
}

TEST_F(KeepingTest, EndsTheFormerDeputiesPartsWhenOthersAreNamed) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& cai = tablet("Cai");
  Tablet& dai = tablet("Dai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kReviewer}, {&dai, kShadow}});
  must(ann.replica->name_deputies(space, code_, device_of(ben, space), device_of(cai, space)));
  meet(ann, cai, space);
  const std::string former = must(cai.replica->deputy_part(space));

  must(ann.replica->name_deputies(space, code_, device_of(ben, space), device_of(dai, space)));
  meet(ann, ben, space);
  meet(ann, cai, space);

  EXPECT_EQ(cai.replica->deputy_part(space).error().code, ErrorCode::not_found);
  EXPECT_FALSE(ben.replica->recover(space, former));
}

// The lead is called away at noon, with her tablet. There is no network all day: everything goes by file.
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
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("shared tablet, Ben");
  Tablet& cai = tablet("shared tablet, Cai");
  const SpaceId space = team_with_code(ann, {{&ben, kReviewer}, {&cai, kShadow}});

  const RecordId bens = ben.note(space, "Ben saw this.");
  const RecordId cais = cai.note(space, "Cai saw that.");
  meet(ann, ben, space);
  meet(ann, cai, space);
  meet(ann, ben, space);

  EXPECT_NE(ben.get(space, bens).created.person_id, ben.get(space, cais).created.person_id);
  EXPECT_EQ(ben.get(space, cais).created.person, "shared tablet, Cai");
  EXPECT_EQ(cai.get(space, cais).created.role, kShadow);
  must(ann.replica->remove(space, device_of(cai, space), "Only Cai leaves"));
  meet(ann, ben, space);
  ben.note(space, "Ben goes on, on the same tablet.");
  meet(ann, ben, space);
  EXPECT_THAT(must(ann.replica->list(space, {.type = "evidence"})), SizeIs(3));
  EXPECT_EQ(cai.replica->import_day_end(must(ben.replica->export_day_end(space))).error().code, ErrorCode::not_found);
  expect_equal(space, {&ann, &ben});
}

TEST_F(KeepingTest, SoundsTheAlarmWhenTwoUseOneInvitationAndLetsTheKeeperChoose) {
  Tablet& ann = tablet("Ann");
  Tablet& dai = tablet("Dai");
  Tablet& thief = tablet("Thief");
  const SpaceId space = team_with_code(ann, {});
  const std::string link = must(ann.replica->invite(space, kReviewer, "Dai"));
  must(dai.replica->join(link));
  must(thief.replica->join(link));
  pass_on(dai, ann, space);
  pass_on(thief, ann, space);

  const auto ratified = must(ann.replica->ratify(space));
  ASSERT_THAT(ratified, SizeIs(1));
  EXPECT_FALSE(ratified[0].granted);
  EXPECT_THAT(kinds_of_alarms(ann, space), ElementsAre("double_claim"));
  const auto open = must(ann.replica->invitations(space));
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].link, link);
  const auto claim = std::ranges::find(open[0].claims, "Dai", &ClaimView::name);
  ASSERT_NE(claim, open[0].claims.end());
  must(ann.replica->admit(space, claim->device));
  meet(ann, dai, space);
  pass_on(thief, ann, space);

  EXPECT_THAT(must(ann.replica->members(space)), SizeIs(2));
  EXPECT_THAT(kinds_of_alarms(ann, space), IsEmpty());
  EXPECT_EQ(ann.replica->admit(space, device_of(dai, space)).error().code, ErrorCode::not_found);
  dai.note(space, "In.");
  meet(ann, dai, space);
  EXPECT_THAT(must(ann.replica->list(space, {.type = "evidence"})), SizeIs(1));
}

TEST_F(KeepingTest, AsksTheKeeperWhenSomebodyJoinsUnderAKnownName) {
  Tablet& ann = tablet("Ann");
  StoryEnvironment chance(99);
  const auto other = must(Replica::create(folder_.path() / "other", "Ann", schema(), chance, unlock()));
  const SpaceId space = team_with_code(ann, {});
  must(other->join(must(ann.replica->invite(space, kReviewer, "Dai"))));
  sync::Item claim;
  claim.kind = sync::ItemKind::claim;
  claim.bytes = *other->sync().claim(space);
  ann.replica->sync().store(space, {claim});

  EXPECT_FALSE(must(ann.replica->ratify(space)).at(0).granted);
  EXPECT_THAT(kinds_of_alarms(ann, space), ElementsAre("odd_claim"));
  must(ann.replica->admit(space, must(ann.replica->invitations(space)).at(0).claims.at(0).device));
  EXPECT_THAT(must(ann.replica->members(space)), SizeIs(2));
}

}  // namespace
}  // namespace plenary::replica
