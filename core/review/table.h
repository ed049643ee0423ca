// A table for people: columns padded to their widest cell, the first one shortened to fit a width.
#pragma once

#include <string>
#include <vector>

namespace plenary::review {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  // As many cells as the header.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // The first column is left-aligned, the others are centred on their heading; no trailing spaces.
  std::vector<std::string> lines(std::size_t width) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// At most `count` characters of valid UTF-8; what was shortened ends with "…".
std::string shortened(const std::string& text, std::size_t count);

// "1 note", "2 notes".
std::string counted(std::size_t count, const std::string& one, const std::string& many);

// "Lead", "Lead and host", "Lead, host and shadow".
std::string listed(const std::vector<std::string>& items);

}  // namespace plenary::review
