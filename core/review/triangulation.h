// The triangulation matrix: each finding by kinds of source, with the evidence rule's verdict.
#pragma once

#include "core/review/evidence_rule.h"
#include "core/review/roll_call.h"

namespace plenary::review {

struct MatrixCell {
  std::size_t supports = 0, qualifies = 0, contradicts = 0;
};

struct MatrixRow {
  RecordId finding;
  std::string label;  // "1 Pupils…"
  std::string kind;   // in words; both when people have to decide
  std::map<SourceKind, MatrixCell> cells;
  EvidenceVerdict verdict;
};

struct TriangulationMatrix {
  std::vector<MatrixRow> rows;
  std::vector<SourceKind> columns;
  std::string tablets;
};

TriangulationMatrix triangulate(const ReviewFile& file, const RollCall& roll);

// A cell reads "+2 ~1 -1": two support, one qualifies, one contradicts.
std::vector<std::string> lines_of(const TriangulationMatrix& matrix, std::size_t width = 100);

}  // namespace plenary::review
