// The check: everything merged anew into tables in memory, and compared with those in the file.
#include <map>

#include "core/store/space_store.h"

namespace plenary::store {
namespace {

using Dump = std::map<std::string, std::string>;  // key -> the row as text

std::string cell(const sqlite::Rows& rows, int column) {
  if (rows.is_null(column)) return "-";
  return "'" + std::string(rows.text(column)) + "'";
}

Dump dump(sqlite::Database& database, const std::string& table) {
  Dump rows_by_key;
  sqlite::Statement select(database, sqlite::GeneratedSql("SELECT * FROM " + sqlite::quoted_identifier(table)));
  for (auto rows = select.query(); rows.next();) {
    std::string row;
    for (int column = 1; column < rows.columns(); ++column) row += cell(rows, column) + " ";
    std::string key = std::to_string(rows.integer(0));
    // Conflicts and operations set aside have several rows for one record; elsewhere the second column is its id.
    if (table != "plenary_record") key += " " + cell(rows, 1);
    if (table == "plenary_set_aside") key += " " + cell(rows, 2);
    rows_by_key.emplace(std::move(key), std::move(row));
  }
  return rows_by_key;
}

void compare(const std::string& table, const Dump& kept, const Dump& merged, std::vector<std::string>& differences) {
  for (const auto& [key, row] : merged) {
    const auto found = kept.find(key);
    if (found == kept.end()) {
      differences.push_back(table + " lacks " + key);
    } else if (found->second != row) {
      differences.push_back(table + " " + key + " is " + found->second + "but should be " + row);
    }
  }
  for (const auto& [key, row] : kept) {
    if (!merged.contains(key)) differences.push_back(table + " has " + key + ", which nobody wrote");
  }
}

}  // namespace

std::vector<std::string> SpaceStore::check() {
  std::vector<std::string> differences;
  if (const std::string damage = database_->find_damage(); !damage.empty()) differences.push_back(damage);
  auto memory = sqlite::Database::open(":memory:");
  CHECK(memory.has_value());
  {
    sqlite::Transaction transaction(**memory);
    RecordRows::create(transaction);
    MergedTables::create(transaction, schema_.schema, MergedTables::Search::without);
    sqlite::Statement select(*database_, "SELECT row, name FROM plenary_alias");
    sqlite::Statement insert(**memory, "INSERT INTO plenary_alias (row, name) VALUES (?, ?)");
    for (auto rows = select.query(); rows.next();) insert.run(transaction, rows.integer(0), rows.blob(1));
    transaction.commit();
  }
  State state(schema_);
  std::vector<RosterHash> hashes;
  std::swap(hashes, roster_hashes_);
  load_roster(state);
  std::swap(hashes, roster_hashes_);
  const std::size_t unkept = unkept_changes_;
  load_newer_changes(state);
  unkept_changes_ = unkept;
  MergedTables tables(**memory, schema_.schema, schema_.enums, MergedTables::Search::without);
  RecordRows rows(**memory, log_table_);
  Merger merger(log_table_, tables, rows, state.view, space_, digest_key_);
  sqlite::Transaction transaction(**memory);
  merger.rebuild(transaction);
  if (!(merger.sum == merger_.sum)) differences.push_back("The digest is not that of the log.");
  for (const auto& [number, type] : schema_.schema.types) {
    compare(type.name, dump(*database_, type.name), dump(**memory, type.name), differences);
  }
  for (const char* table : {"plenary_record", "plenary_conflict", "plenary_set_aside"}) {
    compare(table, dump(*database_, table), dump(**memory, table), differences);
  }
  return differences;
}

}  // namespace plenary::store
