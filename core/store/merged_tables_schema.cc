// The tables that MergedTables makes from a schema.
#include <algorithm>

#include "core/crypto/hash.h"
#include "core/store/merged_tables.h"

namespace plenary::store {
namespace {

using sqlite::quoted_identifier;

// Raised when this program writes the same schema's tables otherwise than the version before.
constexpr std::string_view kLayout = "3";

const char* column_type(const merge::Field& field) {
  using merge::Policy;
  using merge::ValueKind;
  if (field.policy == Policy::set_union || field.policy == Policy::append) return "TEXT";
  switch (field.kind) {
    case ValueKind::integer:
    case ValueKind::boolean:
      return "INTEGER";
    case ValueKind::real:
      return "REAL";
    case ValueKind::bytes:
      return "BLOB";
    default:
      return "TEXT";
  }
}

std::string type_tables(const merge::RecordType& type) {
  std::string columns;
  std::string indexes;
  for (const auto& [number, field] : type.fields) {
    const std::string column = quoted_identifier(column_of(field));
    columns += ", " + column + " " + column_type(field);
    if (!field.indexed) continue;
    indexes += "CREATE INDEX " + quoted_identifier("plenary_" + type.name + "_" + field.name) + " ON " +
               quoted_identifier(type.name) + " (" + column + ");";
  }
  return "CREATE TABLE " + quoted_identifier(type.name) +
         " (row INTEGER PRIMARY KEY, id TEXT NOT NULL, life TEXT NOT NULL, created_by TEXT, created_at INTEGER" +
         columns + ");" + indexes;
}

std::string search_tables(const merge::RecordType& type) {
  std::string columns;
  for (const merge::Field* field : searched_fields(type)) columns += quoted_identifier(column_of(*field)) + ", ";
  if (columns.empty()) return "";
  return "CREATE VIRTUAL TABLE " + quoted_identifier(search_table_of(type)) + " USING fts5(" + columns +
         "content=" + quoted_identifier(type.name) +
         ", content_rowid='row', tokenize=\"unicode61 remove_diacritics 2\");";
}

void drop_tables(sqlite::Transaction& transaction) {
  std::vector<std::string> names;
  {
    // Shadow tables of a search table go with it.
    sqlite::Statement select(
        transaction.database(),
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND "
        "(name NOT LIKE 'plenary_%' OR name LIKE 'plenary_search_%' AND sql LIKE 'CREATE VIRTUAL%' "
        "OR name IN ('plenary_record', 'plenary_conflict', 'plenary_set_aside')) ORDER BY name LIKE 'plenary_search_%' "
        "DESC");
    for (auto rows = select.query(); rows.next();) names.emplace_back(rows.text(0));
  }
  for (const auto& name : names) transaction.execute(sqlite::GeneratedSql("DROP TABLE " + quoted_identifier(name)));
}

}  // namespace

std::string column_of(const merge::Field& field) {
  static constexpr std::string_view kTaken[] = {"row", "rowid", "oid",        "_rowid_",
                                                "id",  "life",  "created_by", "created_at"};
  return std::ranges::find(kTaken, field.name) == std::end(kTaken) ? field.name : "field_" + field.name;
}

std::string search_table_of(const merge::RecordType& type) {
  return "plenary_search_" + type.name;
}

std::vector<const merge::Field*> searched_fields(const merge::RecordType& type) {
  std::vector<const merge::Field*> fields;
  for (const auto& [number, field] : type.fields) {
    if (field.searched) fields.push_back(&field);
  }
  return fields;
}

std::string_view life_name(merge::Life life) {
  static constexpr std::string_view kNames[] = {"none", "held", "live", "contested", "deleted", "erased"};
  return kNames[static_cast<std::size_t>(life)];
}

void MergedTables::create(sqlite::Transaction& transaction, const merge::Schema& schema, Search search) {
  drop_tables(transaction);
  transaction.execute(
      "CREATE TABLE plenary_record (row INTEGER PRIMARY KEY, type INTEGER NOT NULL, life INTEGER NOT NULL,"
      "  flags INTEGER NOT NULL, places BLOB NOT NULL, sum BLOB NOT NULL);"
      "CREATE TABLE plenary_conflict (row INTEGER, field INTEGER, name TEXT, PRIMARY KEY (row, field)) WITHOUT ROWID;"
      "CREATE TABLE plenary_set_aside (row INTEGER, change TEXT, operation INTEGER, reason TEXT,"
      "  PRIMARY KEY (row, change, operation)) WITHOUT ROWID");
  for (const auto& [number, type] : schema.types) {
    CHECK(!type.name.starts_with("plenary_") && !type.name.starts_with("sqlite_"));
    transaction.execute(sqlite::GeneratedSql(type_tables(type)));
    const std::string searches = search == Search::with ? search_tables(type) : "";
    if (!searches.empty()) transaction.execute(sqlite::GeneratedSql(searches));
  }
}

std::string MergedTables::fingerprint(const merge::Schema& schema, std::uint32_t version) {
  std::string all = "layout " + std::string(kLayout) + " version " + std::to_string(version) + "\n";
  for (const auto& [number, type] : schema.types) {
    all += type_tables(type) + search_tables(type);
    for (const auto& [field_number, field] : type.fields) {
      all += "\n" + std::to_string(field_number) + " " + std::to_string(static_cast<int>(field.policy));
    }
  }
  return crypto::hash<Digest>({"plenary tables", 1, {}}, {as_bytes(all)}).hex();
}

}  // namespace plenary::store
