// What was measured, with its floor, its ratio and its target: one table for people, one JSON array for programs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace plenary::bench {

enum class Aim : unsigned char { at_most, at_least };

struct Target {
  Aim aim = Aim::at_most;
  double bound = 0;
  bool of_ratio = true;  // the bound is for the ratio to the floor; otherwise for the value itself

  std::string text(const std::string& unit) const;
};

struct Row {
  std::string workload, measure;
  double value = 0;
  std::string unit;
  std::optional<double> floor;
  std::optional<Target> target;

  std::optional<double> ratio() const;
  std::optional<bool> met() const;
};

std::string as_table(const std::vector<Row>& rows);
// [{workload, measure, value, unit, floor, ratio, target, met}]; null where there is none.
std::string as_json(const std::vector<Row>& rows);
void print_and_write(const std::vector<Row>& rows, const std::filesystem::path& json_file);

}  // namespace plenary::bench
