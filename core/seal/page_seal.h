// PageSeal: seals the pages of the tablet's database files. Source: architecture.md D10; docs/storage.md, "Sealed
// pages".
//
//   file key    = BLAKE2b-32 keyed with the profile's page key, domain "plenary database file", context: file's name
//   page        = ciphertext (4056 bytes), nonce (24), tag (16): XChaCha20-Poly1305 under the file key
//   nonce       = 16 random bytes, new whenever a file is opened; number of the page since then (u32), remark (u32),
//                 both little-endian
//   associated  = home (u8), number (u64, little-endian), frame (16 bytes; zeros in the database)
//   checksum    = in the log: four Feistel rounds of SipHash-2-4 under a key of its own, for each place another
//                 permutation of 64 bits
#pragma once

#include "core/crypto/aead.h"
#include "core/sqlite/page_cipher.h"

namespace plenary::seal {

// The key under which everything is that a profile keeps in its databases.
using PageKey = crypto::CipherKey;

class PageSeal final : public sqlite::PageCipher {
 public:
  // `name`: of the database file, without folders. A file that was given another name does not open.
  // `environment` outlives this.
  PageSeal(const PageKey& key, std::string_view name, Environment& environment);

  void seal(const sqlite::PagePlace& place, sqlite::PlainPage plain, std::uint32_t remark,
            sqlite::PageBuffer sealed) override;
  bool open(const sqlite::PagePlace& place, sqlite::PlainPage sealed, sqlite::PageBuffer plain) override;
  std::uint32_t remark(sqlite::PlainPage sealed) const override;
  std::uint64_t hide(const sqlite::PagePlace& place, std::uint64_t checksum) const override;
  std::uint64_t reveal(const sqlite::PagePlace& place, std::uint64_t hidden) const override;

 private:
  // The first 16 bytes of a nonce and the key that XChaCha20 makes of them: pages of one opening share both.
  using Prefix = std::array<std::byte, 16>;
  struct Subkey {
    Prefix prefix;
    crypto::Secret<32> key;
  };

  Subkey subkey_of(const Prefix& prefix) const;
  Subkey new_subkey() const;
  std::uint32_t round(unsigned number, const sqlite::PagePlace& place, std::uint32_t half) const;

  Environment& environment_;
  crypto::CipherKey file_key_;
  crypto::Secret<16> checksum_key_;
  Subkey writing_;
  Subkey reading_;                  // of the page that was opened last
  std::uint32_t pages_sealed_ = 0;  // under writing_
};

// The seals of one profile's files.
class PageSeals final : public sqlite::PageCiphers {
 public:
  // `environment` gives the nonces' randomness and outlives this.
  PageSeals(PageKey key, Environment& environment) : key_(std::move(key)), environment_(environment) {}

  std::unique_ptr<sqlite::PageCipher> cipher_for(std::string_view database) override {
    return std::make_unique<PageSeal>(key_, database, environment_);
  }
  const PageKey& key() const { return key_; }

 private:
  PageKey key_;
  Environment& environment_;
};

}  // namespace plenary::seal
