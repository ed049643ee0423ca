// Statement: one prepared statement, a member of the class that uses it, with its SQL beside it:
//
//   sqlite::Statement insert_note_{database_, "INSERT INTO note (id, body) VALUES (?, ?)"};
//   sqlite::Statement select_body_{database_, "SELECT body FROM note WHERE id = ?"};
//   ...
//   insert_note_.run(transaction, id, body);
//   for (auto rows = select_body_.query(id); rows.next();) show(rows.text(0));
//
// Values bound: integers, enums, bool, double, text, Bytes/ByteSpan, FixedId, nullptr, std::optional of these. Columns
// count from 0. Errors of the environment are thrown as Failure.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "core/base/check.h"
#include "core/base/fixed_id.h"
#include "core/sqlite/transaction.h"

struct sqlite3_stmt;

namespace plenary::sqlite {

// The rows of one query. The statement is free for the next query when this is destroyed; only one at a time.
// Text and blobs are valid until next() or the end of the Rows.
class Rows {
 public:
  ~Rows();
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;

  // Goes to the next (first) row; false after the last.
  bool next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  ByteSpan blob(int column) const;
  // The bytes of a FixedId. A stored id of another size is a damaged file: throws Failure.
  template <class Id>
  Id id(int column) const {
    const auto id = Id::from(blob(column));
    if (!id) throw_wrong_size(column);
    return *id;
  }
  template <class Id>
  std::optional<Id> optional_id(int column) const {
    if (is_null(column)) return std::nullopt;
    return this->id<Id>(column);
  }
  int columns() const;

 private:
  friend class Statement;
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  [[noreturn]] static void throw_wrong_size(int column);

  sqlite3_stmt* statement_;
};

class Statement {
 public:
  Statement(Database& database, Sql sql) : statement_(prepare(database, sql.text())) {}
  Statement(Database& database, const GeneratedSql& sql) : statement_(prepare(database, sql.text())) {}
  ~Statement();
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;

  // Executes a statement that writes; values are bound to ?1, ?2, … in order. Returns how many rows it changed.
  template <class... Values>
  int run(Transaction& transaction, const Values&... values) {
    CHECK(transaction.database().in_transaction());
    int position = 0;
    start(sizeof...(values));
    (bind(++position, values, Lifetime::until_done), ...);
    return finish();
  }
  // Rows of a statement that reads. Values are copied.
  template <class... Values>
  [[nodiscard]] Rows query(const Values&... values) {
    check_reads_only();
    return start_rows(values...);
  }
  // Rows of a statement that writes, with RETURNING. The writing is done when next() first returns.
  template <class... Values>
  [[nodiscard]] Rows run_returning(Transaction& transaction, const Values&... values) {
    CHECK(transaction.database().in_transaction());
    return start_rows(values...);
  }

  // For statements whose number of parameters is known only at run time: reset(), bind each, then run_bound() or
  // query_bound(). What is bound stays bound until reset() and is copied.
  void reset() { start(-1); }
  template <class Value>
  void bind(int position, const Value& value) {
    bind(position, value, Lifetime::copied);
  }
  // The same without a copy: a text or blob must live until the statement was run.
  template <class Value>
  void bind_borrowed(int position, const Value& value) {
    bind(position, value, Lifetime::until_done);
  }
  int run_bound(Transaction& transaction) {
    CHECK(transaction.database().in_transaction());
    return finish();
  }
  [[nodiscard]] Rows query_bound() {
    check_reads_only();
    return Rows(statement_);
  }

 private:
  enum class Lifetime : bool { copied, until_done };

  static sqlite3_stmt* prepare(Database& database, std::string_view sql);
  // Frees the statement and checks how many values it takes; -1: any number.
  void start(int values);
  int finish();
  void check_reads_only() const;
  void bind_null(int position);
  void bind_integer(int position, std::int64_t value);
  void bind_real(int position, double value);
  void bind_text(int position, std::string_view value, Lifetime lifetime);
  void bind_blob(int position, ByteSpan value, Lifetime lifetime);

  template <class... Values>
  Rows start_rows(const Values&... values) {
    int position = 0;
    start(sizeof...(values));
    (bind(++position, values, Lifetime::copied), ...);
    return Rows(statement_);
  }

  template <class Value>
  void bind(int position, const Value& value, Lifetime lifetime) {
    if constexpr (std::is_same_v<Value, std::nullptr_t>) {
      bind_null(position);
    } else if constexpr (std::is_enum_v<Value>) {
      bind_integer(position, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_integral_v<Value>) {
      CHECK(
          std::in_range<std::int64_t>(static_cast<std::conditional_t<std::is_same_v<Value, bool>, int, Value>>(value)));
      bind_integer(position, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<Value>) {
      bind_real(position, value);
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      bind_text(position, value, lifetime);
    } else if constexpr (std::is_convertible_v<const Value&, ByteSpan>) {
      bind_blob(position, value, lifetime);
    } else if constexpr (requires { value.has_value(); }) {
      value ? bind(position, *value, lifetime) : bind_null(position);
    } else {
      bind_blob(position, value.span(), lifetime);
    }
  }

  sqlite3_stmt* statement_;
};

}  // namespace plenary::sqlite
