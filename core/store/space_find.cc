// Finding records by what people type.
#include <algorithm>
#include <charconv>

#include "core/store/space_store.h"

namespace plenary::store {
namespace {

// "3f9ac2d1.17.2": the log's digits, the change's number, the operation.
struct WrittenName {
  std::string log;
  std::uint32_t number = 0, index = 0;
};

bool read_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

std::optional<WrittenName> read_name(std::string_view text) {
  const auto first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find('.', first + 1);
  WrittenName name{std::string(text.substr(0, first))};
  if (!read_number(text.substr(first + 1, second - first - 1), name.number)) return std::nullopt;
  if (second != std::string_view::npos && !read_number(text.substr(second + 1), name.index)) return std::nullopt;
  return name;
}

constexpr std::size_t kMostMatches = 100;

}  // namespace

std::vector<log::RecordName> SpaceStore::find_exactly(const std::string& text) {
  std::vector<log::RecordName> found;
  if (const auto name = read_name(text)) {
    for (const Strand& strand : log_table_.strands()) {
      if (strand.parent || !strand.log.hex().starts_with(name->log)) continue;
      if (name->log.size() != 8 || name->number < strand.first || name->number > strand.last.number) continue;
      const SharedChange change = log_table_.read({strand.number, name->number});
      const auto place = causality().find(change->log, change->number, change->chain);
      if (!place || name->index >= change->operations.size()) continue;
      const log::Operation& operation = change->operations[name->index];
      if (operation.kind != log::OperationKind::create) continue;
      const log::RecordName record = causality().canonical(*place, operation.record);
      if (record_text(record) == text) found.push_back(record);
    }
  }
  for (const log::RecordName& alias : find_aliases(text)) found.push_back(alias);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// Copies, and records on a second branch of a log.
std::vector<log::RecordName> SpaceStore::find_aliases(const std::string& text) {
  std::vector<log::RecordName> found;
  if (!text.starts_with('o') && text.find('~') == std::string::npos) return found;
  std::vector<RecordRow> aliases;
  sqlite::Statement select(*database_, "SELECT row FROM plenary_alias");
  for (auto rows = select.query(); rows.next();) aliases.push_back(rows.integer(0));
  for (const RecordRow row : aliases) {
    const log::RecordName record = rows_.name(row);
    if (record_text(record) == text) found.push_back(record);
  }
  return found;
}

std::vector<log::RecordName> SpaceStore::find_all(const std::string& text) {
  auto found = find_exactly(text);
  if (!found.empty() || text.empty()) return found;
  for (const auto& [number, type] : schema_.schema.types) {
    sqlite::Statement select(*database_,
                             sqlite::GeneratedSql("SELECT row FROM " + sqlite::quoted_identifier(type.name) +
                                                  " WHERE substr(id, 1, length(?1)) = ?1 LIMIT 100"));
    std::vector<RecordRow> matches;
    for (auto rows = select.query(text); rows.next();) matches.push_back(rows.integer(0));
    for (const RecordRow row : matches) {
      if (found.size() < kMostMatches) found.push_back(rows_.name(row));
    }
  }
  return found;
}

}  // namespace plenary::store
