#include "core/sqlite/sealed_vfs.h"

#include "core/sqlite/sealed_file.h"

namespace plenary::sqlite {
namespace {

std::string_view file_name(const char* path) {
  const std::string_view text(path);
  return text.substr(text.rfind('/') + 1);
}

}  // namespace

SealedVfs::SealedVfs(PageCiphers& ciphers, const std::string& beneath)
    : LayeredVfs("sealed", beneath), ciphers_(ciphers) {}

bool SealedVfs::accepts(const char* path, int flags) const {
  constexpr int kSealed = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  return path != nullptr && (flags & kSealed) != 0;
}

std::unique_ptr<internal::LayeredFile> SealedVfs::layer(const char* path, int flags, sqlite3_file& beneath) {
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return std::make_unique<internal::SealedJournalFile>(beneath);
  auto cipher = ciphers_.cipher_for(file_name(sqlite3_filename_database(path)));
  if ((flags & SQLITE_OPEN_WAL) != 0) return std::make_unique<internal::SealedLogFile>(beneath, std::move(cipher));
  return std::make_unique<internal::SealedDatabaseFile>(beneath, std::move(cipher));
}

}  // namespace plenary::sqlite
