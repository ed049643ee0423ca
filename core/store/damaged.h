// What the store's own file holds, and cannot: the file is damaged, which is a broken environment.
#pragma once

#include <string>

#include "core/sqlite/failure.h"

namespace plenary::store {

[[noreturn]] inline void throw_damaged(const std::string& what) {
  constexpr int kSqliteCorrupt = 11;
  throw sqlite::Failure(sqlite::Failure::Kind::corrupt, kSqliteCorrupt,
                        "The file of a space is damaged: " + what + " Restore it from the hub or a colleague's copy.");
}

}  // namespace plenary::store
