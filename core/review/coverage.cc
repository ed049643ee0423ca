#include "core/review/coverage.h"

#include <algorithm>

#include "core/review/short_names.h"
#include "core/review/table.h"

namespace plenary::review {
namespace {

// A row while it is being counted.
struct Counting {
  CoverageRow row;
  bool pupils_experience = false;
  std::set<std::string> people;
};

std::string person_of(const Evidence& note) {
  return note.created.person_id.is_zero() ? note.created.person : note.created.person_id.hex();
}

void count(Counting& counting, const Evidence& note) {
  ++counting.row.notes[note.source_kind];
  ++counting.row.total;
  counting.people.insert(person_of(note));
}

std::string gap_of(const Counting& counting, const EvidenceRule& rule) {
  const CoverageRow& row = counting.row;
  if (!row.question) return row.total == 0 ? "" : "to be placed under a question, or set aside";
  if (row.total == 0) return "no notes yet";
  const auto kinds = static_cast<std::size_t>(
      std::ranges::count_if(row.notes, [](const auto& n) { return n.first != SourceKind::unknown; }));
  std::vector<std::string> gaps;
  if (kinds < rule.source_kinds) {
    gaps.push_back(kinds == 1 ? "one kind of source only (" + in_words(row.notes.rbegin()->first) + ")"
                              : "too few kinds of source");
  }
  if (counting.people.size() < rule.reviewers) gaps.emplace_back("one reviewer only");
  const bool pupils = std::ranges::any_of(row.notes, [](const auto& n) { return is_pupil_facing(n.first); });
  if (counting.pupils_experience && rule.pupils_need_pupil_source && !pupils) {
    gaps.emplace_back("no pupils seen or heard yet");
  }
  return listed(gaps);
}

std::vector<SourceKind> columns_of(const ReviewFile& file) {
  std::set<SourceKind> used;
  for (const Evidence& note : file.notes) {
    if (note.stands()) used.insert(note.source_kind);
  }
  for (const Activity& activity : file.activities) used.insert(activity.kind);
  // Notes without a kind come last.
  std::vector<SourceKind> columns(used.upper_bound(SourceKind::unknown), used.end());
  const bool without = std::ranges::any_of(
      file.notes, [](const Evidence& n) { return n.stands() && n.source_kind == SourceKind::unknown; });
  if (without) columns.push_back(SourceKind::unknown);
  return columns;
}

}  // namespace

CoverageMap coverage_of(const ReviewFile& file, const RollCall& roll) {
  std::vector<Counting> rows;
  for (const EnquiryQuestion& question : file.questions) {
    Counting counting;
    counting.row.question = question.id;
    counting.row.label = std::to_string(rows.size() + 1) + " " + question.question;
    counting.pupils_experience = question.pupils_experience;
    rows.push_back(std::move(counting));
  }
  Counting unexpected;
  unexpected.row.label = "Unexpected";

  CoverageMap map;
  for (const Evidence& note : file.notes) {
    if (!note.stands()) continue;
    ++map.notes;
    bool placed = false;
    for (Counting& counting : rows) {
      if (std::ranges::find(note.questions, *counting.row.question) == note.questions.end()) continue;
      count(counting, note);
      placed = true;
    }
    if (!placed) count(unexpected, note);
  }
  if (unexpected.row.total > 0) rows.push_back(std::move(unexpected));
  for (Counting& counting : rows) {
    counting.row.reviewers = counting.people.size();
    counting.row.gap = gap_of(counting, file.rule());
    counting.row.worth_filling = counting.row.question && !counting.row.gap.empty();
    map.rows.push_back(std::move(counting.row));
  }
  map.columns = columns_of(file);
  map.tablets = roll.tablets_in_words();
  return map;
}

std::vector<std::string> lines_of(const CoverageMap& map, std::size_t width) {
  std::vector<std::string> header = {"Question"};
  for (const SourceKind kind : map.columns) header.push_back(short_name(kind));
  header.emplace_back("all");
  TextTable table(header);
  for (const CoverageRow& row : map.rows) {
    std::vector<std::string> cells = {row.label};
    for (const SourceKind kind : map.columns) {
      const auto found = row.notes.find(kind);
      cells.push_back(found == row.notes.end() ? "·" : std::to_string(found->second));
    }
    cells.push_back(std::to_string(row.total));
    table.add(std::move(cells));
  }

  std::vector<std::string> lines = {counted(map.notes, "note", "notes") + ", " + map.tablets + ".",
                                    "Where we have looked, not how good it is.", ""};
  std::ranges::move(table.lines(width), std::back_inserter(lines));
  bool first = true;
  for (const CoverageRow& row : map.rows) {
    if (row.gap.empty()) continue;
    if (first) lines.insert(lines.end(), {"", "Worth filling:"});
    first = false;
    lines.push_back("  " + shortened(row.label, 48) + ": " + row.gap + ".");
  }
  return lines;
}

}  // namespace plenary::review
