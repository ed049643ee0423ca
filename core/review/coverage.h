// The coverage heat map: where the team has looked, questions by kinds of source; never how good it is.
#pragma once

#include "core/review/roll_call.h"
#include "core/review/views.h"

namespace plenary::review {

struct CoverageRow {
  std::optional<RecordId> question;  // none: notes under no agreed question ("unexpected")
  std::string label;                 // "1 How do pupils…", or "Unexpected"
  std::map<SourceKind, std::size_t> notes;
  std::size_t total = 0;
  std::size_t reviewers = 0;   // people
  bool worth_filling = false;  // fewer kinds of source or people than the evidence rule asks for
  std::string gap;             // in words; empty when there is none
};

struct CoverageMap {
  std::vector<CoverageRow> rows;
  std::vector<SourceKind> columns;  // that have a note or were planned
  std::size_t notes = 0;            // each note once, whatever the number of its questions
  std::string tablets;              // "3 of 4 tablets"
};

CoverageMap coverage_of(const ReviewFile& file, const RollCall& roll);

// A table of about `width` characters: long questions are shortened, numbers never. The gaps follow in words.
std::vector<std::string> lines_of(const CoverageMap& map, std::size_t width = 100);

}  // namespace plenary::review
