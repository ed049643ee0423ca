#include "sync-server/hub_database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/file_mark.h"
#include "core/crypto/hash.h"
#include "core/log/segment.h"
#include "core/sqlite/statement.h"

namespace plenary::hub {
namespace {

constexpr sqlite::FileKind kKind{0x506c6e48, "Plenary hub"};

// head: the newest hub head, encoded. notices: digest of the space's notices.
// tips: heads of the log's branches, each with the sequence of its segment (stored_space.h).
// item.name: hash of a roster record, subject of a notice. item.last: of a notice, its number.
// item.previous: sequence of the segment that this one continues, 0 for the first.
// link: contents of the hub heads of this epoch, by number.
constexpr sqlite::Sql kVersion1 = R"(
CREATE TABLE hub (epoch INTEGER NOT NULL);
INSERT INTO hub VALUES (1);
CREATE TABLE space (
  id INTEGER PRIMARY KEY, space BLOB NOT NULL UNIQUE, sequence INTEGER NOT NULL, head BLOB, notices BLOB NOT NULL);
CREATE TABLE device (key BLOB PRIMARY KEY, bytes INTEGER NOT NULL, spaces INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE log (
  id INTEGER PRIMARY KEY, space INTEGER NOT NULL, log BLOB NOT NULL, tips BLOB NOT NULL, UNIQUE (space, log));
CREATE TABLE item (
  id INTEGER PRIMARY KEY, space INTEGER NOT NULL, kind INTEGER NOT NULL, name BLOB,
  log INTEGER, first INTEGER, last INTEGER, chain BLOB, previous INTEGER, bytes BLOB NOT NULL);
CREATE INDEX item_name ON item (space, kind, name) WHERE name IS NOT NULL;
CREATE INDEX item_segment ON item (log, last) WHERE log IS NOT NULL;
CREATE TABLE link (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
)";

// hub.mark: of the file hub.mark when this database was written last (core/base/file_mark.h).
// space.expires: when its roster lets it be dropped, in milliseconds. dropped: spaces that were.
constexpr sqlite::Sql kVersion2 = R"(
ALTER TABLE hub ADD COLUMN mark BLOB;
ALTER TABLE space ADD COLUMN expires INTEGER;
CREATE TABLE dropped (space BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
)";

// log.author: who writes it. item.signature: of the head at which a segment ends. space.bytes: of all its items.
constexpr sqlite::Sql kEnvelopes = R"(
ALTER TABLE log ADD COLUMN author BLOB;
ALTER TABLE item ADD COLUMN signature BLOB;
ALTER TABLE space ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE space SET bytes = (SELECT coalesce(sum(length(item.bytes)), 0) FROM item WHERE item.space = space.id);
)";

void add_envelopes(sqlite::Transaction& transaction) {
  transaction.execute(kEnvelopes);
  sqlite::Database& database = transaction.database();
  sqlite::Statement select(database, "SELECT id, log, bytes FROM item WHERE kind = 2 AND id > ? ORDER BY id LIMIT 1");
  sqlite::Statement set_signature(database, "UPDATE item SET signature = ? WHERE id = ?");
  sqlite::Statement set_author(database, "UPDATE log SET author = ? WHERE id = ?");
  for (std::int64_t last = 0;;) {
    std::int64_t log_id = 0;
    std::optional<log::Envelope> envelope;
    {
      auto row = select.query(last);
      if (!row.next()) return;
      last = row.integer(0);
      log_id = row.integer(1);
      if (const auto segment = log::view_segment(row.blob(2))) envelope = segment->envelope;
    }
    if (!envelope) continue;
    set_signature.run(transaction, envelope->signature, last);
    set_author.run(transaction, envelope->log.author, log_id);
  }
}

// Version 4 is of the file, not of the tables: its pages have checksums. add_checks() makes it of an earlier one.
constexpr std::int64_t kFirstCheckedVersion = 4;
void is_checked(sqlite::Transaction&) {}

const std::vector<sqlite::Migration>& migrations() {
  static const std::vector<sqlite::Migration> all = {
      [](sqlite::Transaction& transaction) { transaction.execute(kVersion1); },
      [](sqlite::Transaction& transaction) { transaction.execute(kVersion2); },
      add_envelopes,
      is_checked,
  };
  return all;
}

std::filesystem::path database_file(const std::filesystem::path& data) {
  return data / "hub.db";
}

// Eight bytes of BLAKE2b over the page's number and content: enough for damage. Whoever wants to deceive with a hub's
// database does not get past the signatures and seals of what is in it.
std::uint64_t page_check(std::uint64_t number, std::span<const std::byte> content) {
  static const crypto::Hasher begun(crypto::Domain{"plenary hub page", 1, {}}, crypto::Hasher::kSizeMin);
  std::array<std::byte, crypto::Hasher::kSizeMin> hash;
  crypto::Hasher(begun).update_u64(number).update(content).finish(hash);
  std::uint64_t check = 0;
  std::memcpy(&check, hash.data(), sizeof check);
  return check == 0 ? 1 : check;
}

// Small pages: on average half a page is lost per segment, and a segment may be as small as one note.
sqlite::OpenOptions options(sqlite::Access access) {
  sqlite::OpenOptions options;
  options.access = access;
  options.sharing = sqlite::Sharing::shared;
  options.page_size = 1024;
  options.gives_back_room = true;
  options.check = page_check;
  options.cache_kib = 4096;
  options.checkpoint_pages = 8192;
  options.busy_timeout_ms = 10'000;
  return options;
}

std::int64_t version_of(const std::filesystem::path& file) {
  auto unchecked = options(sqlite::Access::existing);
  unchecked.check = nullptr;
  const auto database = sqlite::Database::open(file, unchecked);
  if (!database) throw sqlite::Failure(sqlite::Failure::Kind::corrupt, 0, database.error().message);
  sqlite::Statement select(**database, "PRAGMA user_version");
  auto row = select.query();
  return row.next() ? row.integer(0) : 0;
}

// A database of an earlier version is written anew beside itself, and that put in its place.
void add_checks(const std::filesystem::path& file) {
  if (version_of(file) >= kFirstCheckedVersion) {
    throw sqlite::Failure(sqlite::Failure::Kind::corrupt, 0, "The first page of " + file.string() + " is damaged.");
  }
  const std::filesystem::path copy = file.string() + ".checked";
  std::filesystem::remove(copy);
  sqlite::Database::add_checks(file, copy, page_check);
  make_durable(copy);
  std::filesystem::rename(copy, file);
  make_durable(file.parent_path());
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& data) {
  const auto path = data / "hub.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "Could not open " + path.string());
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return FolderLock(file);
  ::close(file);
  return fail(ErrorCode::busy,
              "Another plenaryd uses " + data.string() + ". Stop that one first, or choose another folder.");
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

Result<std::unique_ptr<sqlite::Database>> open_hub_database(const std::filesystem::path& data) {
  const auto file = database_file(data);
  if (sqlite::lacks_checks(file)) add_checks(file);
  auto database = sqlite::Database::open(file, options(sqlite::Access::create));
  if (!database) return database;
  if (auto migrated = sqlite::migrate(**database, kKind, migrations()); !migrated) {
    return tl::make_unexpected(migrated.error());
  }
  return database;
}

void make_durable(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!done) throw std::system_error(error, std::generic_category(), "Could not write " + path.string());
}

bool was_put_back(sqlite::Database& database, const std::filesystem::path& data) {
  sqlite::Statement select(database, "SELECT mark FROM hub");
  auto row = select.query();
  const auto mark = read_file_mark(data / "hub.mark");
  // A new database where one was before: that is lost.
  if (!row.next() || row.is_null(0)) return mark.has_value();
  return !mark || !std::ranges::equal(*mark, row.blob(0));
}

void renew_mark(sqlite::Database& database, const std::filesystem::path& data, Environment& environment) {
  const Bytes mark = renew_file_mark(data / "hub.mark", environment);
  sqlite::Transaction transaction(database);
  sqlite::Statement update(database, "UPDATE hub SET mark = ?");
  update.run(transaction, mark);
  transaction.commit();
}

Result<std::unique_ptr<sqlite::Database>> open_hub_database_to_read(const std::filesystem::path& data) {
  return sqlite::Database::open(database_file(data), options(sqlite::Access::read_only));
}

}  // namespace plenary::hub
