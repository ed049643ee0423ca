#include "core/review/guard_inputs.h"

#include <algorithm>

#include "core/review/report.h"
#include "core/review/schema.h"

namespace plenary::review {
namespace {

bool is_named(Role role, std::string_view name) {
  return role != kNoRole && role == role_named(name);
}

std::int64_t version_of(const OtherRecord& record) {
  const auto found = record.fields.find("version");
  return found == record.fields.end() ? 0 : found->second.integer();
}

std::vector<std::string> writes_of(const OtherRecord& record) {
  std::vector<std::string> writes;
  const auto confirms = record.fields.find("confirms");
  if (confirms == record.fields.end()) return writes;
  const auto* message = std::get_if<replica::Message>(&confirms->second.content);
  if (message == nullptr || !message->contains("writes")) return writes;
  const auto* list = std::get_if<std::vector<replica::Value>>(&message->at("writes").content);
  if (list == nullptr) return writes;
  for (const auto& write : *list) writes.push_back(write.text());
  return writes;
}

// Whether the author of `record` is this member of the team.
bool is_by(const ReviewFile& file, const Recorded& record, const TeamMember& member) {
  const TeamMember* author = file.member_of(record.created);
  return author != nullptr && author->id == member.id;
}

}  // namespace

bool GuardInputs::by_host(Role role) {
  return is_named(role, "host_head") || is_named(role, "host_authorised");
}
bool GuardInputs::by_host_head(Role role) {
  return is_named(role, "host_head");
}
bool GuardInputs::by_lead(Role role) {
  return is_named(role, "lead_reviewer") || is_named(role, "deputy_lead");
}

bool GuardInputs::as_confirmed(const std::vector<std::string>& writes, const std::string& what,
                               const RecordId& record) const {
  const auto now = context.writes_now.find({what, record});
  return now == context.writes_now.end() || std::set<std::string>(writes.begin(), writes.end()) == now->second;
}

bool GuardInputs::confirmed(const std::string& what, const RecordId& record, bool (*by)(Role)) const {
  return std::ranges::any_of(file.confirmations, [&](const Confirmation& confirmation) {
    return confirmation.what == what && confirmation.record == record && by(confirmation.created.role) &&
           as_confirmed(confirmation.writes, what, record);
  });
}

bool GuardInputs::holds(const OtherRecord& signature, const RecordId& agreement) const {
  return as_confirmed(writes_of(signature), "agreement", agreement);
}

bool GuardInputs::waived(const std::string& what, const RecordId& record, const std::string& subject) const {
  return std::ranges::any_of(file.waivers, [&](const Waiver& waiver) {
    if (waiver.what != what || waiver.reason.empty()) return false;
    if (!waiver.record.text.empty()) return waiver.record == record;
    return subject.empty() || waiver.subject == subject;
  });
}

bool GuardInputs::self_review_is(std::initializer_list<std::string_view> states) const {
  return std::ranges::any_of(file.of("self_review"), [&](const OtherRecord& self_review) {
    return std::ranges::find(states, self_review.text("state")) != states.end();
  });
}

bool GuardInputs::has_post_at_host(const TeamMember& member) const {
  if (!member.school.text.empty() && member.school == review().host) return true;
  if (member.person.text.empty()) return false;
  return std::ranges::any_of(file.of("appointment"), [&](const OtherRecord& post) {
    if (post.reference("person") != member.person || post.reference("school") != review().host) return false;
    const std::string from = post.text("from_on"), to = post.text("to_on");  // ISO dates compare as text
    return std::ranges::any_of(review().days_on, [&](const std::string& day) {
      return (from.empty() || from <= day) && (to.empty() || day <= to);
    });
  });
}

Date GuardInputs::last_day() const {
  const auto& days = review().days_on;
  const auto last = days.empty() ? std::nullopt : parse_iso_date(*std::ranges::max_element(days));
  return last.value_or(context.today);
}

bool GuardInputs::is_trained(const TeamMember& member) const {
  const std::string until = iso_date(last_day());
  if (!member.trained_until_on.empty()) return member.trained_until_on >= until;
  return !member.person.text.empty() && std::ranges::any_of(file.of("training"), [&](const OtherRecord& training) {
    const std::string expires = training.text("expires_on");
    return training.reference("person") == member.person && (expires.empty() || expires >= until);
  });
}

bool GuardInputs::has_package(const TeamMember& member) const {
  return std::ranges::any_of(file.packages, [&](const DayPackage& package) {
    return package.team_member == member.id || (!member.member.empty() && package.member == member.member);
  });
}

bool GuardInputs::is_in_team(const RecordId& person, const std::string& name) const {
  return std::ranges::any_of(file.members, [&](const TeamMember& member) {
    return (!person.text.empty() && member.person == person) || (!name.empty() && member.name == name);
  });
}

std::string GuardInputs::school_name(const TeamMember& member) const {
  if (!member.school_name.empty()) return member.school_name;
  const auto school = std::ranges::find(file.schools, member.school, &School::id);
  return school == file.schools.end() ? "The school of " + member.name : school->name;
}

const OtherRecord* GuardInputs::newest_report() const {
  const OtherRecord* newest = nullptr;
  for (const OtherRecord& report : file.of("report")) {
    if (newest == nullptr || version_of(*newest) < version_of(report)) newest = &report;
  }
  return newest;
}

bool GuardInputs::signed_off(const TeamMember& member, const OtherRecord& report) const {
  const std::string hash = report_hash(file, report);
  return std::ranges::any_of(file.of("sign_off"), [&](const OtherRecord& sign_off) {
    return sign_off.reference("report") == report.id && sign_off.text("hash") == hash &&
           (sign_off.reference("team_member") == member.id || is_by(file, sign_off, member));
  });
}

const HostResponse* host_answer(const ReviewFile& file, const RecordId& finding) {
  const auto replaced = [&](const HostResponse& response) {
    return std::ranges::find(file.responses, response.id, &HostResponse::replaces) != file.responses.end();
  };
  const HostResponse* answer = nullptr;
  const auto weight = [](const HostResponse& r) {
    return std::tuple(GuardInputs::by_host_head(r.created.role), r.created.time_ms, r.id.text);
  };
  for (const HostResponse& response : file.responses) {
    if (response.finding != finding || response.view == HostView::unknown || replaced(response)) continue;
    if (answer == nullptr || weight(*answer) < weight(response)) answer = &response;
  }
  return answer;
}

const HostResponse* GuardInputs::answer_to(const RecordId& finding) const {
  return host_answer(file, finding);
}

bool GuardInputs::evaluated_by(const TeamMember& member) const {
  return std::ranges::any_of(file.of("evaluation"), [&](const OtherRecord& evaluation) {
    return is_by(file, evaluation, member) ||
           (!member.person.text.empty() && evaluation.reference("person") == member.person);
  });
}

bool GuardInputs::evaluated_by_host() const {
  return std::ranges::any_of(file.of("evaluation"),
                             [](const OtherRecord& evaluation) { return by_host(evaluation.created.role); });
}

}  // namespace plenary::review
