#include "clients/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/base/utf8.h"

namespace plenary::cli {
namespace {

// Byte length of the longest prefix of `text` that is at most `columns` wide, broken at a space when there is one.
std::size_t fitting_prefix(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0, space = 0, used = 0;
  while (bytes < text.size()) {
    std::size_t next = bytes + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    used += display_width(text.substr(bytes, next - bytes));
    if (used > columns) return space > 0 ? space : std::max(bytes, next - bytes);
    if (text[bytes] == ' ') space = bytes;
    bytes = next;
  }
  return bytes;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text = newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
    do {
      const std::size_t taken = columns == 0 ? line.size() : fitting_prefix(line, columns);
      lines.emplace_back(line.substr(0, taken));
      line.remove_prefix(taken);
      while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    } while (!line.empty());
  }
  if (lines.empty()) lines.emplace_back();
  return lines;
}

// C0 but newline and tab, delete, C1; embeddings, overrides and isolates of direction.
bool commands_the_terminal(char32_t c) {
  return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

// What is no UTF-8 is taken byte by byte.
std::u32string scalars_of(std::string_view text) {
  if (count_scalars(text)) return decode_utf8(text);
  std::u32string bytes;
  for (const char c : text) bytes += static_cast<unsigned char>(c);
  return bytes;
}

void append_padded(std::string& out, std::string_view cell, std::size_t width) {
  out += cell;
  out.append(width - std::min(width, display_width(cell)) + 2, ' ');
}

}  // namespace

Terminal detect_terminal() {
  Terminal terminal;
  if (isatty(STDOUT_FILENO) != 0) {
    winsize size{};
    terminal.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    terminal.colour = std::getenv("NO_COLOR") == nullptr;
  }
  terminal.progress = isatty(STDERR_FILENO) != 0;
  return terminal;
}

std::string visible(std::string_view text) {
  std::string shown;
  for (const char32_t c : scalars_of(text)) {
    if (commands_the_terminal(c)) {
      char number[16];
      std::snprintf(number, sizeof number, "<U+%04X>", static_cast<unsigned>(c));
      shown += number;
    } else {
      shown += encode_utf8({&c, 1});
    }
  }
  return shown;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool continuation = (byte & 0xC0) == 0x80;
    const bool combining =
        (byte == 0xCC || (byte == 0xCD && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xB0));
    if (!continuation && !combining) ++width;
  }
  return width;
}

void Table::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = visible(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::render(std::size_t width) const {
  const std::size_t columns = headings_.size();
  std::vector<std::size_t> widths(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    widths[c] = display_width(headings_[c]);
    for (const auto& row : rows_)
      for (const auto& line : wrapped(row[c], 0)) widths[c] = std::max(widths[c], display_width(line));
  }
  std::size_t before_last = 0;
  for (std::size_t c = 0; c + 1 < columns; ++c) before_last += widths[c] + 2;
  const std::size_t last = width > before_last + 20 ? width - before_last : 0;

  std::string out;
  const auto print = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> lines;
    std::size_t height = 1;
    for (std::size_t c = 0; c < columns; ++c) {
      lines.push_back(wrapped(cells[c], c + 1 == columns ? last : 0));
      height = std::max(height, lines.back().size());
    }
    for (std::size_t y = 0; y < height; ++y) {
      std::string line;
      for (std::size_t c = 0; c < columns; ++c) append_padded(line, y < lines[c].size() ? lines[c][y] : "", widths[c]);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
  };
  print(headings_);
  for (const auto& row : rows_) print(row);
  return out;
}

std::string human_time(std::int64_t time_ms) {
  if (time_ms == 0) return "–";
  const auto seconds = static_cast<std::time_t>(time_ms / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[40];
  std::strftime(text, sizeof text, "%e %b %Y, %H:%M", &local);
  return text[0] == ' ' ? text + 1 : text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text.append(i == 0 ? std::string_view{} : separator).append(parts[i]);
  return text;
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace plenary::cli
