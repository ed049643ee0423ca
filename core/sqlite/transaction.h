// Transaction: all or nothing. Functions that write take one as proof that somebody decides about commit.
#pragma once

#include "core/sqlite/database.h"

namespace plenary::sqlite {

// Rolls back when destroyed without commit(). Must not outlive its database; not nested (that is Savepoint).
class Transaction {
 public:
  // Takes the write lock at once, so that no statement inside can find it taken. Throws Failure (busy) if another
  // connection keeps it, which cannot happen with Sharing::exclusive.
  explicit Transaction(Database& database);
  // The same for shared databases: ErrorCode::busy instead.
  static Result<Transaction> begin(Database& database);

  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  // Durable when it returns. Throws Failure, after which everything is rolled back.
  void commit();

  Database& database() const { return *database_; }
  // Statements of a schema, several in one text, without parameters.
  void execute(Sql sql);
  void execute(const GeneratedSql& sql);

 private:
  struct Begun {};
  Transaction(Database& database, Begun) : database_(&database) {}

  Database* database_;  // null: committed, or moved from
};

// Everything read until its end is of one moment, whatever other connections write meanwhile. Within a transaction it
// changes nothing. Keep it short: the write-ahead log cannot be emptied while it lasts.
class Snapshot {
 public:
  explicit Snapshot(Database& database);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database* database_;  // null: within a transaction
};

// A part of a transaction that can be taken back alone. Savepoints end in reverse order of their beginning.
class Savepoint {
 public:
  explicit Savepoint(Transaction& transaction);
  ~Savepoint();  // takes back what was written since, unless released
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  // Keeps what was written, if the transaction commits.
  void release();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace plenary::sqlite
