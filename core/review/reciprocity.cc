#include "core/review/reciprocity.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/review/table.h"

namespace plenary::review {
namespace {

std::string days_text(double days) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), days == static_cast<std::int64_t>(days) ? "%.0f" : "%.1f", days);
  return out.data();
}

using Pair = std::pair<std::string, std::string>;

// Pairs that gave to each other, both ways, in two years or more.
std::vector<Pair> swapping_pairs(const std::vector<LedgerEntry>& entries) {
  std::map<Pair, std::set<std::string>> years;  // giver, receiver -> years
  for (const LedgerEntry& entry : entries) {
    if (!entry.withdrawn) years[{entry.giver, entry.receiver}].insert(entry.academic_year);
  }
  std::vector<Pair> pairs;
  for (const auto& [pair, there] : years) {
    const auto back = years.find({pair.second, pair.first});
    if (pair.first >= pair.second || back == years.end()) continue;
    const auto both = std::ranges::count_if(there, [&](const std::string& y) { return back->second.contains(y); });
    if (both >= 2) pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace

ReciprocityMatrix reciprocity_of(const std::set<std::string>& schools, const std::vector<LedgerEntry>& entries,
                                 const std::string& academic_year) {
  std::map<std::string, SchoolBalance> balances;
  for (const std::string& school : schools) balances[school].school = school;
  ReciprocityMatrix matrix;
  for (const LedgerEntry& entry : entries) {
    if (entry.withdrawn || entry.academic_year != academic_year) continue;
    matrix.days[{entry.giver, entry.receiver}] += entry.person_days;
    auto& giver = balances[entry.giver];
    giver.school = entry.giver;
    giver.given_days += entry.person_days;
    giver.given_cover_hours += entry.cover_hours;
    auto& receiver = balances[entry.receiver];
    receiver.school = entry.receiver;
    receiver.received_days += entry.person_days;
    receiver.received_cover_hours += entry.cover_hours;
  }
  for (const auto& [school, balance] : balances) {
    matrix.schools.push_back(school);
    matrix.balances.push_back(balance);
    if (balance.given_days == 0 && balance.given_cover_hours == 0) matrix.gave_nothing.push_back(school);
    if (balance.received_days == 0 && balance.received_cover_hours == 0) matrix.received_nothing.push_back(school);
  }
  matrix.keep_swapping = swapping_pairs(entries);
  return matrix;
}

std::vector<std::string> lines_of(const ReciprocityMatrix& matrix) {
  std::vector<std::string> header = {"Gives (days)"};
  for (std::size_t i = 0; i < matrix.schools.size(); ++i) header.push_back(std::to_string(i + 1));
  header.insert(header.end(), {"gives", "receives"});
  TextTable table(header);
  for (std::size_t i = 0; i < matrix.schools.size(); ++i) {
    std::vector<std::string> cells = {std::to_string(i + 1) + " " + matrix.schools[i]};
    for (const std::string& receiver : matrix.schools) {
      const auto days = matrix.days.find({matrix.schools[i], receiver});
      cells.push_back(days == matrix.days.end() ? "·" : days_text(days->second));
    }
    cells.push_back(days_text(matrix.balances[i].given_days));
    cells.push_back(days_text(matrix.balances[i].received_days));
    table.add(std::move(cells));
  }
  auto lines = table.lines(100);
  if (!matrix.gave_nothing.empty()) lines.push_back("Gave nothing this cycle: " + listed(matrix.gave_nothing) + ".");
  if (!matrix.received_nothing.empty()) {
    lines.push_back("Received nothing this cycle: " + listed(matrix.received_nothing) + ".");
  }
  for (const auto& [one, other] : matrix.keep_swapping) {
    lines.push_back(one + " and " + other + " keep reviewing each other: another partner would bring another view.");
  }
  return lines;
}

}  // namespace plenary::review
