// LayeredFile: a file of the VFS beneath, with our part of what SQLite sees of it. By itself it passes everything on.
// Private to this folder. Functions return SQLite's result codes and never throw.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <span>

namespace plenary::sqlite::internal {

// Reads follow SQLite's contract: what lies beyond the end of the file is zeros and SQLITE_IOERR_SHORT_READ.
class LayeredFile {
 public:
  explicit LayeredFile(sqlite3_file& beneath) : beneath_(beneath) {}
  virtual ~LayeredFile() = default;
  LayeredFile(const LayeredFile&) = delete;
  LayeredFile& operator=(const LayeredFile&) = delete;

  virtual int read(std::span<std::byte> out, sqlite3_int64 offset);
  virtual int write(std::span<const std::byte> data, sqlite3_int64 offset);
  virtual int sync(int flags);
  virtual int truncate(sqlite3_int64 size);
  // May several connections share memory about this file? Then none of it passes through here.
  virtual bool shares_memory() const;
  int size(sqlite3_int64& size) const;
  sqlite3_file& beneath() { return beneath_; }

 protected:
  int read_beneath(std::span<std::byte> out, sqlite3_int64 offset) const;
  int write_beneath(std::span<const std::byte> data, sqlite3_int64 offset) const;

 private:
  sqlite3_file& beneath_;
};

}  // namespace plenary::sqlite::internal
