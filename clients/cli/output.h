// What a command prints: text for people, or with --json one JSON value, never both.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/exit_code.h"

namespace plenary::cli {

using Json = nlohmann::ordered_json;

// What the terminal can show. Width 0: not a terminal, lines are not cut.
struct Terminal {
  std::size_t width = 0;
  bool colour = false;
  bool progress = false;
};

Terminal detect_terminal();

// Rows under headings, columns as wide as they need; the last column is wrapped to the terminal's width.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string render(std::size_t width) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// The text as a terminal may have it: control characters, and those that turn the direction of what follows, are shown
// by their numbers, <U+001B>; newlines and tabs stay. Everything that is printed for people goes through this once.
std::string visible(std::string_view text);
// Columns that a text takes on a terminal: Unicode scalar values without combining marks.
std::size_t display_width(std::string_view text);
// "6 Oct 2026, 10:04" in the time zone of the machine; "–" for 0.
std::string human_time(std::int64_t time_ms);
// The parts with the separator between them.
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
// "1 note", "3 notes".
std::string counted(std::size_t count, const std::string& one, const std::string& many);

}  // namespace plenary::cli
