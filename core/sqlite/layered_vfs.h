// LayeredVfs: a VFS that lies between SQLite and another VFS and decides, file by file, what becomes of the pages on
// their way. What SealedVfs and CheckedVfs have in common.
#pragma once

#include <memory>
#include <string>

struct sqlite3_vfs;
struct sqlite3_file;

namespace plenary::sqlite {

namespace internal {
class LayeredFile;
}

class LayeredVfs {
 public:
  LayeredVfs(const LayeredVfs&) = delete;
  LayeredVfs& operator=(const LayeredVfs&) = delete;

  // Under which SQLite knows it.
  const std::string& name() const { return name_; }

  // For this folder only.
  sqlite3_vfs* beneath() const { return beneath_; }
  // Is there to be such a file at all? Flags as SQLite gives them to xOpen; `path` is null for temporary files.
  virtual bool accepts(const char* path, int flags) const = 0;
  virtual std::unique_ptr<internal::LayeredFile> layer(const char* path, int flags, sqlite3_file& beneath) = 0;

 protected:
  // `kind`: a word for the name. `beneath`: name of the VFS that does the writing; empty: the one that is SQLite's
  // default now. Throws std::invalid_argument when there is no such VFS. Outlives every database that was opened
  // through it.
  LayeredVfs(const std::string& kind, const std::string& beneath);
  virtual ~LayeredVfs();

 private:
  struct Remove {
    void operator()(sqlite3_vfs* vfs) const;
  };

  sqlite3_vfs* beneath_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs, Remove> vfs_;
};

}  // namespace plenary::sqlite
