#include "core/review/triangulation.h"

#include <algorithm>

#include "core/review/short_names.h"
#include "core/review/table.h"

namespace plenary::review {
namespace {

// Adds each note of `ids` that stands to the cell of its kind.
void count(const std::map<RecordId, const Evidence*>& notes, const std::vector<RecordId>& ids,
           std::size_t MatrixCell::*relation, std::map<SourceKind, MatrixCell>& cells) {
  for (const RecordId& id : ids) {
    const auto note = notes.find(id);
    if (note != notes.end() && note->second->stands()) ++(cells[note->second->source_kind].*relation);
  }
}

std::string text_of(const MatrixCell& cell) {
  std::string text;
  const auto add = [&](char sign, std::size_t number) {
    if (number > 0) text += (text.empty() ? "" : " ") + std::string(1, sign) + std::to_string(number);
  };
  add('+', cell.supports);
  add('~', cell.qualifies);
  add('-', cell.contradicts);
  return text.empty() ? "·" : text;
}

}  // namespace

TriangulationMatrix triangulate(const ReviewFile& file, const RollCall& roll) {
  std::map<RecordId, const Evidence*> notes;
  for (const Evidence& note : file.notes) notes.emplace(note.id, &note);

  TriangulationMatrix matrix;
  matrix.tablets = roll.tablets_in_words();
  auto verdicts = judge_findings(file);
  std::set<SourceKind> used;
  for (std::size_t i = 0; i < file.findings.size(); ++i) {
    const Finding& finding = file.findings[i];
    MatrixRow row;
    row.finding = finding.id;
    row.label = std::to_string(i + 1) + " " + finding.statement;
    row.kind = finding.asks.contains("kind") ? "to be decided" : in_words(finding.kind);
    count(notes, finding.supports, &MatrixCell::supports, row.cells);
    count(notes, finding.qualifies, &MatrixCell::qualifies, row.cells);
    count(notes, finding.contradicts, &MatrixCell::contradicts, row.cells);
    for (const auto& [kind, cell] : row.cells) used.insert(kind);
    row.verdict = std::move(verdicts[i]);
    matrix.rows.push_back(std::move(row));
  }
  matrix.columns.assign(used.begin(), used.end());
  return matrix;
}

std::vector<std::string> lines_of(const TriangulationMatrix& matrix, std::size_t width) {
  std::vector<std::string> header = {"Finding"};
  for (const SourceKind kind : matrix.columns) header.push_back(short_name(kind));
  header.insert(header.end(), {"people", "rule"});
  TextTable table(header);
  for (const MatrixRow& row : matrix.rows) {
    std::vector<std::string> cells = {row.label};
    for (const SourceKind kind : matrix.columns) {
      const auto found = row.cells.find(kind);
      cells.push_back(found == row.cells.end() ? "·" : text_of(found->second));
    }
    cells.push_back(std::to_string(row.verdict.reviewers.size()));
    cells.emplace_back(row.verdict.as_question ? "question" : "met");
    table.add(std::move(cells));
  }

  std::vector<std::string> lines = {counted(matrix.rows.size(), "finding", "findings") + ", " + matrix.tablets +
                                        ". + supports, ~ qualifies, - contradicts; people without shadows.",
                                    ""};
  std::ranges::move(table.lines(width), std::back_inserter(lines));
  for (const MatrixRow& row : matrix.rows) {
    lines.insert(lines.end(), {"", shortened(row.label, width) + " (" + row.kind + ")", "  " + row.verdict.sentence});
    for (const std::string& remark : row.verdict.remarks) lines.push_back("  " + remark);
  }
  return lines;
}

}  // namespace plenary::review
