#include "core/review/evidence_rule.h"

#include <algorithm>

#include "core/review/schema.h"
#include "core/review/table.h"

namespace plenary::review {
namespace {

using NoteIndex = std::map<RecordId, const Evidence*>;

NoteIndex index_of(const ReviewFile& file) {
  NoteIndex index;
  for (const Evidence& note : file.notes) index.emplace(note.id, &note);
  return index;
}

bool contains(const std::vector<RecordId>& ids, const RecordId& id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool is_about_pupils(const ReviewFile& file, const Finding& finding) {
  return finding.pupils_experience || std::ranges::any_of(file.questions, [&](const EnquiryQuestion& question) {
           return question.pupils_experience && contains(finding.questions, question.id);
         });
}

// Counts what one finding rests on, then says what the rule makes of it.
class Judge {
 public:
  Judge(const ReviewFile& file, const NoteIndex& notes, const Finding& finding)
      : file_(file), notes_(notes), finding_(finding), rule_(file.rule()) {
    verdict_.finding = finding.id;
    verdict_.kind = finding.kind;
  }

  EvidenceVerdict judge() {
    if (!file_.space_kinds.empty() && !file_.space_kinds.contains("review_team")) return judged_by_team();
    count_cited();
    count_contradictions();
    ask_for_what_is_missing();
    remark();
    verdict_.meets_rule = verdict_.missing.empty();
    verdict_.as_question = finding_.kind == FindingKind::question_for_school || !verdict_.meets_rule;
    verdict_.sentence = sentence();
    return std::move(verdict_);
  }

 private:
  EvidenceVerdict judged_by_team();
  void count_cited();
  void count_author(const Evidence& note);
  void count_contradictions();
  void ask_for_what_is_missing();
  void remark();
  std::string sentence() const;

  const ReviewFile& file_;
  const NoteIndex& notes_;
  const Finding& finding_;
  const EvidenceRule rule_;
  std::set<std::string> people_;
  EvidenceVerdict verdict_;
};

// Whoever cannot read the notes sees what was cited, with roles for names, and takes the finding as it was given.
EvidenceVerdict Judge::judged_by_team() {
  std::set<SourceKind> kinds;
  for (const OtherRecord& cited : file_.of("cited_evidence")) {
    if (cited.reference("finding") != finding_.id) continue;
    ++verdict_.notes;
    const auto kind = kind_named<SourceKind>(cited.text("source_kind"));
    if (kind != SourceKind::unknown) kinds.insert(kind);
  }
  verdict_.source_kinds.assign(kinds.begin(), kinds.end());
  verdict_.judged_by_team = verdict_.meets_rule = true;
  verdict_.as_question = finding_.kind == FindingKind::question_for_school;
  verdict_.sentence = "As the team gave it: it cites " + counted(verdict_.notes, "note", "notes") + " of " +
                      counted(verdict_.source_kinds.size(), "kind", "kinds") + " of source.";
  return std::move(verdict_);
}

void Judge::count_cited() {
  std::set<RecordId> cited(finding_.supports.begin(), finding_.supports.end());
  cited.insert(finding_.qualifies.begin(), finding_.qualifies.end());
  std::set<std::string> sources, pupil_sources;
  std::set<SourceKind> kinds;
  for (const RecordId& id : cited) {
    const auto found = notes_.find(id);
    if (found == notes_.end()) {
      ++verdict_.not_here;
      continue;
    }
    const Evidence& note = *found->second;
    if (!note.stands()) {
      ++verdict_.set_aside;
      continue;
    }
    ++verdict_.notes;
    // Several notes from one visit count as one source, whoever wrote them.
    const std::string source = note.activity.text.empty() ? "note " + note.id.text : "visit " + note.activity.text;
    sources.insert(source);
    if (note.source_kind != SourceKind::unknown) kinds.insert(note.source_kind);
    if (is_pupil_facing(note.source_kind)) pupil_sources.insert(source);
    count_author(note);
  }
  verdict_.sources = sources.size();
  verdict_.source_kinds.assign(kinds.begin(), kinds.end());
  verdict_.pupil_facing = pupil_sources.size();
}

// Once per person, whichever tablets they wrote on.
void Judge::count_author(const Evidence& note) {
  const TeamMember* member = file_.member_of(note.created);
  const std::string key = member != nullptr                   ? "member " + member->id.text
                          : !note.created.person_id.is_zero() ? note.created.person_id.hex()
                                                              : note.created.person;
  if (!people_.insert(key).second) return;
  const std::string name = member != nullptr && !member->name.empty() ? member->name : note.created.person;
  const bool shadow =
      member != nullptr ? member->part == TeamPart::shadow : note.created.role == role_named("shadow_reviewer");
  (shadow ? verdict_.shadows : verdict_.reviewers).push_back(name.empty() ? "somebody" : name);
}

void Judge::count_contradictions() {
  for (const RecordId& id : finding_.contradicts) {
    const auto found = notes_.find(id);
    if (found == notes_.end() || found->second->stands()) ++verdict_.contradicting;
    if (contains(finding_.supports, id) || contains(finding_.qualifies, id)) verdict_.twice.push_back(id);
  }
  for (const RecordId& id : finding_.qualifies) {
    if (contains(finding_.supports, id) && !contains(verdict_.twice, id)) verdict_.twice.push_back(id);
  }
  const Stance opposite = finding_.kind == FindingKind::strength          ? Stance::development
                          : finding_.kind == FindingKind::area_to_develop ? Stance::strength
                                                                          : Stance::unknown;
  if (opposite == Stance::unknown) return;
  for (const Evidence& note : file_.notes) {
    const bool same_question =
        std::ranges::any_of(note.questions, [&](const RecordId& q) { return contains(finding_.questions, q); });
    const bool linked = contains(finding_.supports, note.id) || contains(finding_.qualifies, note.id) ||
                        contains(finding_.contradicts, note.id);
    if (note.stance == opposite && same_question && !linked && note.stands()) ++verdict_.otherwise;
  }
}

void Judge::ask_for_what_is_missing() {
  auto& missing = verdict_.missing;
  if (verdict_.sources < rule_.notes) {
    std::string text = "It rests on " + counted(verdict_.sources, "source", "sources") + "; the rule asks for " +
                       std::to_string(rule_.notes) + ".";
    if (verdict_.notes > verdict_.sources) text += " Several notes from one visit count as one.";
    missing.push_back(std::move(text));
  }
  if (verdict_.source_kinds.size() < rule_.source_kinds) {
    const std::string so_far = verdict_.source_kinds.empty()
                                   ? "no kind of source"
                                   : "one kind of source (" + in_words(verdict_.source_kinds[0]) + ")";
    const std::string some = verdict_.source_kinds.size() > 1
                                 ? counted(verdict_.source_kinds.size(), "kind of source", "kinds of source")
                                 : so_far;
    missing.push_back("It rests on " + some + "; the rule asks for " + std::to_string(rule_.source_kinds) + ".");
  }
  if (verdict_.reviewers.size() < rule_.reviewers) {
    std::string text = "It rests on the notes of " +
                       (verdict_.reviewers.empty() ? std::string("no reviewer") : listed(verdict_.reviewers)) +
                       "; the rule asks for " + counted(rule_.reviewers, "reviewer", "reviewers") + ".";
    if (!verdict_.shadows.empty()) text += " A shadow's notes do not stand for a reviewer's.";
    missing.push_back(std::move(text));
  }
  if (rule_.pupils_need_pupil_source && verdict_.pupil_facing == 0 && is_about_pupils(file_, finding_)) {
    missing.emplace_back(
        "It is about pupils' experience, and no source sees or hears pupils: add a lesson visit, a learning walk or a "
        "pupil conversation.");
  }
  // The team has looked at the other side when it linked a contradicting note, or explained why the finding stands.
  if (verdict_.otherwise > 0 && verdict_.contradicting == 0 && finding_.contradiction_explained.empty()) {
    missing.push_back(counted(verdict_.otherwise, "note on the same question says", "notes on the same questions say") +
                      " otherwise. Link what contradicts it, or explain why the finding stands.");
  }
}

void Judge::remark() {
  auto& remarks = verdict_.remarks;
  if (verdict_.contradicting > 0) {
    remarks.push_back(
        counted(verdict_.contradicting, "note contradicts it and is linked", "notes contradict it and are linked") +
        (finding_.contradiction_explained.empty() ? "." : "; the finding says why it stands."));
  }
  if (verdict_.not_here > 0) {
    remarks.push_back(counted(verdict_.not_here, "cited note is", "cited notes are") + " not on this tablet yet.");
  }
  if (verdict_.set_aside > 0) {
    remarks.push_back(counted(verdict_.set_aside, "cited note was set aside or withdrawn and no longer counts.",
                              "cited notes were set aside or withdrawn and no longer count."));
  }
  if (!verdict_.twice.empty()) {
    std::vector<std::string> ids;
    for (const RecordId& id : verdict_.twice) ids.push_back(id.text);
    remarks.push_back("Cited in two ways at once: " + listed(ids) + ". Somebody has to decide how each bears on it.");
  }
  if (finding_.asks.contains("kind")) {
    remarks.emplace_back("Its kind was chosen differently by two people. Somebody has to decide.");
  }
}

std::string Judge::sentence() const {
  if (finding_.kind == FindingKind::question_for_school) return "A question for the school: the rule asks for nothing.";
  if (verdict_.meets_rule) {
    return "Meets the evidence rule: " + counted(verdict_.notes, "note", "notes") + " from " +
           counted(verdict_.sources, "source", "sources") + ", " +
           counted(verdict_.source_kinds.size(), "kind", "kinds") + " of source, " +
           counted(verdict_.reviewers.size(), "reviewer", "reviewers") + ".";
  }
  std::string text = "Below the evidence rule, so it is given as a question for the school.";
  for (const std::string& missing : verdict_.missing) text += " " + missing;
  return text;
}

}  // namespace

EvidenceVerdict judge_finding(const ReviewFile& file, const Finding& finding) {
  return Judge(file, index_of(file), finding).judge();
}

std::vector<EvidenceVerdict> judge_findings(const ReviewFile& file) {
  const NoteIndex notes = index_of(file);
  std::vector<EvidenceVerdict> verdicts;
  for (const Finding& finding : file.findings) verdicts.push_back(Judge(file, notes, finding).judge());
  return verdicts;
}

}  // namespace plenary::review
