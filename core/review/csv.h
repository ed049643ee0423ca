// A reader of comma-separated values after RFC 4180, one row at a time: quoted fields with commas, quotes and line
// breaks in them; CRLF, LF or CR. Bytes in, bytes out; it knows no encoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace plenary::review {

class CsvReader {
 public:
  static constexpr std::size_t kFieldBytesMax = 64 << 10;
  static constexpr std::size_t kFieldsMax = 1000;

  // `text` must outlive the reader.
  explicit CsvReader(std::string_view text) : rest_(text) {}

  // Reads the next row into `fields`; false at the end. Empty lines are passed over. An error names the line and says
  // what is wrong with the row; the reader then stands at the start of the next line.
  Result<bool> next(std::vector<std::string>& fields);
  // Where the row read last begins, counted from 1.
  std::size_t line() const { return row_line_; }

 private:
  Result<void> read_field(std::string& field);
  Result<void> read_quoted(std::string& field);
  void skip_line();
  bool take_line_end();

  std::string_view rest_;
  std::size_t line_ = 1, row_line_ = 0;
};

}  // namespace plenary::review
