#include "core/sqlite/migration.h"

namespace plenary::sqlite {
namespace {

std::int64_t pragma(Database& database, Sql sql) {
  Statement statement(database, sql);
  auto rows = statement.query();
  return rows.next() ? rows.integer(0) : 0;
}

bool is_empty(Database& database) {
  Statement statement(database, "SELECT count(*) FROM sqlite_schema");
  auto rows = statement.query();
  return rows.next() && rows.integer(0) == 0;
}

Result<void> check_kind(Database& database, const FileKind& kind) {
  if (pragma(database, "PRAGMA application_id") == kind.application || is_empty(database)) return {};
  return fail(ErrorCode::malformed, database.path().string() + " is not a " + std::string(kind.name) + " file.");
}

Result<void> take_step(Database& database, const FileKind& kind, std::size_t version, const Migration& step) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::make_unexpected(transaction.error());
  step(*transaction);
  transaction->execute(GeneratedSql("PRAGMA application_id=" + std::to_string(kind.application) +
                                    "; PRAGMA user_version=" + std::to_string(version)));
  transaction->commit();
  return {};
}

}  // namespace

Result<void> migrate(Database& database, const FileKind& kind, std::span<const Migration> migrations) {
  if (auto checked = check_kind(database, kind); !checked) return checked;
  const auto version = static_cast<std::size_t>(pragma(database, "PRAGMA user_version"));
  if (version > migrations.size()) {
    return fail(ErrorCode::unsupported, database.path().string() +
                                            " was written by a newer version of Plenary (format " +
                                            std::to_string(version) + ", this program knows " +
                                            std::to_string(migrations.size()) + "). Install the newer version.");
  }
  for (std::size_t done = version; done < migrations.size(); ++done) {
    if (auto taken = take_step(database, kind, done + 1, migrations[done]); !taken) return taken;
  }
  return {};
}

}  // namespace plenary::sqlite
