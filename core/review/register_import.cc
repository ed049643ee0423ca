#include "core/review/register_import.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/review/csv.h"
#include "core/review/dates.h"
#include "core/review/register_text.h"

namespace plenary::review {
namespace {

constexpr std::array<std::string_view, 5> kRequired = {"URN", "LA (code)", "EstablishmentNumber", "EstablishmentName",
                                                       "EstablishmentStatus (code)"};
constexpr std::array<std::string_view, 8> kIgnored = {"HeadTitle (name)",
                                                      "HeadFirstName",
                                                      "HeadLastName",
                                                      "HeadPreferredJobTitle",
                                                      "OfstedLastInsp",
                                                      "OfstedRating (name)",
                                                      "OfstedSpecialMeasures (code)",
                                                      "OfstedSpecialMeasures (name)"};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\xA0");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

bool is_digits(std::string_view text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Reads one row by the names of its columns; collects what is wrong with it.
class RowReader {
 public:
  RowReader(const std::map<std::string, std::size_t>& columns, const std::vector<std::string>& fields,
            std::vector<BadRow>& bad, std::size_t line)
      : columns_(columns), fields_(fields), bad_(bad), line_(line) {}

  bool good() const { return good_; }

  std::string text(const std::string& column) const {
    const auto found = columns_.find(column);
    return found == columns_.end() ? std::string{} : trimmed(fields_[found->second]);
  }

  void complain(const std::string& column, const std::string& what) {
    good_ = false;
    bad_.push_back({line_, column, what});
  }

  // Codes keep their leading zeros: they are text.
  std::string code(const std::string& column, std::size_t count, bool required) {
    std::string value = text(column);
    if (value.empty() && !required) return value;
    if (!is_digits(value, count)) {
      complain(column, column + " is \"" + value + "\"; it must be " + std::to_string(count) + " digits.");
    }
    return value;
  }

  std::string date(const std::string& column) {
    const std::string value = text(column);
    if (value.empty()) return value;
    const auto date = parse_register_date(value);
    if (!date) {
      complain(column, column + " is \"" + value + "\"; a date looks like 31-08-1992.");
      return {};
    }
    return iso_date(*date);
  }

  std::optional<std::uint32_t> count(const std::string& column) {
    const std::string value = text(column);
    if (value.empty()) return std::nullopt;
    if (value.size() > 6 || !is_digits(value, value.size())) {
      complain(column, column + " is \"" + value + "\"; it must be a whole number.");
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(std::stoul(value));
  }

  RegisterStatus status(const std::string& column) {
    const std::string value = text(column);
    if (value.size() == 1 && value[0] >= '1' && value[0] <= '4') return static_cast<RegisterStatus>(value[0] - '0');
    complain(column, column + " is \"" + value +
                         "\"; it must be 1 (open), 2 (closed), 3 (proposed to close) or 4 (proposed to open).");
    return RegisterStatus::open;
  }

 private:
  const std::map<std::string, std::size_t>& columns_;
  const std::vector<std::string>& fields_;
  std::vector<BadRow>& bad_;
  std::size_t line_;
  bool good_ = true;
};

std::vector<std::string> flags_of(const RegisterSchool& school) {
  switch (school.status) {
    case RegisterStatus::closed: {
      const auto date = parse_iso_date(school.closed_on);
      return {date ? "closed on " + long_date(*date) : "closed"};
    }
    case RegisterStatus::proposed_to_close:
      return {"proposed to close"};
    case RegisterStatus::proposed_to_open:
      return {"proposed to open"};
    case RegisterStatus::open:
      break;
  }
  return {};
}

RegisterSchool school_of(RowReader& row) {
  RegisterSchool school;
  school.urn = row.code("URN", 6, true);
  school.name = row.text("EstablishmentName");
  if (school.name.empty()) row.complain("EstablishmentName", "EstablishmentName is empty; a school needs a name.");
  school.la_code = row.code("LA (code)", 3, true);
  school.la_name = row.text("LA (name)");
  school.establishment_number = row.code("EstablishmentNumber", 4, false);
  school.status = row.status("EstablishmentStatus (code)");
  school.phase = row.text("PhaseOfEducation (name)");
  school.type = row.text("TypeOfEstablishment (name)");
  school.postcode = row.text("Postcode");
  school.town = row.text("Town");
  school.trust_code = row.text("Trusts (code)");
  school.trust_name = row.text("Trusts (name)");
  school.federation_code = row.text("Federations (code)");
  school.federation_name = row.text("Federations (name)");
  school.opened_on = row.date("OpenDate");
  school.closed_on = row.date("CloseDate");
  school.changed_on = row.date("LastChangedDate");
  school.pupils = row.count("NumberOfPupils");
  school.flags = flags_of(school);
  return school;
}

Result<std::string> text_of(std::string_view file, TextEncoding& encoding) {
  if (file.empty()) return fail(ErrorCode::invalid_argument, "The file is empty. Download the register again.");
  if (file.size() > kRegisterBytesMax) {
    return fail(ErrorCode::limit_exceeded, "The file is larger than " + std::to_string(kRegisterBytesMax >> 20) +
                                               " MB, the limit for a register. Download a part of it.");
  }
  if (file.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument,
                "The file is no plain text: it may be a spreadsheet, or text in UTF-16. Save it as CSV (UTF-8).");
  }
  encoding = encoding_of(file);
  if (encoding == TextEncoding::utf8_with_mark && encoding_of(file.substr(3)) == TextEncoding::windows_1252) {
    return fail(ErrorCode::malformed, "The file says that it is UTF-8, and is not. Save it again as CSV (UTF-8).");
  }
  return utf8_of(file, encoding);
}

Result<std::map<std::string, std::size_t>> columns_of(const std::vector<std::string>& header) {
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < header.size(); ++i) columns.emplace(trimmed(header[i]), i);
  std::string missing;
  for (const auto name : kRequired) {
    if (columns.contains(std::string(name))) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(name);
  }
  if (!missing.empty()) {
    return fail(ErrorCode::invalid_argument, "This is no schools register as GIAS gives it: columns are missing: " +
                                                 missing + ". Download \"Establishment fields CSV\" and try again.");
  }
  return columns;
}

// Keeps a good row; a school that stands in the file twice is kept once.
void add_row(RegisterImport& import, const std::map<std::string, std::size_t>& columns,
             const std::vector<std::string>& fields, std::size_t width, std::size_t line,
             std::map<std::string, std::size_t>& line_of_urn) {
  if (fields.size() != width) {
    import.bad_rows.push_back(
        {line, "",
         "The row has " + std::to_string(fields.size()) + " columns; the header has " + std::to_string(width) + "."});
    return;
  }
  RowReader row(columns, fields, import.bad_rows, line);
  RegisterSchool school = school_of(row);
  if (!row.good()) return;
  school.row = line;
  const auto [first, added] = line_of_urn.emplace(school.urn, line);
  if (!added) {
    return row.complain("URN", "URN " + school.urn + " stands in line " + std::to_string(first->second) + " already.");
  }
  import.schools.push_back(std::move(school));
}

}  // namespace

Result<RegisterImport> read_register(std::string_view file) {
  RegisterImport import;
  const auto text = text_of(file, import.encoding);
  if (!text) return tl::make_unexpected(text.error());
  CsvReader reader(*text);
  std::vector<std::string> fields;
  const auto header = reader.next(fields);
  if (!header) return tl::make_unexpected(header.error());
  if (!*header) return fail(ErrorCode::invalid_argument, "The file is empty. Download the register again.");
  const auto columns = columns_of(fields);
  if (!columns) return tl::make_unexpected(columns.error());
  for (const auto name : kIgnored) {
    if (columns->contains(std::string(name))) import.ignored_columns.emplace_back(name);
  }

  const std::size_t width = fields.size();
  std::map<std::string, std::size_t> line_of_urn;
  while (true) {
    const auto row = reader.next(fields);
    if (row && !*row) break;
    if (import.schools.size() + import.bad_rows.size() >= kRegisterRowsMax) {
      return fail(ErrorCode::limit_exceeded, "The register has more than " + std::to_string(kRegisterRowsMax) +
                                                 " rows, the limit. Import it in parts.");
    }
    if (!row) {
      import.bad_rows.push_back({reader.line(), "", row.error().message});
    } else {
      add_row(import, *columns, fields, width, reader.line(), line_of_urn);
    }
  }
  return import;
}

std::vector<std::pair<std::string, replica::Value>> RegisterSchool::fields() const {
  static constexpr std::array<const char*, 4> kStatuses = {"open", "closed", "proposed_to_close", "proposed_to_open"};
  std::vector<std::pair<std::string, replica::Value>> out = {
      {"register", "gias"},
      {"register_id", urn},
      {"name", name},
      {"status", kStatuses[static_cast<std::size_t>(status) - 1]}};
  const std::vector<std::pair<const char*, const std::string*>> texts = {
      {"la_code", &la_code},
      {"la_name", &la_name},
      {"establishment_number", &establishment_number},
      {"phase", &phase},
      {"type", &type},
      {"postcode", &postcode},
      {"town", &town},
      {"trust_code", &trust_code},
      {"trust_name", &trust_name},
      {"opened_on", &opened_on},
      {"closed_on", &closed_on},
      {"federation_code", &federation_code},
      {"federation_name", &federation_name},
      {"register_changed_on", &changed_on}};
  for (const auto& [field, text] : texts) {
    if (!text->empty()) out.emplace_back(field, *text);
  }
  if (pupils) out.emplace_back("pupils", static_cast<std::int64_t>(*pupils));
  return out;
}

std::vector<std::string> lines_of(const RegisterImport& import) {
  const auto count = [](std::size_t n, const std::string& one, const std::string& many) {
    return std::to_string(n) + " " + (n == 1 ? one : many);
  };
  std::set<std::size_t> bad_lines;
  for (const auto& row : import.bad_rows) bad_lines.insert(row.row);
  std::vector<std::string> lines = {count(import.schools.size(), "school", "schools") + " read, " +
                                    count(bad_lines.size(), "row", "rows") + " left out."};
  for (const auto& school : import.schools) {
    for (const auto& flag : school.flags) {
      lines.push_back("Line " + std::to_string(school.row) + ": " + school.name + " (" + school.urn + ") is " + flag +
                      ".");
    }
  }
  for (const auto& row : import.bad_rows) lines.push_back("Line " + std::to_string(row.row) + " left out: " + row.what);
  return lines;
}

}  // namespace plenary::review
