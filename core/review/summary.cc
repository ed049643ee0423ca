#include "core/review/summary.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "core/review/guard_inputs.h"
#include "core/review/table.h"

namespace plenary::review {
namespace {

using SummaryHash = FixedId<struct SummaryHashTag, 16>;

std::string with_full_stop(std::string text) {
  if (!text.empty() && text.find_last_of(".!?…") != text.size() - 1) text += '.';
  return text;
}

std::string host_view_of(const HostResponse* answer) {
  if (answer == nullptr) return "The school has not answered yet.";
  const std::string note = answer->note.empty() ? "" : ": " + with_full_stop(answer->note);
  switch (answer->view) {
    case HostView::agree:
      return "The school agrees" + (note.empty() ? "." : note);
    case HostView::agree_with_note:
      return "The school agrees, with a note" + (note.empty() ? "." : note);
    case HostView::disagree:
      return "The school sees it differently" + (note.empty() ? "." : note);
    case HostView::unknown:
      break;
  }
  return "The school has answered; this program is too old to read how.";
}

std::string undecided_of(const Finding& finding) {
  if (finding.asks.contains("kind")) return "Two kinds stand beside each other; the team has to decide.";
  if (finding.life == replica::Life::contested) return "Deleted by one, edited by another; the team has to decide.";
  return finding.undecided() ? "The team still has to decide on it." : "";
}

std::string basis_of(const EvidenceVerdict& verdict) {
  const std::string notes = counted(verdict.notes, "note", "notes");
  const std::string kinds = counted(verdict.source_kinds.size(), "kind", "kinds") + " of source";
  if (verdict.judged_by_team) return notes + ", " + kinds;
  std::string text = notes + " from " + counted(verdict.sources, "source", "sources") + ", " + kinds + ", " +
                     counted(verdict.reviewers.size(), "reviewer", "reviewers");
  if (verdict.contradicting > 0) text += "; " + counted(verdict.contradicting, "note says", "notes say") + " otherwise";
  return text;
}

SummaryFinding finding_of(const ReviewFile& file, const Finding& finding, const EvidenceVerdict& verdict) {
  SummaryFinding out;
  out.kind = finding.asks.contains("kind") ? "to be decided" : in_words(finding.kind);
  // Below the evidence rule a finding is given as a question only.
  if (verdict.as_question && !finding.asks.contains("kind")) out.kind = in_words(FindingKind::question_for_school);
  out.statement = finding.statement;
  out.rests_on = basis_of(verdict);
  out.host_view = host_view_of(host_answer(file, finding.id));
  out.decided = undecided_of(finding);
  for (const OtherRecord& dissent : file.of("dissent")) {
    if (dissent.reference("finding") == finding.id) out.dissent.push_back(dissent.text("reason"));
  }
  return out;
}

std::vector<std::string> team_of(const ReviewFile& file) {
  std::map<TeamPart, std::size_t> parts;
  for (const TeamMember& member : file.members) {
    if (member.takes_part()) ++parts[member.part];
  }
  std::vector<std::string> team;
  const auto add = [&](TeamPart part, const std::string& one, const std::string& many) {
    if (parts.contains(part)) team.push_back(counted(parts[part], one, many));
  };
  add(TeamPart::lead, "lead reviewer", "lead reviewers");
  add(TeamPart::deputy, "deputy lead", "deputy leads");
  add(TeamPart::reviewer, "reviewer", "reviewers");
  add(TeamPart::shadow, "shadow reviewer", "shadow reviewers");
  return team;
}

std::string days_of(const Review& review) {
  std::vector<std::string> days;
  for (const std::string& day : review.days_on) {
    const auto date = parse_iso_date(day);
    days.push_back(date ? long_date(*date) : day);
  }
  return listed(days);
}

void describe_review(Summary& summary, const ReviewFile& file) {
  const School* host = file.host();
  if (host != nullptr) summary.school = host->name;
  if (!file.review) return;
  const Review& review = *file.review;
  // An old summary keeps the name that the school had then.
  if (!review.host_name.empty()) summary.school = review.host_name;
  summary.days = days_of(review);
  summary.academic_year = review.academic_year;
  if (summary.academic_year.empty() && !review.days_on.empty()) {
    const auto first = parse_iso_date(review.days_on.front());
    if (first) summary.academic_year = academic_year(*first);
  }
  summary.focus = review.focus.empty() ? listed(review.focus_areas) : review.focus;
  summary.what_others_can_learn = review.what_others_can_learn;
}

// Everything above the line that carries the hash.
std::string body_of(const Summary& summary) {
  std::string out =
      "# Summary of the peer review: " + (summary.school.empty() ? "the school" : summary.school) + "\n\n";
  out += "**" + summary.purpose + "** It gives no grades.\n\n";
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) out += std::string("- ") + label + ": " + text + "\n";
  };
  line("Days", summary.days);
  line("Academic year", summary.academic_year);
  line("Focus", summary.focus);
  line("Team", listed(summary.team));
  line("Rests on", summary.tablets);
  if (!summary.questions.empty()) out += "\n## What we asked\n\n";
  for (std::size_t i = 0; i < summary.questions.size(); ++i) {
    out += std::to_string(i + 1) + ". " + summary.questions[i] + "\n";
  }
  out += "\n## What we found, and what the school says\n";
  if (summary.findings.empty()) out += "\nNo findings yet.\n";
  for (const SummaryFinding& finding : summary.findings) {
    out += "\n**" + std::to_string(finding.number) + ". " + finding.statement + "** (" + finding.kind + ")\n";
    out += "  Team: rests on " + finding.rests_on + ".\n";
    out += "  School: " + finding.host_view + "\n";
    if (!finding.decided.empty()) out += "  Open: " + finding.decided + "\n";
    for (const std::string& dissent : finding.dissent)
      out += "  Dissent in the team: " + with_full_stop(dissent) + "\n";
  }
  if (!summary.what_others_can_learn.empty()) {
    out += "\n## What others can learn\n\n" + with_full_stop(summary.what_others_can_learn) + "\n";
  }
  out += "\n---\n\nState: " + summary.state + ". Version " + std::to_string(summary.version) + ". For " +
         summary.audience + ". " + summary.purpose + "\n";
  return out;
}

}  // namespace

Summary summarise(const ReviewFile& file, const RollCall& roll, const SummaryOptions& options) {
  Summary summary;
  summary.purpose = "This is not an inspection.";
  summary.audience = options.audience;
  summary.version = options.version;
  summary.tablets = "the notes of " + roll.tablets_in_words();
  summary.state = in_words(progress_of(file).state);
  summary.team = team_of(file);
  describe_review(summary, file);
  for (const EnquiryQuestion& question : file.questions) summary.questions.push_back(question.question);
  const auto verdicts = judge_findings(file);
  for (std::size_t i = 0; i < file.findings.size(); ++i) {
    summary.findings.push_back(finding_of(file, file.findings[i], verdicts[i]));
    summary.findings.back().number = i + 1;
  }
  const std::string body = body_of(summary);
  summary.hash = crypto::hash<SummaryHash>({.type = "plenary summary"}, {as_bytes(body)}).hex();
  return summary;
}

std::string markdown_of(const Summary& summary) {
  return body_of(summary) + "Hash: " + summary.hash + "\n";
}

}  // namespace plenary::review
