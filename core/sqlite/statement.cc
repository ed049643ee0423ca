#include "core/sqlite/statement.h"

#include <sqlite3.h>

namespace plenary::sqlite {
namespace {

void check(sqlite3_stmt* statement, int code, const char* doing) {
  if (code != SQLITE_OK) internal::throw_failure(sqlite3_db_handle(statement), code, doing);
}

void free_for_reuse(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

}  // namespace

Rows::~Rows() {
  if (statement_ != nullptr) free_for_reuse(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  internal::throw_failure(sqlite3_db_handle(statement_), code, "read rows");
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Rows::real(int column) const {
  return sqlite3_column_double(statement_, column);
}
int Rows::columns() const {
  return sqlite3_column_count(statement_);
}

std::string_view Rows::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr ? std::string_view{} : std::string_view(text, sqlite3_column_bytes(statement_, column));
}

ByteSpan Rows::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Rows::throw_wrong_size(int column) {
  throw Failure(Failure::Kind::corrupt, SQLITE_CORRUPT,
                "Column " + std::to_string(column) + " holds an id of a wrong size: the file is damaged.");
}

sqlite3_stmt* Statement::prepare(Database& database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int size = static_cast<int>(sql.size());
  const int code =
      sqlite3_prepare_v3(database.handle(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) internal::throw_failure(database.handle(), code, "prepare: " + std::string(sql));
  // One statement a text; what follows a semicolon would be silently left out.
  CHECK(statement != nullptr && rest == sql.data() + sql.size());
  return statement;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::start(int values) {
  // Rows of this statement that still live would lose their place.
  CHECK(!sqlite3_stmt_busy(statement_));
  CHECK(values < 0 || values == sqlite3_bind_parameter_count(statement_));
  free_for_reuse(statement_);
}

int Statement::finish() {
  sqlite3* connection = sqlite3_db_handle(statement_);
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_DONE && code != SQLITE_ROW) {
    const struct Reset {
      sqlite3_stmt* statement;
      ~Reset() { free_for_reuse(statement); }
    } reset{statement_};
    internal::throw_failure(connection, code, "write");
  }
  const int changed = sqlite3_changes(connection);
  free_for_reuse(statement_);
  return changed;
}

void Statement::check_reads_only() const {
  CHECK(sqlite3_stmt_readonly(statement_));
}

void Statement::bind_null(int position) {
  check(statement_, sqlite3_bind_null(statement_, position), "bind");
}

void Statement::bind_integer(int position, std::int64_t value) {
  check(statement_, sqlite3_bind_int64(statement_, position, value), "bind");
}

void Statement::bind_real(int position, double value) {
  check(statement_, sqlite3_bind_double(statement_, position, value), "bind");
}

// A null pointer would bind NULL instead of an empty value.
void Statement::bind_text(int position, std::string_view value, Lifetime lifetime) {
  const auto keep = lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const char* data = value.data() == nullptr ? "" : value.data();
  check(statement_, sqlite3_bind_text64(statement_, position, data, value.size(), keep, SQLITE_UTF8), "bind");
}

void Statement::bind_blob(int position, ByteSpan value, Lifetime lifetime) {
  const auto keep = lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const void* data = value.data() == nullptr ? "" : static_cast<const void*>(value.data());
  check(statement_, sqlite3_bind_blob64(statement_, position, data, value.size(), keep), "bind");
}

}  // namespace plenary::sqlite
