#include "core/review/load.h"

#include <algorithm>

namespace plenary::review {
namespace {

using replica::RecordView;
using replica::Value;

// Reads the fields of one record by name, in the type that the view wants.
class FieldReader {
 public:
  explicit FieldReader(const RecordView& record) : record_(record) {}

  void read(std::string_view name, std::string& out) const { out = record_[name].text(); }
  void read(std::string_view name, RecordId& out) const { out.text = record_[name].text(); }
  void read(std::string_view name, std::int64_t& out) const { out = record_[name].integer(); }
  void read(std::string_view name, bool& out) const {
    const bool* value = std::get_if<bool>(&record_[name].content);
    out = value != nullptr && *value;
  }
  template <class Kind>
  requires std::is_enum_v<Kind>
  void read(std::string_view name, Kind& out) const { out = kind_named<Kind>(record_[name].text()); }
  void read(std::string_view name, std::vector<std::string>& out) const {
    for (const Value& value : list(name)) out.push_back(value.text());
  }
  void read(std::string_view name, std::vector<RecordId>& out) const {
    for (const Value& value : list(name)) out.push_back(RecordId{value.text()});
  }
  void read(std::string_view name, std::optional<std::size_t>& out) const {
    if (!record_[name].empty()) out = static_cast<std::size_t>(record_[name].integer());
  }
  const replica::Message* message(std::string_view name) const {
    return std::get_if<replica::Message>(&record_[name].content);
  }

 private:
  std::vector<Value> list(std::string_view name) const {
    const auto* values = std::get_if<std::vector<Value>>(&record_[name].content);
    return values == nullptr ? std::vector<Value>{} : *values;
  }

  const RecordView& record_;
};

template <class View>
View begin_view(const RecordView& record) {
  View view;
  view.id = record.id;
  view.life = record.life;
  view.created = record.created;
  for (const auto& [name, field] : record.fields) {
    if (field.asks) view.asks.insert(name);
  }
  return view;
}

std::string text_in(const replica::Message& message, const std::string& field) {
  const auto found = message.find(field);
  return found == message.end() ? std::string{} : found->second.text();
}

School school_of(const RecordView& record) {
  const FieldReader fields(record);
  auto school = begin_view<School>(record);
  fields.read("register", school.register_name);
  fields.read("register_id", school.register_id);
  fields.read("name", school.name);
  if (school.name.empty()) fields.read("typed_name", school.name);
  fields.read("phase", school.phase);
  if (school.phase.empty()) fields.read("typed_phase", school.phase);
  fields.read("name_cy", school.name_cy);
  fields.read("la_code", school.la_code);
  fields.read("la_name", school.la_name);
  fields.read("status", school.status);
  fields.read("postcode", school.postcode);
  fields.read("town", school.town);
  fields.read("trust_name", school.trust_name);
  fields.read("federation_name", school.federation_name);
  if (const auto* contact = fields.message("dsl_contact")) {
    school.dsl_contact = text_in(*contact, "name");
    for (const char* part : {"phone", "email"}) {
      const std::string text = text_in(*contact, part);
      if (!text.empty()) school.dsl_contact += (school.dsl_contact.empty() ? "" : ", ") + text;
    }
  }
  return school;
}

std::optional<EvidenceRule> rule_of(const replica::Message* message) {
  if (message == nullptr) return std::nullopt;
  const auto number = [&](const char* field, std::size_t otherwise) {
    const auto found = message->find(field);
    return found == message->end() ? otherwise : static_cast<std::size_t>(found->second.integer());
  };
  EvidenceRule rule;
  rule.notes = number("notes", rule.notes);
  rule.source_kinds = number("source_kinds", rule.source_kinds);
  rule.reviewers = number("reviewers", rule.reviewers);
  const auto pupils = message->find("pupils_need_pupil_source");
  const bool* needed = pupils == message->end() ? nullptr : std::get_if<bool>(&pupils->second.content);
  rule.pupils_need_pupil_source = needed != nullptr && *needed;
  return rule;
}

Review review_of(const RecordView& record) {
  const FieldReader fields(record);
  auto review = begin_view<Review>(record);
  fields.read("host", review.host);
  fields.read("host_name", review.host_name);
  fields.read("academic_year", review.academic_year);
  fields.read("focus", review.focus);
  fields.read("intended_outcomes", review.intended_outcomes);
  fields.read("language", review.language);
  fields.read("summary_mode", review.summary_mode);
  fields.read("what_others_can_learn", review.what_others_can_learn);
  fields.read("focus_areas", review.focus_areas);
  fields.read("days_on", review.days_on);
  fields.read("framework", review.framework);
  review.evidence_rule = rule_of(fields.message("evidence_rule"));
  std::ranges::sort(review.days_on);
  return review;
}

EnquiryQuestion question_of(const RecordView& record) {
  const FieldReader fields(record);
  auto question = begin_view<EnquiryQuestion>(record);
  fields.read("review", question.review);
  fields.read("question", question.question);
  fields.read("question_cy", question.question_cy);
  fields.read("origin", question.origin);
  fields.read("position", question.position);
  fields.read("pupils_experience", question.pupils_experience);
  return question;
}

TeamMember member_of(const RecordView& record) {
  const FieldReader fields(record);
  auto member = begin_view<TeamMember>(record);
  fields.read("review", member.review);
  fields.read("person", member.person);
  fields.read("school", member.school);
  fields.read("name", member.name);
  fields.read("school_name", member.school_name);
  fields.read("distance_reason", member.distance_reason);
  fields.read("band", member.band);
  fields.read("trained_until_on", member.trained_until_on);
  fields.read("member", member.member);
  fields.read("part", member.part);
  fields.read("distance", member.distance);
  fields.read("accepted", member.accepted);
  fields.read("protocol_acknowledged", member.protocol_acknowledged);
  return member;
}

Activity activity_of(const RecordView& record) {
  const FieldReader fields(record);
  auto activity = begin_view<Activity>(record);
  fields.read("review", activity.review);
  fields.read("host_partner", activity.host_partner);
  fields.read("title", activity.title);
  fields.read("slot", activity.slot);
  fields.read("place", activity.place);
  fields.read("status_reason", activity.status_reason);
  fields.read("kind", activity.kind);
  fields.read("status", activity.status);
  fields.read("reviewers", activity.reviewers);
  fields.read("questions", activity.questions);
  fields.read("unplanned", activity.unplanned);
  return activity;
}

Evidence note_of(const RecordView& record) {
  const FieldReader fields(record);
  auto note = begin_view<Evidence>(record);
  fields.read("activity", note.activity);
  fields.read("body", note.body);
  fields.read("year_group", note.year_group);
  fields.read("voice", note.voice);
  fields.read("sensitivity", note.sensitivity);
  fields.read("state_reason", note.state_reason);
  fields.read("source_kind", note.source_kind);
  fields.read("stance", note.stance);
  fields.read("state", note.state);
  fields.read("questions", note.questions);
  fields.read("tags", note.tags);
  fields.read("observed_at", note.observed_at);
  fields.read("unexpected", note.unexpected);
  return note;
}

Finding finding_of(const RecordView& record) {
  const FieldReader fields(record);
  auto finding = begin_view<Finding>(record);
  fields.read("kind", finding.kind);
  fields.read("statement", finding.statement);
  fields.read("statement_cy", finding.statement_cy);
  fields.read("state", finding.state);
  fields.read("contradiction_explained", finding.contradiction_explained);
  fields.read("questions", finding.questions);
  fields.read("supports", finding.supports);
  fields.read("qualifies", finding.qualifies);
  fields.read("contradicts", finding.contradicts);
  fields.read("contributors", finding.contributors);
  fields.read("position", finding.position);
  fields.read("pupils_experience", finding.pupils_experience);
  return finding;
}

HostResponse response_of(const RecordView& record) {
  const FieldReader fields(record);
  auto response = begin_view<HostResponse>(record);
  fields.read("finding", response.finding);
  fields.read("replaces", response.replaces);
  fields.read("view", response.view);
  fields.read("note", response.note);
  return response;
}

DayPackage package_of(const RecordView& record) {
  const FieldReader fields(record);
  auto package = begin_view<DayPackage>(record);
  fields.read("tablet", package.tablet);
  fields.read("day_on", package.day_on);
  fields.read("member", package.member);
  fields.read("team_member", package.team_member);
  fields.read("state", package.state);
  fields.read("notes_sealed", package.notes_sealed);
  fields.read("supplement_to", package.supplement_to);
  return package;
}

ReviewStep step_of(const RecordView& record) {
  const FieldReader fields(record);
  auto step = begin_view<ReviewStep>(record);
  fields.read("review", step.review);
  fields.read("to_state", step.to);
  fields.read("reason", step.reason);
  return step;
}

Confirmation confirmation_of(const RecordView& record) {
  const FieldReader fields(record);
  auto confirmation = begin_view<Confirmation>(record);
  fields.read("record", confirmation.record);
  fields.read("what", confirmation.what);
  if (const auto* confirms = fields.message("confirms"); confirms != nullptr && confirms->contains("writes")) {
    if (const auto* writes = std::get_if<std::vector<Value>>(&confirms->at("writes").content)) {
      for (const Value& write : *writes) confirmation.writes.push_back(write.text());
    }
  }
  return confirmation;
}

Waiver waiver_of(const RecordView& record) {
  const FieldReader fields(record);
  auto waiver = begin_view<Waiver>(record);
  fields.read("record", waiver.record);
  fields.read("what", waiver.what);
  fields.read("reason", waiver.reason);
  fields.read("subject", waiver.subject);
  return waiver;
}

OtherRecord other_of(const RecordView& record) {
  auto other = begin_view<OtherRecord>(record);
  for (const auto& [name, field] : record.fields) other.fields.emplace(name, field.value);
  return other;
}

// The same record may have been read from two spaces (a draft and its copy): the first one stays.
template <class View>
void add_once(std::vector<View>& views, View view) {
  if (std::ranges::find(views, view.id, &View::id) == views.end()) views.push_back(std::move(view));
}

void add_record(ReviewFile& file, const RecordView& record) {
  const std::string& type = record.type;
  if (type == "evidence") return file.notes.push_back(note_of(record));  // many, and in one space only
  if (type == "school") return add_once(file.schools, school_of(record));
  if (type == "enquiry_question") return add_once(file.questions, question_of(record));
  if (type == "team_member") return add_once(file.members, member_of(record));
  if (type == "activity") return add_once(file.activities, activity_of(record));
  if (type == "finding") return add_once(file.findings, finding_of(record));
  if (type == "host_response") return add_once(file.responses, response_of(record));
  if (type == "day_package") return add_once(file.packages, package_of(record));
  if (type == "review_step") return add_once(file.steps, step_of(record));
  if (type == "confirmation") return add_once(file.confirmations, confirmation_of(record));
  if (type == "waiver") return add_once(file.waivers, waiver_of(record));
  if (type == "review") {
    // Of several reviews the newest is meant, unless the caller left the others out.
    auto review = review_of(record);
    const auto age = [](const Review& r) { return std::pair(r.created.time_ms, r.id.text); };
    if (!file.review || age(*file.review) < age(review)) file.review = std::move(review);
    return;
  }
  add_once(file.others[type], other_of(record));
}

// Leaves out what names another review.
template <class View>
void keep_review(std::vector<View>& views, const RecordId& review) {
  std::erase_if(views, [&](const View& v) { return !v.review.text.empty() && v.review != review; });
}

}  // namespace

ReviewFile file_of(const std::vector<RecordView>& records, std::set<std::string> space_kinds) {
  ReviewFile file;
  file.space_kinds = std::move(space_kinds);
  for (const RecordView& record : records) {
    if (record.life == replica::Life::live || record.life == replica::Life::contested) add_record(file, record);
  }
  if (file.review) {
    const RecordId review = file.review->id;
    keep_review(file.questions, review);
    keep_review(file.members, review);
    keep_review(file.activities, review);
    keep_review(file.steps, review);
  }
  const auto by_position = [](const auto& v) { return std::tuple(v.position, v.created.time_ms, v.id.text); };
  std::ranges::sort(file.questions, {}, by_position);
  std::ranges::sort(file.findings, {}, by_position);
  std::ranges::sort(file.activities, {}, [](const Activity& a) { return std::pair(a.slot, a.id.text); });
  const auto by_age = [](const Recorded& v) { return std::pair(v.created.time_ms, v.id.text); };
  std::ranges::sort(file.members, {}, [](const TeamMember& m) { return std::tuple(m.part, m.name, m.id.text); });
  std::ranges::sort(file.packages, {}, by_age);
  std::ranges::sort(file.steps, {}, by_age);
  std::ranges::sort(file.responses, {}, by_age);
  return file;
}

}  // namespace plenary::review
