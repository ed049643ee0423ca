#include "core/sqlite/database.h"

#include <sqlite3.h>

#include "core/base/check.h"
#include "core/sqlite/sealed_vfs.h"
#include "core/sqlite/statement.h"

namespace plenary::sqlite {
namespace {

int open_flags(Access access) {
  switch (access) {
    case Access::create:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Access::existing:
      return SQLITE_OPEN_READWRITE;
    case Access::read_only:
      return SQLITE_OPEN_READONLY;
  }
  return 0;
}

bool is_in_memory(const std::filesystem::path& path) {
  return path == ":memory:";
}

}  // namespace

std::string quoted_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, const OpenOptions& options) {
  if (!is_in_memory(path) && options.access != Access::create && !std::filesystem::exists(path)) {
    return fail(ErrorCode::not_found, path.string() + " does not exist.");
  }
  sqlite3* handle = nullptr;
  CHECK(options.seal == nullptr ||
        (options.vfs.empty() && options.sharing == Sharing::exclusive && options.access != Access::read_only));
  CHECK(options.seal == nullptr || options.check == nullptr);
  auto checked = options.check != nullptr ? std::make_unique<CheckedVfs>(options.check, options.vfs) : nullptr;
  const std::string& layer = checked != nullptr ? checked->name() : options.vfs;
  const std::string& name = options.seal != nullptr ? options.seal->name() : layer;
  const char* vfs = name.empty() ? nullptr : name.c_str();
  const int flags = open_flags(options.access) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs);
  std::unique_ptr<Database> database(new Database(handle, path, std::move(checked)));
  if (code != SQLITE_OK) internal::throw_failure(handle, code, "open " + path.string());
  try {
    database->apply(options);
  } catch (const Failure& failure) {
    if (failure.kind() == Failure::Kind::busy) {
      return fail(ErrorCode::busy, path.string() + " is in use by another program. Close that first.");
    }
    if (failure.code() == SQLITE_NOTADB) {
      return fail(ErrorCode::malformed, path.string() + " is not a database that this program can read.");
    }
    throw;
  }
  return database;
}

Database::~Database() {
  // Fails only if a statement outlived its database, which would be our bug.
  const int code = sqlite3_close(handle_);
  CHECK(code == SQLITE_OK);
}

void Database::apply(const OpenOptions& options) {
  sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
  // Before anything is read: a sealed file has no shared memory to be read with otherwise.
  const bool exclusive = options.sharing == Sharing::exclusive, writes = options.access != Access::read_only;
  if (exclusive && writes) execute("PRAGMA locking_mode=EXCLUSIVE");
  if (options.seal != nullptr) reserve(kSealedPageReserve);
  if (options.check != nullptr) reserve(kCheckedReserve);
  const int page_size = options.seal != nullptr ? static_cast<int>(kSealedPageSize) : options.page_size;
  execute("PRAGMA page_size=" + std::to_string(page_size));
  if (options.gives_back_room && writes) execute("PRAGMA auto_vacuum=INCREMENTAL");
  execute("PRAGMA cache_size=-" + std::to_string(options.cache_kib));
  execute(
      "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA secure_delete=ON");
  if (!writes) {
    if (exclusive) execute("PRAGMA locking_mode=EXCLUSIVE");
    execute("SELECT count(*) FROM sqlite_schema");
    return;
  }
  if (options.seal != nullptr && is_copy()) execute("PRAGMA journal_mode=MEMORY");
  execute("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=0");
  execute("PRAGMA wal_autocheckpoint=" + std::to_string(options.checkpoint_pages));
  // The first transaction takes the lock, and in exclusive mode keeps it.
  execute("BEGIN IMMEDIATE; COMMIT");
}

// At the end of each page, of a file made now and of copies.
void Database::reserve(std::size_t bytes) {
  int reserved = static_cast<int>(bytes);
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
}

void Database::add_checks(const std::filesystem::path& from, const std::filesystem::path& into, PageCheck check) {
  auto vfs = std::make_unique<CheckedVfs>(check, std::string(), CheckedVfs::Unchecked::accepted);
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(from.c_str(), &handle, flags, vfs->name().c_str());
  Database database(handle, from, std::move(vfs));
  if (code != SQLITE_OK) internal::throw_failure(handle, code, "open " + from.string());
  database.reserve(kCheckedReserve);
  database.copy_to(into);
}

// What copy_to() writes is not in WAL mode yet; a sealed file cannot keep a journal on disk while that is changed.
bool Database::is_copy() {
  std::string values;
  const auto collect = [](void* into, int, char** columns, char**) {
    *static_cast<std::string*>(into) += std::string(columns[0]) + " ";
    return 0;
  };
  const int code = sqlite3_exec(handle_, "PRAGMA page_count; PRAGMA journal_mode", collect, &values, nullptr);
  if (code != SQLITE_OK) internal::throw_failure(handle_, code, "read the database");
  return !values.starts_with("0 ") && !values.ends_with(" wal ");
}

void Database::execute(std::string_view sql) {
  const std::string text(sql);
  const int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) internal::throw_failure(handle_, code, "change the database");
}

std::int64_t Database::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(handle_);
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

bool Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (internal::kind_of(code) == Failure::Kind::busy) return false;
  if (code != SQLITE_OK) internal::throw_failure(handle_, code, "write the database's log back");
  return true;
}

void Database::give_back_room() {
  execute("PRAGMA incremental_vacuum");
}

void Database::limit_pages(std::int64_t pages) {
  execute("PRAGMA max_page_count=" + std::to_string(pages));
}

void Database::copy_to(const std::filesystem::path& path) {
  const std::unique_ptr<char, void (*)(void*)> sql(sqlite3_mprintf("VACUUM INTO %Q", path.c_str()), &sqlite3_free);
  execute(sql.get());
}

std::string Database::find_damage() {
  Statement check(*this, "PRAGMA integrity_check");
  std::string damage;
  for (auto rows = check.query(); rows.next();) {
    if (rows.text(0) == "ok") continue;
    damage.append(rows.text(0)).append("\n");
  }
  return damage;
}

void Database::configure(Sql sql) {
  execute(sql.text());
}
void Database::configure(const GeneratedSql& sql) {
  execute(sql.text());
}

}  // namespace plenary::sqlite
