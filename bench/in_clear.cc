#include "bench/in_clear.h"

#include <sqlite3.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace plenary::bench {
namespace {

// As SealedVfs names itself, the first of a process.
constexpr const char* kSealedVfs = "plenary-sealed-1";

}  // namespace

// Database::open asks SQLite for the VFS by its name, and so gets what is registered under it then. The sealed one
// itself stays alive for the file that the profile has open.
void open_in_clear_from_now_on() {
  sqlite3_vfs* sealed = sqlite3_vfs_find(kSealedVfs);
  if (sealed == nullptr) throw std::runtime_error("there is no sealed VFS whose place could be taken");
  static sqlite3_vfs clear = *sqlite3_vfs_find(nullptr);
  clear.zName = kSealedVfs;
  sqlite3_vfs_unregister(sealed);
  if (sqlite3_vfs_register(&clear, 0) != SQLITE_OK) throw std::runtime_error("SQLite takes no other VFS");
}

bool is_in_clear(const std::filesystem::path& database) {
  const std::string beginning = "SQLite format 3";
  std::string found(beginning.size(), '\0');
  std::ifstream file(database, std::ios::binary);
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  return found == beginning;
}

}  // namespace plenary::bench
