// The database file that CheckedVfs opens. Private to this folder.
#pragma once

#include <vector>

#include "core/sqlite/checked_vfs.h"
#include "core/sqlite/layered_file.h"

namespace plenary::sqlite::internal {

class CheckedFile final : public LayeredFile {
 public:
  CheckedFile(sqlite3_file& beneath, PageCheck check) : LayeredFile(beneath), check_(check) {}

  // Whatever is read of a page, the whole page is checked, and its checksum is not shown. Of the header alone, which
  // tells how large pages are, SQLite reads a part before it reads the first page.
  int read(std::span<std::byte> out, sqlite3_int64 offset) override;
  int write(std::span<const std::byte> data, sqlite3_int64 offset) override;

 private:
  int check_page(std::span<std::byte> page, sqlite3_int64 offset) const;
  int read_part(std::span<std::byte> out, sqlite3_int64 offset);

  PageCheck check_;
  std::vector<std::byte> page_;  // as it is written, or read for a part of it
};

}  // namespace plenary::sqlite::internal
