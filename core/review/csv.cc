#include "core/review/csv.h"

namespace plenary::review {

bool CsvReader::take_line_end() {
  if (rest_.starts_with("\r\n")) {
    rest_.remove_prefix(2);
  } else if (rest_.starts_with('\n') || rest_.starts_with('\r')) {
    rest_.remove_prefix(1);
  } else {
    return false;
  }
  ++line_;
  return true;
}

void CsvReader::skip_line() {
  const auto end = rest_.find_first_of("\r\n");
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  take_line_end();
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  while (take_line_end()) {
  }
  if (rest_.empty()) return false;
  row_line_ = line_;
  while (true) {
    if (fields.size() == kFieldsMax) {
      skip_line();
      return fail(ErrorCode::limit_exceeded, "The row in line " + std::to_string(row_line_) + " has more than " +
                                                 std::to_string(kFieldsMax) + " columns.");
    }
    fields.emplace_back();
    if (auto read = read_field(fields.back()); !read) return tl::make_unexpected(read.error());
    if (rest_.starts_with(',')) {
      rest_.remove_prefix(1);
      continue;
    }
    if (rest_.empty() || take_line_end()) return true;
    skip_line();
    return fail(ErrorCode::malformed, "The row in line " + std::to_string(row_line_) +
                                          " has something after a closing quotation mark; a comma was expected.");
  }
}

Result<void> CsvReader::read_field(std::string& field) {
  if (rest_.starts_with('"')) return read_quoted(field);
  const auto end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
  if (end > kFieldBytesMax) {
    skip_line();
    return fail(ErrorCode::limit_exceeded, "A field in line " + std::to_string(row_line_) + " is longer than " +
                                               std::to_string(kFieldBytesMax) + " bytes.");
  }
  field.assign(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return {};
}

Result<void> CsvReader::read_quoted(std::string& field) {
  const std::string_view before = rest_;
  const std::size_t line_before = line_;
  rest_.remove_prefix(1);
  while (!rest_.empty() && field.size() <= kFieldBytesMax) {
    const char c = rest_.front();
    if (c == '"' && !rest_.starts_with("\"\"")) {
      rest_.remove_prefix(1);
      return {};
    }
    if (c == '\n' || (c == '\r' && !rest_.starts_with("\r\n"))) ++line_;
    field += c;
    rest_.remove_prefix(c == '"' ? 2 : 1);
  }
  // An unclosed quotation mark must not swallow the rows after it: reading goes on with the next line.
  const bool closed_nowhere = rest_.empty();
  rest_ = before;
  line_ = line_before;
  skip_line();
  return fail(closed_nowhere ? ErrorCode::malformed : ErrorCode::limit_exceeded,
              closed_nowhere ? "A quotation mark opened in line " + std::to_string(row_line_) + " is never closed."
                             : "A field in line " + std::to_string(row_line_) + " is longer than " +
                                   std::to_string(kFieldBytesMax) + " bytes; a quotation mark may be missing.");
}

}  // namespace plenary::review
