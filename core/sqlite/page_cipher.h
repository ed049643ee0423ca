// PageCipher: what seals the pages of a database, given to SealedVfs by whoever holds the key (core/seal). Here is no
// cryptography: only where a page stands and how much room a cipher has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace plenary::sqlite {

// Every page of a sealed database is of this size, and ends in room for what a cipher needs beside the ciphertext.
inline constexpr std::size_t kSealedPageSize = 4096;
inline constexpr std::size_t kSealedPageReserve = 40;

enum class PageHome : std::uint8_t {
  database = 1,  // the database file
  log = 2        // its write-ahead log
};

// Where a page stands. What was sealed for one place does not open at another.
struct PagePlace {
  PageHome home = PageHome::database;
  std::uint64_t number = 0;  // of the page, or of the frame in the log; counted from 1
  std::array<std::byte, 16>
      frame{};  // in the log: page number and size after commit, as they stand there; the log's salts
};

using PlainPage = std::span<const std::byte, kSealedPageSize>;
using PageBuffer = std::span<std::byte, kSealedPageSize>;

// For one open file; one thread at a time. Allocates nothing after its making.
class PageCipher {
 public:
  virtual ~PageCipher() = default;
  // The last kSealedPageReserve bytes of `plain` are zeros and are not kept. `remark` is kept beside the page.
  virtual void seal(const PagePlace& place, PlainPage plain, std::uint32_t remark, PageBuffer sealed) = 0;
  // False when the page was altered, belongs elsewhere or was sealed under another key; `plain` is then all zeros.
  // Else the last kSealedPageReserve bytes of `plain` are zeros, or the checksums of SQLite's log would not hold.
  [[nodiscard]] virtual bool open(const PagePlace& place, PlainPage sealed, PageBuffer plain) = 0;
  // What was remarked when the page was sealed. To be believed only of a page that opens.
  virtual std::uint32_t remark(PlainPage sealed) const = 0;
  // SQLite's checksums in the log are of plain pages, and anybody could test guesses against them: they are stored
  // hidden. A permutation of 64 bits for each place.
  virtual std::uint64_t hide(const PagePlace& place, std::uint64_t checksum) const = 0;
  virtual std::uint64_t reveal(const PagePlace& place, std::uint64_t hidden) const = 0;

 protected:
  PageCipher() = default;
};

// Makes the ciphers of the files that are opened through one VFS.
class PageCiphers {
 public:
  virtual ~PageCiphers() = default;
  // `database`: the name, without folders, of the database file; its log has the same.
  virtual std::unique_ptr<PageCipher> cipher_for(std::string_view database) = 0;

 protected:
  PageCiphers() = default;
};

}  // namespace plenary::sqlite
