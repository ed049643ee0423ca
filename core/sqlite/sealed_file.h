// The files that SealedVfs opens. Private to this folder. Functions return SQLite's result codes and never throw.
#pragma once

#include <sqlite3.h>

#include "core/sqlite/page_cipher.h"

namespace plenary::sqlite::internal {

// A file of the VFS beneath, with our part of what SQLite sees of it. Reads follow SQLite's contract: what lies beyond
// the end of the file is zeros and SQLITE_IOERR_SHORT_READ.
class SealedFile {
 public:
  explicit SealedFile(sqlite3_file& beneath) : beneath_(beneath) {}
  virtual ~SealedFile() = default;
  SealedFile(const SealedFile&) = delete;
  SealedFile& operator=(const SealedFile&) = delete;

  virtual int read(std::span<std::byte> out, sqlite3_int64 offset) = 0;
  virtual int write(std::span<const std::byte> data, sqlite3_int64 offset) = 0;
  int size(sqlite3_int64& size) const;
  sqlite3_file& beneath() { return beneath_; }

 protected:
  int read_beneath(std::span<std::byte> out, sqlite3_int64 offset) const;
  int write_beneath(std::span<const std::byte> data, sqlite3_int64 offset) const;
  // A file whose pages reserve nothing would lose what stands there.
  static bool reserves_room(PlainPage plain);

 private:
  sqlite3_file& beneath_;
};

// The database: page n at (n - 1) * kSealedPageSize, all of it sealed.
class SealedDatabaseFile final : public SealedFile {
 public:
  SealedDatabaseFile(sqlite3_file& beneath, std::unique_ptr<PageCipher> cipher);

  int read(std::span<std::byte> out, sqlite3_int64 offset) override;
  int write(std::span<const std::byte> data, sqlite3_int64 offset) override;

 private:
  int read_first_bytes(std::span<std::byte> out) const;
  int read_page(std::uint64_t number, PageBuffer plain);

  std::unique_ptr<PageCipher> cipher_;
  std::array<std::byte, kSealedPageSize> sealed_;
  std::array<std::byte, kSealedPageSize> plain_;
};

// The write-ahead log: SQLite's header of 32 bytes, then frames, each a header of 24 bytes and a page. Headers are in
// clear but for the checksums, pages are sealed.
class SealedLogFile final : public SealedFile {
 public:
  SealedLogFile(sqlite3_file& beneath, std::unique_ptr<PageCipher> cipher);

  int read(std::span<std::byte> out, sqlite3_int64 offset) override;
  int write(std::span<const std::byte> data, sqlite3_int64 offset) override;

 private:
  static constexpr std::size_t kHeader = 32, kFrameHeader = 24, kFrame = kFrameHeader + kSealedPageSize;
  using FrameHeader = std::array<std::byte, kFrameHeader>;

  int learn_salts();
  PagePlace place_of(std::uint64_t frame, std::span<const std::byte> header) const;
  int read_frame(std::uint64_t frame, std::span<std::byte> out);
  int read_page(std::uint64_t frame, std::span<std::byte> out);
  int read_frame_header(std::uint64_t frame, std::size_t within, std::span<std::byte> out);
  int write_frame_header(std::uint64_t frame, std::span<const std::byte> header);
  int write_page(std::uint64_t frame, PlainPage plain);

  std::unique_ptr<PageCipher> cipher_;
  bool has_written_ = false;
  bool knows_salts_ = false;
  std::array<std::byte, 8> salts_{};  // of the log's header: another pair whenever the log begins anew
  std::uint64_t header_frame_ = 0;    // whose header is in header_; 0: none
  FrameHeader header_{};              // as it stands in the file
  std::array<std::byte, kFrame> sealed_;
};

// A rollback journal that may hold headers alone: what is as large as a page is refused.
class SealedJournalFile final : public SealedFile {
 public:
  using SealedFile::SealedFile;

  int read(std::span<std::byte> out, sqlite3_int64 offset) override;
  int write(std::span<const std::byte> data, sqlite3_int64 offset) override;
};

}  // namespace plenary::sqlite::internal
