// Numbered migrations: a file's version (user_version) is how many of them it has had.
#pragma once

#include <functional>
#include <span>

#include "core/sqlite/statement.h"

namespace plenary::sqlite {

// One step. Released migrations never change; a new version adds one at the end.
using Migration = std::function<void(Transaction&)>;

// What kind of file this is: `application` is written into new files and checked in old ones.
struct FileKind {
  std::int32_t application = 0;
  std::string_view name;  // completes "… is not a"; for example "Plenary hub"
};

// Brings the file to version migrations.size(), each step in a transaction of its own. Errors: unsupported (the file
// is of a newer version; nothing was touched), malformed (a database of another program), busy.
Result<void> migrate(Database& database, const FileKind& kind, std::span<const Migration> migrations);

}  // namespace plenary::sqlite
