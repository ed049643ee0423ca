// SealedVfs: a VFS under which SQLite writes only sealed pages. Source: architecture.md D10; docs/storage.md, "What is
// encrypted".
//
// The database file and its write-ahead log are sealed page by page. A rollback journal, which SQLite wants for a
// moment while it makes a file, may hold headers (sizes and a random number) and nothing else. Every other file
// (temporary, statement and super-journals) is refused, so that nothing can be written in clear: sealed databases keep
// such things in memory (temp_store=MEMORY), stay in WAL mode and belong to one connection (no shared memory, no memory
// mapping).
//
// An altered page is SQLITE_IOERR_DATA, and a log in which something durable was altered SQLITE_IOERR_CORRUPTFS;
// Failure shows both as damage. What a power cut left of a commit that was never confirmed is none (docs/storage.md,
// "The write-ahead log"). Assumes of the disk what SQLite assumes by default: that a write cut short harms no bytes
// beside those written, and that a sync returns when all is durable.
#pragma once

#include "core/sqlite/layered_vfs.h"
#include "core/sqlite/page_cipher.h"

namespace plenary::sqlite {

class SealedVfs final : public LayeredVfs {
 public:
  // `ciphers` outlives this, and this outlives every database that was opened through it. `beneath`: name of the VFS
  // that does the writing; empty: the system's. Throws std::invalid_argument when there is no such VFS.
  explicit SealedVfs(PageCiphers& ciphers, const std::string& beneath = {});

  // For this folder only.
  bool accepts(const char* path, int flags) const override;
  std::unique_ptr<internal::LayeredFile> layer(const char* path, int flags, sqlite3_file& beneath) override;

 private:
  PageCiphers& ciphers_;
};

}  // namespace plenary::sqlite
