// The one-page summary for the day's end: each finding with the host's view beside it, in the same size.
#pragma once

#include "core/review/evidence_rule.h"
#include "core/review/lifecycle.h"

namespace plenary::review {

struct SummaryFinding {
  std::size_t number = 0;
  std::string kind, statement;
  std::string rests_on;  // "4 notes from 3 visits, 3 kinds of source, 2 reviewers"
  std::string
      host_view;  // "The school agrees.", "The school sees it differently: …", "The school has not answered yet."
  std::string decided;  // what people still have to decide about it; empty: nothing
  std::vector<std::string> dissent;
};

struct Summary {
  std::string school, academic_year, days, focus;
  std::vector<std::string> team;  // parts, never names: the school may print it
  std::vector<SummaryFinding> findings;
  std::vector<std::string> questions;
  std::string what_others_can_learn;
  std::string tablets;   // "all 4 tablets"
  std::string state;     // of the review, in words
  std::string audience;  // "the head and whom the head invites"
  std::size_t version = 1;
  std::string hash;     // BLAKE2b-128 of the text above it, in hex: the same text has the same hash anywhere
  std::string purpose;  // "This is not an inspection."
};

struct SummaryOptions {
  std::string audience = "the head and whom the head invites";
  std::size_t version = 1;
};

Summary summarise(const ReviewFile& file, const RollCall& roll, const SummaryOptions& options = {});

// Markdown that reads well as plain text.
std::string markdown_of(const Summary& summary);

}  // namespace plenary::review
