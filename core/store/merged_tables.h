// MergedTables: what the space's changes amount to, as tables that a person can query: one table per record type, one
// column per field. Beside them the engine's own rows: which changes wrote into a record, and what it adds to the
// digest. Always equal to the merge of the log; SpaceStore::check rebuilds and compares. docs/storage.md, "Tables".
#pragma once

#include <memory>

#include "core/merge/merge_record.h"
#include "core/store/record_rows.h"
#include "core/store/state_sum.h"
#include "core/store/value_text.h"

namespace plenary::store {

// A record as merging left it, ready to be written. The references outlive the call.
struct RecordToWrite {
  RecordRow row = 0;
  const log::RecordName& name;
  std::span<const merge::Write> writes;
  std::span<const StrandPlace> places;  // of the changes that wrote into it, sorted, each once
  const merge::MergedRecord& merged;
  RecordSum sum;
};

// The engine's row of a record.
struct RecordState {
  std::vector<StrandPlace> places;
  RecordSum sum;
  merge::Life life = merge::Life::none;
  std::int64_t flags = 0;
};

struct TableCounts {
  std::size_t records = 0, conflicts = 0, held = 0, quarantined_changes = 0;
};

class MergedTables {
 public:
  enum class Search : bool { without, with };

  // Makes the tables for the schema; drops those that are there. Identifiers come from the schema's names.
  static void create(sqlite::Transaction& transaction, const merge::Schema& schema, Search search);
  // Changes whenever create() would make other tables, or the same changes would be merged otherwise.
  static std::string fingerprint(const merge::Schema& schema, std::uint32_t version);

  // Everything given outlives it.
  MergedTables(sqlite::Database& database, const merge::Schema& schema, const EnumDirectory& enums, Search search);
  ~MergedTables();

  std::optional<RecordState> load(RecordRow row);
  // Writes the record's row and all that belongs to it. `view` is where it was merged. `before` is its state until
  // now; null when it had none.
  void write(sqlite::Transaction& transaction, const merge::View& view, const RecordToWrite& record,
             const RecordState* before);
  TableCounts counts();
  // Takes into full-text search what was written since it was last called.
  void catch_up_search();
  // Words that left the index are still in its older parts: writes them anew without.
  void scrub_search(sqlite::Transaction& transaction, std::uint32_t type);

 private:
  struct TypeTable;

  TypeTable* table(std::uint32_t type);
  void write_shown(sqlite::Transaction& transaction, const merge::View& view, const RecordToWrite& record,
                   bool is_there);
  void bind_field(sqlite::Statement& insert, int position, const merge::Field& field, const RecordToWrite& record,
                  const merge::MergedField& merged);
  void erase_shown(sqlite::Transaction& transaction, RecordRow row, std::uint32_t type);
  void write_conflicts(sqlite::Transaction& transaction, const RecordToWrite& record);
  void write_set_aside(sqlite::Transaction& transaction, const merge::View& view, const RecordToWrite& record);
  void leave_search(sqlite::Transaction& transaction, RecordRow row, TypeTable& table);
  void take_into_search(sqlite::Transaction& transaction, const merge::RecordType& type);

  sqlite::Database& database_;
  const merge::Schema& schema_;
  const EnumDirectory& enums_;
  Search search_;
  bool search_may_lag_ = true;  // something was written since catch_up_search, or before this program began
  std::map<std::uint32_t, std::unique_ptr<TypeTable>> tables_;

  sqlite::Statement select_{database_, "SELECT places, sum, life, flags FROM plenary_record WHERE row = ?"};
  sqlite::Statement insert_{database_,
                            "INSERT INTO plenary_record (row, type, life, flags, places, sum) "
                            "VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement replace_{database_,
                             "INSERT OR REPLACE INTO plenary_record (row, type, life, flags, places, sum) "
                             "VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement insert_conflict_{database_, "INSERT INTO plenary_conflict (row, field, name) VALUES (?, ?, ?)"};
  sqlite::Statement delete_conflicts_{database_, "DELETE FROM plenary_conflict WHERE row = ?"};
  sqlite::Statement insert_set_aside_{database_,
                                      "INSERT OR REPLACE INTO plenary_set_aside (row, change, operation, reason) "
                                      "VALUES (?, ?, ?, ?)"};
  sqlite::Statement delete_set_aside_{database_, "DELETE FROM plenary_set_aside WHERE row = ?"};
};

// The column of a field: its name, or "field_<name>" where that is a column of every table.
std::string column_of(const merge::Field& field);
std::string search_table_of(const merge::RecordType& type);
// The fields of a type that full-text search covers, by number.
std::vector<const merge::Field*> searched_fields(const merge::RecordType& type);

std::string_view life_name(merge::Life life);

}  // namespace plenary::store
