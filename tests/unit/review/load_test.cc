#include "core/review/load.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include "core/review/copies.h"
#include "core/review/schema.h"
#include "review.pb.h"

namespace plenary::review {
namespace {

using replica::FieldView;
using replica::RecordView;
using replica::Value;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

RecordView record(const std::string& type, const std::string& id, const std::map<std::string, Value>& fields) {
  RecordView view;
  view.type = type;
  view.id = {id};
  for (const auto& [name, value] : fields) view.fields[name] = FieldView{name, value, false, {}};
  return view;
}

TEST(LoadTest, MakesTypedViewsOfRecords) {
  const auto file = file_of(
      {record("review", "r.1", {{"days_on", std::vector<Value>{"2025-11-19", "2025-11-18"}}, {"focus", "Reading"}}),
       record("evidence", "e.1",
              {{"activity", RecordId{"a.1"}},
               {"source_kind", "lesson_visit"},
               {"stance", "development"},
               {"tags", std::vector<Value>{"books", "talk"}},
               {"questions", std::vector<Value>{RecordId{"q.1"}}},
               {"observed_at", std::int64_t{1763460000000}},
               {"state", "set_aside"}})});

  ASSERT_TRUE(file.review);
  EXPECT_THAT(file.review->days_on, ElementsAre("2025-11-18", "2025-11-19"));
  ASSERT_THAT(file.notes, SizeIs(1));
  EXPECT_EQ(file.notes[0].source_kind, SourceKind::lesson_visit);
  EXPECT_EQ(file.notes[0].stance, Stance::development);
  EXPECT_THAT(file.notes[0].tags, ElementsAre("books", "talk"));
  EXPECT_EQ(file.notes[0].questions, std::vector<RecordId>{{"q.1"}});
  EXPECT_FALSE(file.notes[0].stands());
}

TEST(LoadTest, LeavesOutWhatWasDeletedAndKeepsWhatIsContested) {
  auto deleted = record("evidence", "e.1", {});
  deleted.life = replica::Life::deleted;
  auto contested = record("evidence", "e.2", {});
  contested.life = replica::Life::contested;

  const auto file = file_of({deleted, contested});

  ASSERT_THAT(file.notes, SizeIs(1));
  EXPECT_TRUE(file.notes[0].undecided());
}

TEST(LoadTest, NamesTheFieldsThatAsk) {
  auto finding = record("finding", "f.1", {{"kind", "strength"}});
  finding.fields["kind"].asks = true;

  EXPECT_THAT(file_of({finding}).findings.at(0).asks, ElementsAre("kind"));
}

TEST(LoadTest, LetsTheRegisterBeatWhatWasTyped) {
  const auto both = file_of({record("school", "s.1", {{"name", "Ysgol y Castell"}, {"typed_name", "Castle"}})});
  const auto typed = file_of({record("school", "s.1", {{"typed_name", "Castle"}})});

  EXPECT_EQ(both.schools.at(0).name, "Ysgol y Castell");
  EXPECT_EQ(typed.schools.at(0).name, "Castle");
}

TEST(LoadTest, SortsQuestionsByTheirPlaceAndLeavesOutThoseOfAnotherReview) {
  const auto question = [](const std::string& id, const std::string& review, int position) {
    return record("enquiry_question", id, {{"review", RecordId{review}}, {"position", position}});
  };

  const auto file = file_of(
      {record("review", "r.1", {}), question("q.2", "r.1", 2), question("q.1", "r.1", 1), question("q.9", "r.9", 1)});

  ASSERT_THAT(file.questions, SizeIs(2));
  EXPECT_EQ(file.questions[0].id.text, "q.1");
}

TEST(LoadTest, ReadsThePartnershipsRule) {
  const auto file =
      file_of({record("review", "r.1", {{"evidence_rule", replica::Message{{"notes", 5}, {"reviewers", 3}}}})});

  EXPECT_EQ(file.rule().notes, 5U);
  EXPECT_EQ(file.rule().source_kinds, 2U);
  EXPECT_EQ(file.rule().reviewers, 3U);
}

TEST(LoadTest, KeepsOtherRecordsByTheNamesOfTheirFields) {
  const auto file = file_of({record("workshop", "w.1", {{"led_by", "Facilitator"}})});

  EXPECT_EQ(file.of("workshop").at(0).text("led_by"), "Facilitator");
  EXPECT_THAT(file.of("report"), IsEmpty());
}

TEST(CopiesTest, JoinAFindingWithItsCopyAndPointTheAnswersToIt) {
  auto draft =
      record("finding", "3f9ac2d1.17", {{"statement", "Draft"}, {"supports", std::vector<Value>{RecordId{"e.1"}}}});
  std::vector<RecordView> records = {
      draft, record("finding", "o0123456789abcdef", {{"statement", "As it was given"}}),
      record("host_response", "h.1", {{"finding", RecordId{"o0123456789abcdef"}}, {"view", "agree"}}),
      record("cited_evidence", "o1111111111111111", {{"finding", RecordId{"o0123456789abcdef"}}})};

  join_copies(records, {{{"finding", {"o0123456789abcdef"}}, {"3f9ac2d1.17"}}});
  const auto file = file_of(records);

  ASSERT_THAT(file.findings, SizeIs(1));
  EXPECT_EQ(file.findings[0].id.text, "3f9ac2d1.17");
  EXPECT_EQ(file.findings[0].statement, "As it was given");
  EXPECT_THAT(file.findings[0].supports, SizeIs(1));
  EXPECT_EQ(file.responses.at(0).finding.text, "3f9ac2d1.17");
  EXPECT_EQ(file.of("cited_evidence").at(0).reference("finding").text, "3f9ac2d1.17");
}

TEST(CopiesTest, LeaveACopyWhoseOriginIsElsewhere) {
  std::vector<RecordView> records = {record("finding", "o0123456789abcdef", {})};

  join_copies(records, {{{"finding", {"o0123456789abcdef"}}, {"3f9ac2d1.17"}}});

  EXPECT_THAT(records, SizeIs(1));
}

TEST(CopiesTest, KnowACopyByItsId) {
  EXPECT_TRUE(is_copy({"o0123456789abcdef"}));
  EXPECT_FALSE(is_copy({"3f9ac2d1.17"}));
  EXPECT_FALSE(is_copy({"o01234"}));
}

// Every field that the views read is one of the schema: a renamed field would silently read as empty.
TEST(LoadTest, ReadsOnlyFieldsOfTheSchema) {
  const std::map<std::string, std::vector<std::string>> read = {
      {"school", {"register", "register_id", "name", "typed_name", "phase", "typed_phase", "dsl_contact", "la_code"}},
      {"review",
       {"host", "host_name", "focus", "focus_areas", "intended_outcomes", "days_on", "framework", "evidence_rule",
        "what_others_can_learn", "academic_year"}},
      {"enquiry_question", {"review", "question", "question_cy", "origin", "position", "pupils_experience"}},
      {"team_member",
       {"review", "person", "school", "name", "school_name", "distance", "distance_reason", "band", "trained_until_on",
        "member", "part", "accepted", "protocol_acknowledged"}},
      {"activity",
       {"title", "slot", "place", "status", "status_reason", "kind", "reviewers", "questions", "unplanned"}},
      {"evidence",
       {"activity", "body", "source_kind", "stance", "questions", "tags", "year_group", "observed_at", "voice", "state",
        "state_reason", "sensitivity", "unexpected"}},
      {"finding",
       {"kind", "statement", "state", "questions", "supports", "qualifies", "contradicts", "contributors",
        "contradiction_explained", "position", "pupils_experience"}},
      {"host_response", {"finding", "replaces", "view", "note"}},
      {"day_package", {"tablet", "day_on", "member", "team_member", "state", "notes_sealed"}},
      {"review_step", {"review", "to_state", "reason"}},
      {"confirmation", {"record", "what", "confirms"}},
      {"waiver", {"record", "what", "reason", "subject"}},
      {"agreement", {"version"}},
      {"signature", {"agreement", "school", "confirms"}},
      {"appointment", {"person", "school", "from_on", "to_on"}},
      {"training", {"person", "expires_on"}},
      {"self_review", {"state"}},
      {"report", {"version", "hash"}},
      {"sign_off", {"report", "team_member", "hash", "confirms"}},
      {"dissent", {"finding", "reason"}},
      {"factual_correction", {"answer", "says"}},
      {"personal_data_flag", {"state"}},
      {"workshop", {"held_on", "leader", "led_by"}},
      {"action", {"status"}},
      {"action_plan", {"no_action_reason", "revisit_on"}},
      {"revisit", {"planned_on", "held_on"}},
      {"evaluation", {"person"}},
      {"cited_evidence", {"finding", "source_kind"}},
      {"report_section", {"report", "position", "heading", "body", "body_cy"}},
      {"theme_told", {"theme"}}};

  for (const auto& [type, fields] : read) {
    const auto* known = review_schema().type_named(type);
    ASSERT_NE(known, nullptr) << type;
    for (const auto& field : fields) EXPECT_NE(known->field_named(field), nullptr) << type << "." << field;
  }
}

template <class Kind>
void expect_names_of(const google::protobuf::EnumDescriptor& proto) {
  ASSERT_EQ(names_of<Kind>().size() + 1, static_cast<std::size_t>(proto.value_count())) << proto.full_name();
  for (std::size_t i = 0; i < names_of<Kind>().size(); ++i) {
    std::string name(names_of<Kind>()[i]);
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    const auto* value = proto.FindValueByName(name);
    ASSERT_NE(value, nullptr) << name;
    EXPECT_EQ(value->number(), static_cast<int>(i + 1)) << name;
  }
}

TEST(KindsTest, HaveTheNumbersAndNamesOfTheProto) {
  expect_names_of<SourceKind>(*records::SourceKind_Value_descriptor());
  expect_names_of<Stance>(*records::Stance_Value_descriptor());
  expect_names_of<EvidenceState>(*records::EvidenceState_Value_descriptor());
  expect_names_of<FindingKind>(*records::FindingKind_Value_descriptor());
  expect_names_of<ActivityStatus>(*records::ActivityStatus_Value_descriptor());
  expect_names_of<ReviewState>(*records::ReviewState_Value_descriptor());
  expect_names_of<TeamPart>(*records::TeamPart_Value_descriptor());
  expect_names_of<Distance>(*records::Distance_Value_descriptor());
  expect_names_of<Answer>(*records::Answer_Value_descriptor());
  expect_names_of<HostView>(*records::HostView_Value_descriptor());
  expect_names_of<PackageState>(*records::PackageState_Value_descriptor());
}

TEST(KindsTest, TakeAnUnknownNameForUnknown) {
  EXPECT_EQ(kind_named<SourceKind>("hologram"), SourceKind::unknown);
  EXPECT_EQ(in_words(SourceKind::pupil_conversation), "pupil conversation");
  EXPECT_EQ(in_words(SourceKind::unknown), "not given");
}

}  // namespace
}  // namespace plenary::review
