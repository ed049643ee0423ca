#include "tests/unit/review/a_review.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/review/report.h"
#include "core/review/schema.h"

namespace plenary::review::test {

AReview::AReview() {
  School host;
  host.id = {"s.1"};
  host.name = "Ysgol y Castell";
  host.dsl_contact = "Nest Parry, 01970 000000";
  file.schools.push_back(host);

  Review review;
  review.id = {"r.1"};
  review.host = host.id;
  review.days_on = {"2025-11-18"};
  review.framework = {"f.1"};
  file.review = review;

  const auto add = [&](int n, const std::string& name, TeamPart part, const std::string& band) {
    TeamMember member;
    member.id = {"m." + std::to_string(n)};
    member.review = review.id;
    member.name = name;
    member.school = {"s." + std::to_string(n + 1)};
    member.school_name = name + "'s school";
    member.part = part;
    member.band = band;
    member.member = person(static_cast<unsigned char>(n)).hex();
    member.distance = Distance::none;
    member.accepted = Answer::accepted;
    member.protocol_acknowledged = true;
    member.trained_until_on = "2026-08-31";
    file.members.push_back(member);
  };
  add(1, "Lead", TeamPart::lead, "head");
  add(2, "First reviewer", TeamPart::reviewer, "senior_leader");
  add(3, "Second reviewer", TeamPart::reviewer, "middle_leader");
  add(4, "Shadow", TeamPart::shadow, "middle_leader");

  const std::vector<std::string> asked = {"How do pupils talk about what they read?", "How is feedback used?",
                                          "How are new staff supported?"};
  for (int n = 1; n <= 3; ++n) {
    EnquiryQuestion question;
    question.id = AReview::question(n);
    question.review = review.id;
    question.question = asked[static_cast<std::size_t>(n - 1)];
    question.position = n;
    file.questions.push_back(question);
  }
  for (int n = 1; n <= 2; ++n) {
    Activity activity;
    activity.id = visit(n);
    activity.review = review.id;
    activity.kind = n == 1 ? SourceKind::lesson_visit : SourceKind::pupil_conversation;
    activity.status = ActivityStatus::done;
    file.activities.push_back(activity);
  }
}

replica::Authorship AReview::by(const std::string& name) {
  if (name == "Head") return {"Head", person(50), role_named("host_head"), ++count_, ""};
  if (name == "Deputy") return {"Deputy", person(51), role_named("host_authorised"), ++count_, ""};
  if (name == "Coordinator") return {"Coordinator", person(52), role_named("coordinator"), ++count_, ""};
  const auto found = std::ranges::find(file.members, name, &TeamMember::name);
  CHECK(found != file.members.end());
  const auto n = static_cast<unsigned char>(found - file.members.begin() + 1);
  const Role role = role_named(found->part == TeamPart::lead     ? "lead_reviewer"
                               : found->part == TeamPart::shadow ? "shadow_reviewer"
                                                                 : "peer_reviewer");
  return {name, person(n), role, ++count_, ""};
}

TeamMember& AReview::member(const std::string& name) {
  const auto found = std::ranges::find(file.members, name, &TeamMember::name);
  CHECK(found != file.members.end());
  return *found;
}

RecordId AReview::note(const std::string& author, SourceKind kind, const RecordId& visit, Stance stance,
                       const std::vector<RecordId>& questions) {
  Evidence note;
  note.id = next_id("e");
  note.created = by(author);
  note.source_kind = kind;
  note.activity = visit;
  note.stance = stance;
  note.questions = questions;
  note.state = EvidenceState::shared_with_team;
  file.notes.push_back(note);
  return note.id;
}

Finding& AReview::finding(FindingKind kind, const std::vector<RecordId>& supports,
                          const std::vector<RecordId>& questions) {
  Finding finding;
  finding.id = next_id("f");
  finding.kind = kind;
  finding.statement = "Pupils speak with confidence about what they read";
  finding.supports = supports;
  finding.questions = questions;
  file.findings.push_back(finding);
  return file.findings.back();
}

OtherRecord& AReview::other(const std::string& type, const std::string& author,
                            const std::map<std::string, replica::Value>& fields) {
  OtherRecord record;
  record.id = next_id(type);
  record.created = by(author);
  record.fields = fields;
  auto& all = file.others[type];
  all.push_back(std::move(record));
  return all.back();
}

void AReview::confirm(const std::string& what, const std::string& author, const std::vector<std::string>& writes) {
  Confirmation confirmation;
  confirmation.id = next_id("c");
  confirmation.created = by(author);
  confirmation.record = file.review->id;
  confirmation.what = what;
  confirmation.writes = writes;
  file.confirmations.push_back(confirmation);
}

void AReview::respond(const RecordId& finding, HostView view, const std::string& note, const std::string& author) {
  HostResponse response;
  response.id = next_id("h");
  response.created = by(author);
  response.finding = finding;
  response.view = view;
  response.note = note;
  file.responses.push_back(response);
}

void AReview::sign(const OtherRecord& report, const std::string& author) {
  other("sign_off", author, {{"report", replica::Value(report.id)}, {"hash", report_hash(file, report)}});
}

void AReview::step(ReviewState to, std::int64_t time_ms) {
  ReviewStep step;
  step.id = next_id("step");
  step.created.time_ms = time_ms;
  step.to = to;
  file.steps.push_back(step);
}

}  // namespace plenary::review::test
