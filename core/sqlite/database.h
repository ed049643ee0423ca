// Database: one connection to one SQLite file. WAL, synchronous=FULL: what was committed survives a power cut.
//
// A connection and everything made from it (statements, transactions) belong to one thread at a time. Statements are
// members of classes that hold the database by reference, and so are destroyed before it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/sqlite/checked_vfs.h"
#include "core/sqlite/failure.h"
#include "core/sqlite/sql.h"

namespace plenary::sqlite {

class SealedVfs;

enum class Access : std::uint8_t {
  create,     // make the file if it is not there
  existing,   // ErrorCode::not_found if it is not there
  read_only,  // ditto, and every write fails
};

enum class Sharing : std::uint8_t {
  exclusive,  // one connection in all the world holds the file; a second one gets ErrorCode::busy at open. Faster:
              // no shared memory file, no lock per transaction; a transaction can always begin
  shared,     // other connections and processes may read and write between our transactions
};

struct OpenOptions {
  Access access = Access::create;
  Sharing sharing = Sharing::exclusive;
  int page_size = 4096;          // of a file made now: power of two, 512 to 65536
  bool gives_back_room = false;  // a file made now can shrink with give_back_room()
  std::string vfs;               // name of a registered VFS; empty: the system's
  // Through which every page is sealed; then page_size and vfs are its business; never shared and never read_only. It
  // outlives the database. Null: the file is in clear.
  const SealedVfs* seal = nullptr;
  // Checksums beside the pages of a file in clear (checked_vfs.h). One that was made without: first add_checks().
  PageCheck check = nullptr;
  int busy_timeout_ms = 2000;   // how long to wait for another connection before ErrorCode::busy
  int cache_kib = 2048;         // page cache, at most
  int checkpoint_pages = 1000;  // WAL pages after which a commit moves them into the file
};

class Database {
 public:
  // Errors: not_found, busy (another process holds it), malformed (the file is no database). Throws Failure when the
  // environment is broken or the file is damaged (a sealed file that belongs to somebody else looks the same). `path`
  // may be ":memory:".
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, const OpenOptions& options = {});

  // Writes a copy of the unchecked database at `from`, with checksums, into a file that does not exist yet.
  static void add_checks(const std::filesystem::path& from, const std::filesystem::path& into, PageCheck check);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::int64_t last_insert_rowid() const;
  // True between the beginning and the end of a transaction.
  bool in_transaction() const;
  // Moves the whole WAL into the file and empties it; false when another connection is in its way (try again later).
  // Call outside transactions.
  bool checkpoint();
  // Takes pages that nothing uses out of the file, where it was made so that it can. Call outside transactions.
  void give_back_room();
  // Limits the file's size; past it, writes throw Failure of kind disk_full.
  void limit_pages(std::int64_t pages);
  // Writes a consistent copy, without free pages, into a file that does not exist yet. Call outside transactions. The
  // copy has checksums if this has.
  void copy_to(const std::filesystem::path& path);
  // SQLite's own search for damage. Empty: none found. Reads the whole file.
  std::string find_damage();
  // Settings that must stand outside transactions (PRAGMA, VACUUM). Rows are dropped.
  void configure(Sql sql);
  void configure(const GeneratedSql& sql);

  // For this folder only.
  sqlite3* handle() const { return handle_; }

 private:
  Database(sqlite3* handle, std::filesystem::path path, std::unique_ptr<CheckedVfs> checked)
      : checked_(std::move(checked)), handle_(handle), path_(std::move(path)) {}
  void apply(const OpenOptions& options);
  void reserve(std::size_t bytes);
  bool is_copy();
  void execute(std::string_view sql);

  friend class Transaction;
  friend class Savepoint;
  friend class Snapshot;

  std::unique_ptr<CheckedVfs> checked_;  // through which this was opened; null: another
  sqlite3* handle_;
  std::filesystem::path path_;
};

}  // namespace plenary::sqlite
