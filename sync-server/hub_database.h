// The hub's database: one SQLite file, hub.db, in the data folder. Its tables are described in hub_database.cc.
//
// Items (roster records, segments, claims, statuses, proofs) are kept as the bytes that came, once. The hub cannot
// read what is sealed in them. An item's row number is its space's number and its sequence within the space, so that
// "everything after" is a range of rows. One connection writes, on the store's thread; one reads, on the network's.
#pragma once

#include <filesystem>

#include "core/base/environment.h"
#include "core/sqlite/migration.h"

namespace plenary::hub {

// Only one plenaryd at a time uses a data folder. Held until destroyed, and by the system until the process ends.
class FolderLock {
 public:
  // busy: another process holds it.
  static Result<FolderLock> take(const std::filesystem::path& data);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

// Opens or makes the database and brings it to this program's version. Errors: malformed, unsupported. Throws
// sqlite::Failure where the disk fails, and of kind corrupt where a page does not match its checksum, also later at
// each use.
Result<std::unique_ptr<sqlite::Database>> open_hub_database(const std::filesystem::path& data);
// Another connection to a database that open_hub_database has brought up to date; cannot write.
Result<std::unique_ptr<sqlite::Database>> open_hub_database_to_read(const std::filesystem::path& data);

// What a file or folder holds is on the disk when this returns. Throws std::system_error.
void make_durable(const std::filesystem::path& path);

// Is this another database than the one that a hub in this folder wrote last: an older one, from a backup, or an empty
// one?
bool was_put_back(sqlite::Database& database, const std::filesystem::path& data);
// From now on a copy that was made before is recognised. At the beginning and at the end of serving.
void renew_mark(sqlite::Database& database, const std::filesystem::path& data, Environment& environment);

// Row numbers of items and links: 2^23 spaces of 2^40 items.
inline constexpr std::int64_t kSequenceMax = (std::int64_t{1} << 40) - 1;
inline constexpr std::int64_t row_of(std::int64_t space, std::int64_t sequence) {
  return space << 40 | sequence;
}
inline constexpr std::int64_t sequence_of(std::int64_t row) {
  return row & kSequenceMax;
}

}  // namespace plenary::hub
