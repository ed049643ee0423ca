// Reads the English schools register (GIAS establishment CSV). Columns are found by header, not position; the text may
// be UTF-8 (with or without a byte order mark) or Windows-1252. Nothing is imported here: the caller decides whether
// the good rows are kept when some are bad. Heads' names and inspection grades are never read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/replica/value.h"

namespace plenary::review {

enum class TextEncoding : std::uint8_t { utf8, utf8_with_mark, windows_1252 };
enum class RegisterStatus : std::uint8_t { open = 1, closed = 2, proposed_to_close = 3, proposed_to_open = 4 };

struct RegisterSchool {
  std::size_t row = 0;  // line of the file where the row begins, the header being 1
  std::string urn;      // 6 digits
  std::string name, la_code, la_name, establishment_number, phase, type, postcode, town;
  std::string trust_code, trust_name, federation_code, federation_name;
  std::string opened_on, closed_on, changed_on;  // ISO dates; empty: not given
  std::optional<std::uint32_t> pupils;
  RegisterStatus status = RegisterStatus::open;
  std::vector<std::string> flags;  // "closed on 31 August 1992", "proposed to open"

  // What the import writes: the fields of a school record by name.
  std::vector<std::pair<std::string, replica::Value>> fields() const;
};

struct BadRow {
  std::size_t row = 0;
  std::string column;  // empty: the row as a whole
  std::string what;    // "URN is \"10049\"; it must be 6 digits."
};

struct RegisterImport {
  TextEncoding encoding = TextEncoding::utf8;
  std::vector<RegisterSchool> schools;
  std::vector<BadRow> bad_rows;
  std::vector<std::string> ignored_columns;  // known, and left out on purpose
};

inline constexpr std::size_t kRegisterBytesMax = 256U << 20;
inline constexpr std::size_t kRegisterRowsMax = 200'000;

// Fails as a whole when the file is no such register: the error names the columns that are missing, or says that it
// is empty, too large, or not text.
Result<RegisterImport> read_register(std::string_view file);

// "12 schools read, 1 closed, 2 rows left out", then one line for each bad row and each flag.
std::vector<std::string> lines_of(const RegisterImport& import);

}  // namespace plenary::review
