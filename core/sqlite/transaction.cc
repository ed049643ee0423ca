#include "core/sqlite/transaction.h"

#include <sqlite3.h>

#include <utility>

#include "core/base/check.h"

namespace plenary::sqlite {

Transaction::Transaction(Database& database) : database_(&database) {
  CHECK(!database.in_transaction());
  database.execute("BEGIN IMMEDIATE");
}

Result<Transaction> Transaction::begin(Database& database) {
  CHECK(!database.in_transaction());
  try {
    database.execute("BEGIN IMMEDIATE");
  } catch (const Failure& failure) {
    if (failure.kind() != Failure::Kind::busy) throw;
    return fail(ErrorCode::busy, database.path().string() + " is being written by another program. Try again later.");
  }
  return Transaction(database, Begun{});
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite itself rolls back after some failures (disk full); then nothing is left to do.
  if (database_ == nullptr || !database_->in_transaction()) return;
  sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  CHECK(database_ != nullptr);
  database_->execute("COMMIT");
  database_ = nullptr;
}

void Transaction::execute(Sql sql) {
  database_->execute(sql.text());
}
void Transaction::execute(const GeneratedSql& sql) {
  database_->execute(sql.text());
}

Snapshot::Snapshot(Database& database) : database_(database.in_transaction() ? nullptr : &database) {
  if (database_ != nullptr) database_->execute("BEGIN");
}

Snapshot::~Snapshot() {
  if (database_ != nullptr) sqlite3_exec(database_->handle(), "COMMIT", nullptr, nullptr, nullptr);
}

Savepoint::Savepoint(Transaction& transaction) : database_(transaction.database()) {
  database_.execute("SAVEPOINT part");
}

Savepoint::~Savepoint() {
  if (!open_ || !database_.in_transaction()) return;
  sqlite3_exec(database_.handle(), "ROLLBACK TO part; RELEASE part", nullptr, nullptr, nullptr);
}

void Savepoint::release() {
  CHECK(open_);
  database_.execute("RELEASE part");
  open_ = false;
}

}  // namespace plenary::sqlite
