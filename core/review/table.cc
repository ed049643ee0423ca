#include "core/review/table.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace plenary::review {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kFirstColumnMin = 12;

std::size_t width_of(const std::string& text) {
  return count_scalars(text).value_or(text.size());
}

std::string padded(const std::string& text, std::size_t width, bool centred) {
  const std::size_t space = width - std::min(width, width_of(text));
  const std::size_t before = centred ? space / 2 : 0;
  return std::string(before, ' ') + text + std::string(space - before, ' ');
}

}  // namespace

std::vector<std::string> TextTable::lines(std::size_t width) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::size_t others = 0;
  for (std::size_t i = 1; i < widths.size(); ++i) others += widths[i] + kGap;
  const std::size_t room = width > others ? width - others : 0;
  widths[0] = std::min(widths[0], std::max(room, kFirstColumnMin));

  std::vector<std::string> lines;
  for (const auto& row : rows_) {
    std::string line = padded(shortened(row[0], widths[0]), widths[0], false);
    for (std::size_t i = 1; i < row.size(); ++i) line += std::string(kGap, ' ') + padded(row[i], widths[i], true);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string shortened(const std::string& text, std::size_t count) {
  if (width_of(text) <= count || count == 0) return text;
  std::string out = text.substr(0, bytes_of_scalars(text, count - 1));
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "…";
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

}  // namespace plenary::review
