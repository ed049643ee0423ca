// CheckedVfs: a VFS that keeps a checksum beside each page of a database in clear, so that damage on the disk is an
// error and never data. Source: docs/storage.md, "A hub's database".
//
//   page      = content, u64 checksum (little-endian) in the last kCheckedReserve bytes, which SQLite leaves free
//   checksum  = PageCheck(number of the page from 1, content)
// Pages whose checksum is zero were written by another program and are believed, unless they are zeros altogether.
//
// Only the database file is checked. Its write-ahead log has checksums of SQLite's own, at the first of which that does
// not hold the log ends. A page that does not hold is SQLITE_IOERR_DATA, which Failure shows as damage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/sqlite/layered_vfs.h"

namespace plenary::sqlite {

inline constexpr std::size_t kCheckedReserve = 8;

// The checksum of a page. A plain function, for here is no cryptography: whoever opens the database brings it. Zero
// means none.
using PageCheck = std::uint64_t (*)(std::uint64_t number, std::span<const std::byte> content);

class CheckedVfs final : public LayeredVfs {
 public:
  enum class Unchecked : std::uint8_t {
    damage,    // a database without room for checksums cannot be read
    accepted,  // it is passed on as it is; files that are made now have checksums
  };
  explicit CheckedVfs(PageCheck check, const std::string& beneath = {}, Unchecked unchecked = Unchecked::damage);

  // For this folder only.
  bool accepts(const char* path, int flags) const override;
  std::unique_ptr<internal::LayeredFile> layer(const char* path, int flags, sqlite3_file& beneath) override;

 private:
  PageCheck check_;
  Unchecked unchecked_;
};

// Is there a database that has no room for checksums, because it was made without a PageCheck?
bool lacks_checks(const std::filesystem::path& database);

}  // namespace plenary::sqlite
