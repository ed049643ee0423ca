// The files that SealedVfs opens. Private to this folder. Functions return SQLite's result codes and never throw.
#pragma once

#include "core/sqlite/layered_file.h"
#include "core/sqlite/log_layout.h"

namespace plenary::sqlite::internal {

// Belongs to one connection: there is no shared memory, in which pages would be found in clear.
class SealedFile : public LayeredFile {
 public:
  using LayeredFile::LayeredFile;

  bool shares_memory() const override { return false; }

 protected:
  // A file whose pages reserve nothing would lose what stands there.
  static bool reserves_room(PlainPage plain);
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

// The write-ahead log. Headers are in clear but for the checksums, pages are sealed.
//
// SQLite ends a log in silence at the first frame that does not hold, for it cannot tell a commit that the power cut
// short from damage. This file can: what was synced as a part of a commit is never written again while the log has the
// same salts, so it says with each page, and after each sync of a commit, how many frames were durable then. A log in
// which one of those does not hold is damaged, and is not read (docs/storage.md, "The write-ahead log").
class SealedLogFile final : public SealedFile {
 public:
  SealedLogFile(sqlite3_file& beneath, std::unique_ptr<PageCipher> cipher);

  int read(std::span<std::byte> out, sqlite3_int64 offset) override;
  int write(std::span<const std::byte> data, sqlite3_int64 offset) override;
  int sync(int flags) override;
  int truncate(sqlite3_int64 size) override;

 private:
  int learn_salts();
  PagePlace place_of(std::uint64_t frame, std::span<const std::byte> header) const;
  int read_log_header(std::span<std::byte> out, sqlite3_int64 offset);
  int read_part(std::span<std::byte> out, std::uint64_t at);
  int read_frame(std::uint64_t frame, std::span<std::byte> out);
  int read_page(std::uint64_t frame, std::span<std::byte> out);
  int read_frame_header(std::uint64_t frame, std::size_t within, std::span<std::byte> out);
  int write_log_header(std::span<const std::byte> data, sqlite3_int64 offset);
  int write_part(std::span<const std::byte> data, std::uint64_t at);
  int write_frame_header(std::uint64_t frame, std::span<const std::byte> header);
  int write_page(std::uint64_t frame, PlainPage plain);

  // sealed_log_check.cc
  // SQLITE_IOERR_CORRUPTFS when a program left this log behind and something durable in it does not hold.
  int check_left_behind();
  struct LeftBehind;
  void look_at(std::uint64_t frame, std::span<const std::byte> there, LeftBehind& log);
  // Writes where the next frame will begin that all before is durable. Where that fails, less damage is noticed.
  void write_receipt();

  std::unique_ptr<PageCipher> cipher_;
  bool has_written_ = false;
  bool is_checked_ = false;
  bool knows_salts_ = false;
  Salts salts_{};                   // of the log's header: another pair whenever the log begins anew
  std::uint64_t header_frame_ = 0;  // whose header is in header_; 0: none
  FrameHeader header_{};            // as it stands in the file
  std::uint32_t durable_ = 0;       // so many frames are parts of commits that this connection synced, or before them
  std::uint32_t committed_ = 0;     // will be durable with the next sync
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
