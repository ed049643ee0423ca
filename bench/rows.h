// From figures to rows of the table, with the targets of measures.md.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "bench/report.h"
#include "bench/review_day.h"

namespace plenary::bench {

struct Comparison {
  DayShape shape;
  DayFigures floor;                   // what the other is compared with
  std::optional<DayFigures> plenary;  // none: only the floor was measured, and its own figures are shown
};

void add_review_day(const Comparison& day, std::vector<Row>& rows);
// Also compares the larger day with the usual one.
void add_large_day(const Comparison& usual, const Comparison& large, std::vector<Row>& rows);
// Plenary as shipped, with the same in clear as its floor.
void add_at_rest(const Comparison& sealed, std::vector<Row>& rows);
// Plenary in a space with a long roster, with the same in a space without a past as its floor.
void add_long_roster(const Comparison& long_roster, std::vector<Row>& rows);
// Runs bench_text (W4) and takes its rows over; nothing where there is no such program.
void add_text_workload(const std::filesystem::path& bench_text, std::vector<Row>& rows);

}  // namespace plenary::bench
