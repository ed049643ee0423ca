// The evidence rule: what a finding must rest on before it may be given as more than a question for the school.
// Source: domain.md section 3, "Evidence rule". Reviewers are counted as people, never as devices.
#pragma once

#include "core/review/views.h"

namespace plenary::review {

struct EvidenceVerdict {
  RecordId finding;
  FindingKind kind = FindingKind::unknown;
  bool meets_rule = false;
  bool judged_by_team = false;  // the reader is not in the team's space: the finding stands as the team gave it
  bool as_question = false;     // it is, or can only be, given as a question for the school
  std::size_t notes = 0;        // that support or qualify, and stand
  std::size_t sources = 0;      // the same, several notes from one visit counted once
  std::vector<SourceKind> source_kinds;  // distinct, in the order of the enumeration
  std::vector<std::string> reviewers;    // by name, without shadows
  std::vector<std::string> shadows;
  std::size_t pupil_facing = 0;      // sources in which pupils are seen or heard
  std::size_t contradicting = 0;     // notes linked as contradicting
  std::size_t otherwise = 0;         // unlinked notes on the same questions that say otherwise
  std::size_t not_here = 0;          // cited notes that this tablet does not have
  std::size_t set_aside = 0;         // cited notes that were set aside or withdrawn since
  std::vector<RecordId> twice;       // notes under two relations: a person has to decide
  std::vector<std::string> missing;  // what the rule still asks for, a sentence each
  std::vector<std::string> remarks;  // what people should know and the rule does not ask for
  std::string sentence;              // the verdict in one sentence
};

EvidenceVerdict judge_finding(const ReviewFile& file, const Finding& finding);

// One for each finding, in their order.
std::vector<EvidenceVerdict> judge_findings(const ReviewFile& file);

}  // namespace plenary::review
