#include "bench/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace plenary::bench {
namespace {

// As many decimals as tell two neighbours apart.
std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  return text;
}

std::string number(const std::optional<double>& value) {
  return value ? number(*value) : "–";
}

// Columns on a terminal: a character outside ASCII is one column wide here.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::string> cells(const Row& row) {
  const auto met = row.met();
  return {row.workload,
          row.measure,
          number(row.value) + " " + row.unit,
          number(row.floor),
          number(row.ratio()),
          row.target ? row.target->text(row.unit) : "–",
          !met   ? "–"
          : *met ? "yes"
                 : "NO"};
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string Target::text(const std::string& unit) const {
  return std::string(aim == Aim::at_most ? "≤ " : "≥ ") + number(bound) + (of_ratio ? " × floor" : " " + unit);
}

std::optional<double> Row::ratio() const {
  if (!floor || *floor == 0) return std::nullopt;
  return value / *floor;
}

std::optional<bool> Row::met() const {
  if (!target) return std::nullopt;
  const auto measured = target->of_ratio ? ratio() : std::optional<double>(value);
  if (!measured) return std::nullopt;
  return target->aim == Aim::at_most ? *measured <= target->bound : *measured >= target->bound;
}

std::string as_table(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> lines{{"workload", "measure", "value", "floor", "ratio", "target", "met"}};
  for (const Row& row : rows) lines.push_back(cells(row));
  std::vector<std::size_t> widths(lines[0].size(), 3);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  lines.insert(lines.begin() + 1, std::vector<std::string>());
  for (std::size_t one : widths) lines[1].push_back(std::string(one, '-'));

  std::string table;
  for (const auto& line : lines) {
    table += "|";
    for (std::size_t i = 0; i < line.size(); ++i) {
      table += " " + line[i] + std::string(widths[i] - width(line[i]), ' ') + " |";
    }
    table += "\n";
  }
  return table;
}

std::string as_json(const std::vector<Row>& rows) {
  auto array = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    const std::optional<std::string> target =
        row.target ? std::optional<std::string>(row.target->text(row.unit)) : std::nullopt;
    array.push_back({{"workload", row.workload},
                     {"measure", row.measure},
                     {"value", row.value},
                     {"unit", row.unit},
                     {"floor", or_null(row.floor)},
                     {"ratio", or_null(row.ratio())},
                     {"target", or_null(target)},
                     {"met", or_null(row.met())}});
  }
  return array.dump(1) + "\n";
}

void print_and_write(const std::vector<Row>& rows, const std::filesystem::path& json_file) {
  std::printf("\n%s", as_table(rows).c_str());
  std::ofstream file(json_file, std::ios::trunc);
  file << as_json(rows);
  if (!file.flush()) throw std::runtime_error("the figures could not be written into " + json_file.string());
  std::printf("\nthe raw figures are in %s\n", json_file.c_str());
}

}  // namespace plenary::bench
