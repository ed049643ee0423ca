#include "sync-server/hub_database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/file_mark.h"
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

const std::vector<sqlite::Migration>& migrations() {
  static const std::vector<sqlite::Migration> all = {
      [](sqlite::Transaction& transaction) { transaction.execute(kVersion1); },
      [](sqlite::Transaction& transaction) { transaction.execute(kVersion2); },
      add_envelopes,
  };
  return all;
}

std::filesystem::path database_file(const std::filesystem::path& data) {
  return data / "hub.db";
}

// Small pages: on average half a page is lost per segment, and a segment may be as small as one note.
sqlite::OpenOptions options(sqlite::Access access) {
  sqlite::OpenOptions options;
  options.access = access;
  options.sharing = sqlite::Sharing::shared;
  options.page_size = 1024;
  options.gives_back_room = true;
  options.cache_kib = 4096;
  options.checkpoint_pages = 8192;
  options.busy_timeout_ms = 10'000;
  return options;
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
  auto database = sqlite::Database::open(database_file(data), options(sqlite::Access::create));
  if (!database) return database;
  if (auto migrated = sqlite::migrate(**database, kKind, migrations()); !migrated) {
    return tl::make_unexpected(migrated.error());
  }
  return database;
}

bool was_put_back(sqlite::Database& database, const std::filesystem::path& data) {
  sqlite::Statement select(database, "SELECT mark FROM hub");
  auto row = select.query();
  if (!row.next() || row.is_null(0)) return false;
  const auto mark = read_file_mark(data / "hub.mark");
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
