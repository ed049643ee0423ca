#include "core/sqlite/sealed_file.h"

#include <algorithm>

namespace plenary::sqlite::internal {
namespace {

constexpr auto kPage = static_cast<sqlite3_int64>(kSealedPageSize);
// SQLite's, for disks that it takes to be safe from writes cut short.
constexpr std::size_t kJournalHeader = 512;

}  // namespace

bool SealedFile::reserves_room(PlainPage plain) {
  const auto reserve = plain.last<kSealedPageReserve>();
  return std::all_of(reserve.begin(), reserve.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

SealedDatabaseFile::SealedDatabaseFile(sqlite3_file& beneath, std::unique_ptr<PageCipher> cipher)
    : SealedFile(beneath), cipher_(std::move(cipher)) {}

int SealedDatabaseFile::read(std::span<std::byte> out, sqlite3_int64 offset) {
  const auto number = static_cast<std::uint64_t>(offset / kPage) + 1;
  const auto within = static_cast<std::size_t>(offset % kPage);
  if (out.size() == kSealedPageSize && within == 0) return read_page(number, PageBuffer(out));
  if (within + out.size() > kSealedPageSize) return SQLITE_IOERR_READ;
  if (offset == 0) return read_first_bytes(out);
  const int code = read_page(number, plain_);
  std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(within), out.size(), out.begin());
  return code;
}

// SQLite reads the beginning of a file before it has looked for a journal, to learn how large pages are and how much of
// them is reserved. Both are always the same here, so that it can be told even when page 1 was cut off in its making.
int SealedDatabaseFile::read_first_bytes(std::span<std::byte> out) const {
  std::fill(out.begin(), out.end(), std::byte{0});
  sqlite3_int64 file_size = 0;
  if (const int code = size(file_size); code != SQLITE_OK) return code;
  if (file_size == 0) return SQLITE_IOERR_SHORT_READ;
  constexpr std::size_t kPageSizeAt = 16, kReserveAt = 20;
  if (out.size() > kReserveAt) {
    out[kPageSizeAt] = static_cast<std::byte>(kSealedPageSize >> 8);
    out[kReserveAt] = static_cast<std::byte>(kSealedPageReserve);
  }
  return SQLITE_OK;
}

int SealedDatabaseFile::read_page(std::uint64_t number, PageBuffer plain) {
  const sqlite3_int64 offset = static_cast<sqlite3_int64>(number - 1) * kPage;
  const int code = read_beneath(sealed_, offset);
  if (code == SQLITE_IOERR_SHORT_READ) {
    std::fill(plain.begin(), plain.end(), std::byte{0});
    sqlite3_int64 file_size = 0;
    if (const int failed = size(file_size); failed != SQLITE_OK) return failed;
    return file_size <= offset ? SQLITE_IOERR_SHORT_READ : SQLITE_IOERR_DATA;
  }
  if (code != SQLITE_OK) return code;
  return cipher_->open({PageHome::database, number}, sealed_, plain) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int SealedDatabaseFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  if (data.size() != kSealedPageSize || offset % kPage != 0) return SQLITE_IOERR_WRITE;
  const PlainPage plain(data);
  if (!reserves_room(plain)) return SQLITE_IOERR_WRITE;
  cipher_->seal({PageHome::database, static_cast<std::uint64_t>(offset / kPage) + 1}, plain, 0, sealed_);
  return write_beneath(sealed_, offset);
}

int SealedJournalFile::read(std::span<std::byte> out, sqlite3_int64 offset) {
  return read_beneath(out, offset);
}

int SealedJournalFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  return data.size() <= kJournalHeader ? write_beneath(data, offset) : SQLITE_IOERR_WRITE;
}

}  // namespace plenary::sqlite::internal
