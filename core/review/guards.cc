// What each step of a review waits for. Each guard adds what is missing, in a headteacher's words.
#include <algorithm>

#include "core/review/distance.h"
#include "core/review/evidence_rule.h"
#include "core/review/guard_inputs.h"
#include "core/review/lifecycle.h"
#include "core/review/report.h"
#include "core/review/table.h"

namespace plenary::review {
namespace {

constexpr const char* kHead = "the host head";
constexpr const char* kLead = "the lead reviewer";
constexpr const char* kCoordinator = "the coordinator";

// ---- → scheduled

void ask_for_leaders(GuardInputs& in) {
  std::size_t leaders = 0;
  for (const TeamMember& member : in.file.members) {
    if (!member.takes_part() || member.part == TeamPart::shadow) continue;
    if (member.band == "head" || member.band == "senior_leader" || member.band == "middle_leader") ++leaders;
    if (in.has_post_at_host(member)) {
      in.miss(member.name + " has a post at the school on the review days.", "Nobody reviews their own school.",
              kCoordinator);
    }
  }
  if (leaders < 2) {
    in.miss(
        "The team has " + counted(leaders, "reviewer who is a leader", "reviewers who are leaders") + "; it needs 2.",
        "A shadow does not count: with one reviewer alone no finding can meet the evidence rule.", kCoordinator);
  }
  if (!in.sees("partnership")) in.attest("no reviewer has a post at the school on the review days.");
}

void ask_for_agreement(GuardInputs& in) {
  if (!in.sees("partnership")) return in.attest("every school taking part has signed the partnership agreement.");
  const OtherRecord* newest = nullptr;
  for (const OtherRecord& agreement : in.file.of("agreement")) {
    const auto version = [](const OtherRecord& a) {
      return a.fields.contains("version") ? a.fields.at("version").integer() : 0;
    };
    if (newest == nullptr || version(*newest) < version(agreement)) newest = &agreement;
  }
  if (newest == nullptr) {
    return in.miss("There is no partnership agreement yet.", "It holds the protocol for concerns.", kCoordinator);
  }
  std::map<std::string, std::string> schools;  // id -> name
  if (const School* host = in.file.host()) schools.emplace(host->id.text, host->name);
  for (const TeamMember& member : in.file.members) {
    if (member.takes_part() && !member.school.text.empty()) schools.emplace(member.school.text, in.school_name(member));
  }
  for (const auto& [id, name] : schools) {
    const bool is_signed = std::ranges::any_of(in.file.of("signature"), [&, &id = id](const OtherRecord& signature) {
      return signature.reference("agreement") == newest->id && signature.text("school") == id &&
             in.holds(signature, newest->id);
    });
    if (!is_signed) {
      in.miss(name + " has not signed the agreement.", "Every school taking part signs it.", "the head of " + name);
    }
  }
}

void guard_scheduled(GuardInputs& in) {
  if (in.review().days_on.empty()) in.miss("No review days are set.", "", kCoordinator);
  if (!in.confirmed("dates", in.review().id, GuardInputs::by_host)) {
    in.miss("The school has not accepted the dates.", "A review is done with a school, not to it.", kHead);
  }
  ask_for_leaders(in);
  ask_for_agreement(in);
}

// ---- → focus agreed

void guard_focus_agreed(GuardInputs& in) {
  const Review& review = in.review();
  if (!in.self_review_is({"shared", "complete"})) {
    in.miss("The draft of the self-review is not shared yet.", "The focus is chosen from it.", kHead);
  }
  if (review.focus_areas.empty() || review.focus_areas.size() > 2) {
    in.miss(review.focus_areas.empty()
                ? "No focus area is chosen."
                : counted(review.focus_areas.size(), "focus area is", "focus areas are") + " chosen.",
            "A review looks at one or two.", kHead);
  }
  if (review.framework.text.empty()) in.miss("No framework is chosen.", "No review without one.", kLead);
  if (in.file.questions.empty()) in.miss("There is no enquiry question yet.", "Every note sits under one.", kHead);
  if (review.intended_outcomes.empty()) in.miss("The intended outcomes are not written.", "", kHead);
  if (!in.confirmed("focus", review.id, GuardInputs::by_host_head)) {
    in.miss("The head has not confirmed the focus as it is written now.", "Any edit cancels a confirmation.", kHead);
  }
  if (!in.confirmed("focus", review.id, GuardInputs::by_lead)) {
    in.miss("The lead has not confirmed the focus as it is written now.", "Any edit cancels a confirmation.", kLead);
  }
}

// ---- → ready

void ask_member(GuardInputs& in, const TeamMember& member) {
  const DistanceCheck distance = check_distance(in.file, member);
  if (!distance.settled) in.miss(distance.sentence, "Professional distance is declared by everyone.", member.name);
  if (member.accepted != Answer::accepted) in.miss(member.name + " has not accepted yet.", "", member.name);
  if (!member.protocol_acknowledged) {
    in.miss(member.name + " has not acknowledged the protocol.", "It says what happens with a concern.", member.name);
  }
  if (member.part != TeamPart::shadow && !in.is_trained(member) && !in.waived("training", member.id, member.name)) {
    in.miss(member.name + "'s training is not current on the review days.", "It can be waived with a reason.",
            member.name);
  }
}

void guard_ready(GuardInputs& in) {
  if (!in.self_review_is({"complete"})) in.miss("The self-review is not complete.", "", kHead);
  bool trained_lead = false;
  for (const TeamMember& member : in.file.members) {
    if (!member.takes_part()) continue;
    ask_member(in, member);
    const bool leads = member.part == TeamPart::lead || member.part == TeamPart::deputy;
    trained_lead = trained_lead || (leads && in.is_trained(member));
  }
  if (!trained_lead)
    in.miss("No lead with current training is in the team.", "A waiver does not replace it.", kCoordinator);
  const School* host = in.file.host();
  if (host == nullptr || host->dsl_contact.empty()) {
    in.miss("The school's safeguarding contact is not on the tablets.", "It must be at hand with no network.", kHead);
  }
  if (!in.sees("review_team")) return in.attest("every expected tablet is loaded.");
  for (const TeamMember& member : in.file.members) {
    if (!member.takes_part() || in.has_package(member)) continue;
    in.miss("No tablet is loaded for " + member.name + ".", "", kLead);
  }
}

// ---- → in progress, moderating

void guard_in_progress(GuardInputs& in) {
  const bool begun = std::ranges::any_of(
      in.file.activities, [](const Activity& activity) { return activity.status == ActivityStatus::done; });
  if (!begun) in.attest("the lead starts the review; no activity is done yet.");
}

void guard_moderating(GuardInputs& in) {
  if (in.context.roll.expected == 0) {
    return in.miss("It is not known which tablets to expect.", "Their notes are combined now.", kLead);
  }
  for (const TabletRow& row : in.context.roll.rows) {
    if (!row.expected || row.state == TabletState::received || row.state == TabletState::waived) continue;
    in.miss(row.tablet + " has not handed over. " + row.sentence, "It can be waived with a reason.",
            row.person.empty() ? row.tablet : row.person);
  }
}

// ---- → fed back

void ask_for_decisions(GuardInputs& in) {
  std::size_t open = 0;
  std::set<RecordId> used;
  for (const Finding& finding : in.file.findings) {
    if (finding.undecided()) ++open;
    for (const auto* cited : {&finding.supports, &finding.qualifies, &finding.contradicts}) {
      used.insert(cited->begin(), cited->end());
    }
  }
  for (const RecordId& id : used) {
    const Evidence* note = in.file.note(id);
    if (note != nullptr && note->undecided()) ++open;
  }
  open += static_cast<std::size_t>(std::ranges::count_if(in.file.questions, &EnquiryQuestion::undecided));
  if (open > 0) {
    in.miss(counted(open, "record that is used waits for a decision.", "records that are used wait for a decision."),
            "Two answers stand beside each other.", kLead);
  }
}

void guard_fed_back(GuardInputs& in) {
  if (!in.sees("review_team")) {
    in.attest("every finding meets the evidence rule or is a question, and every note is placed or set aside.");
  } else {
    if (in.file.findings.empty()) in.miss("There are no findings yet.", "", kLead);
    const auto verdicts = judge_findings(in.file);
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      if (verdicts[i].meets_rule || verdicts[i].kind == FindingKind::question_for_school) continue;
      std::string why;
      for (const std::string& missing : verdicts[i].missing) why += (why.empty() ? "" : " ") + missing;
      in.miss("Finding " + std::to_string(i + 1) + " is below the evidence rule: add notes, or give it as a question.",
              why, kLead);
    }
    const auto unplaced = std::ranges::count_if(in.file.notes, [](const Evidence& note) {
      return note.stands() && note.questions.empty() && note.state != EvidenceState::cited;
    });
    if (unplaced > 0) {
      in.miss(
          counted(static_cast<std::size_t>(unplaced), "unexpected note is", "unexpected notes are") + " not placed.",
          "Each goes under a question, or is set aside with a reason.", kLead);
    }
  }
  ask_for_decisions(in);
  if (in.file.of("theme_told").empty()) {
    in.miss("The head has not been told the emerging themes.", "No finding may first appear at feedback.", kLead);
  }
}

// ---- → with host, agreed

void guard_with_host(GuardInputs& in) {
  const OtherRecord* report = in.newest_report();
  if (report == nullptr) return in.miss("There is no report, written or verbal, yet.", "", kLead);
  for (const TeamMember& member : in.file.members) {
    if (!member.takes_part() || in.signed_off(member, *report)) continue;
    in.miss(member.name + " has not signed the report.", "A dissent may be recorded instead.", member.name);
  }
}

void ask_for_answers(GuardInputs& in) {
  for (std::size_t i = 0; i < in.file.findings.size(); ++i) {
    if (in.answer_to(in.file.findings[i].id) != nullptr) continue;
    in.miss("Finding " + std::to_string(i + 1) + " has no answer from the school.",
            "Disagreement is an answer; it prints beside the finding.", kHead);
  }
}

void guard_agreed(GuardInputs& in) {
  for (const OtherRecord& correction : in.file.of("factual_correction")) {
    if (!correction.text("answer").empty() && !correction.asks.contains("answer")) continue;
    in.miss("A factual correction is not settled: \"" + shortened(correction.text("says"), 60) + "\".",
            "Facts are put right first.", kLead);
  }
  ask_for_answers(in);
  const auto flags = std::ranges::count_if(in.file.of("personal_data_flag"),
                                           [](const OtherRecord& flag) { return flag.text("state") == "open"; });
  if (flags > 0) {
    in.miss(counted(static_cast<std::size_t>(flags), "passage", "passages") + " may name a person.",
            "Pupils are never named: put it right, or dismiss the mark with a reason.", kLead);
  }
  std::set<SourceKind> kinds;
  for (const Evidence& note : in.file.notes) {
    if (note.stands() && note.source_kind != SourceKind::unknown) kinds.insert(note.source_kind);
  }
  if (in.sees("review_team") && kinds.size() < 2) {
    in.miss("The review rests on one kind of source.", "Such a review cannot be agreed.", kLead);
  }
  const OtherRecord* report = in.newest_report();
  if (report == nullptr) return in.miss("There is no report, written or verbal, yet.", "", kLead);
  for (const OtherRecord& sign_off : in.file.of("sign_off")) {
    if (sign_off.reference("report") == report->id && sign_off.text("hash") != report_hash(in.file, *report)) {
      in.miss("The report was changed after it was signed.", "A changed text is signed again.", kLead);
      break;
    }
  }
}

// ---- → improving, closed

void guard_improving(GuardInputs& in) {
  if (!in.sees("host_school") && in.file.of("workshop").empty()) {
    return in.attest("the workshop was held, an action was adopted, and a revisit has its date.");
  }
  const bool led_from_outside = std::ranges::any_of(in.file.of("workshop"), [&](const OtherRecord& workshop) {
    return !workshop.text("held_on").empty() && !in.is_in_team(workshop.reference("leader"), workshop.text("led_by"));
  });
  if (!led_from_outside && !in.waived("workshop_leader", in.review().id, "")) {
    in.miss("No improvement workshop was held by a champion from outside the team.", "It can be waived with a reason.",
            kHead);
  }
  const auto& actions = in.file.of("action");
  const bool adopted = std::ranges::any_of(actions, [](const OtherRecord& action) {
    const std::string status = action.text("status");
    return status == "adopted" || status == "under_way" || status == "reported_done" || status == "verified";
  });
  const bool decided_not_to = std::ranges::any_of(
      in.file.of("action_plan"), [](const OtherRecord& plan) { return !plan.text("no_action_reason").empty(); });
  if (!adopted && !decided_not_to) {
    in.miss("No action is adopted.", "A reasoned decision not to act is an answer too.", kHead);
  }
  const auto dated = [](const OtherRecord& record, const char* field) { return !record.text(field).empty(); };
  if (std::ranges::none_of(in.file.of("revisit"), [&](const auto& r) { return dated(r, "planned_on"); }) &&
      std::ranges::none_of(in.file.of("action_plan"), [&](const auto& p) { return dated(p, "revisit_on"); })) {
    in.miss("The revisit has no date.", "Change is verified on a revisit, not on paper.", kHead);
  }
}

void guard_closed(GuardInputs& in) {
  const bool revisited = std::ranges::any_of(
      in.file.of("revisit"), [](const OtherRecord& revisit) { return !revisit.text("held_on").empty(); });
  if (!revisited) in.miss("The follow-up visit is not recorded.", "A review closes at verified change.", kLead);
  if (!in.evaluated_by_host()) in.miss("The school has not evaluated the review, nor declined to.", "", kHead);
  for (const TeamMember& member : in.file.members) {
    if (!member.takes_part() || in.evaluated_by(member)) continue;
    in.miss(member.name + " has not evaluated the review, nor declined to.", "", member.name);
  }
  if (in.review().what_others_can_learn.empty()) {
    in.miss("\"What can others learn?\" has no answer.", "\"Nothing yet\" is an answer.", kHead);
  }
  in.attest("the raw notes were dropped as the retention rule says.");
}

using Guard = void (*)(GuardInputs&);

Guard guard_of(ReviewState to) {
  switch (to) {
    case ReviewState::scheduled:
      return guard_scheduled;
    case ReviewState::focus_agreed:
      return guard_focus_agreed;
    case ReviewState::ready:
      return guard_ready;
    case ReviewState::in_progress:
      return guard_in_progress;
    case ReviewState::moderating:
      return guard_moderating;
    case ReviewState::fed_back:
      return guard_fed_back;
    case ReviewState::with_host:
      return guard_with_host;
    case ReviewState::agreed:
      return guard_agreed;
    case ReviewState::improving:
      return guard_improving;
    case ReviewState::closed:
      return guard_closed;
    default:
      return nullptr;
  }
}

}  // namespace

GuardResult guard(const ReviewFile& file, ReviewState to, const GuardContext& context) {
  GuardResult result;
  result.to = to;
  GuardInputs in(file, context, result);
  if (!file.review) {
    in.miss("There is no review here yet.", "", kCoordinator);
  } else if (const Guard guard = guard_of(to)) {
    guard(in);
  }
  return result;
}

}  // namespace plenary::review
