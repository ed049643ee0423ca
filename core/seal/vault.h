// The vault: a small file that holds a profile's page key, wrapped by a passphrase and, if wished, by a printed
// recovery code. Source: architecture.md D10; docs/storage.md, "The vault".
//
//   vault      = head, salt (16 bytes), passes (varint), memory in KiB (varint), wrapped key, recovery, seal, check
//   head       = "PLVAULT", version (u8, 1), vault id (16 bytes)
//   wrapped    = nonce (24), ciphertext of the page key with its tag (48): XChaCha20-Poly1305 under Argon2id of the
//                passphrase; associated: everything before it
//   recovery   = u8 0, or u8 1 and the page key wrapped under a key made from the recovery code; associated: head
//   seal       = BLAKE2b-32 under a key made from the page key, of everything before it
//   check      = BLAKE2b-16 of everything before it, without a key: tells a damaged file from a wrong passphrase
#pragma once

#include "core/crypto/kdf.h"
#include "core/seal/page_seal.h"

namespace plenary::seal {

// Names the vault; in clear. The same for as long as the profile lives.
using VaultId = FixedId<struct VaultIdTag, 16>;

// What somebody typed, in locked memory. Not copied.
class Passphrase {
 public:
  // Argon2id, a tenth of a second on a cheap tablet.
  static constexpr crypto::StretchCost kInteractive{2, 64 * 1024};
  static constexpr std::size_t kMinBytes = 8, kMaxBytes = 1024;

  // `cost`: of guessing it, where it is new. A vault says by itself what its passphrase costs.
  explicit Passphrase(std::string_view text, crypto::StretchCost cost = kInteractive)
      : text_(as_bytes(text)), cost_(cost) {}

  std::string_view text() const { return as_text(text_.span()); }
  const crypto::StretchCost& cost() const { return cost_; }
  // invalid_argument: too short or too long for a new one.
  Result<void> check_new() const;

 private:
  crypto::LockedSecret text_;
  crypto::StretchCost cost_;
};

class Vault {
 public:
  struct Made;
  // A new page key under a new passphrase. invalid_argument, limit_exceeded (the cost).
  static Result<Made> make(const Passphrase& passphrase, Environment& environment);
  // malformed: damaged, or no vault; unsupported: of a newer version.
  static Result<Vault> decode(ByteSpan bytes);
  Bytes encode() const;

  const VaultId& id() const { return id_; }
  bool has_recovery_code() const { return !recovery_.empty(); }

  // refused: it is not the passphrase. malformed: it is, but somebody altered the rest of the vault.
  Result<PageKey> open(const Passphrase& passphrase) const;
  // invalid_argument: mistyped (the check characters do not fit); not_found: there is none; refused: another's.
  Result<PageKey> open_with_recovery_code(std::string_view typed) const;

  // Both need the key that open() gave. Pages stay as they are.
  Result<void> set_passphrase(const PageKey& key, const Passphrase& passphrase, Environment& environment);
  // Makes a new code, which replaces the one before, and returns it for printing: seven groups of four characters, 130
  // random bits and 10 that tell a slip of the pen.
  std::string set_recovery_code(const PageKey& key, Environment& environment);

 private:
  Vault() = default;
  Bytes encode_head() const;
  Bytes encode_before_key() const;
  Bytes encode_before_seal() const;
  void seal_with(const PageKey& key);
  Result<PageKey> checked(Result<Bytes> opened, const char* refusal) const;

  VaultId id_;
  crypto::Salt salt_{};
  crypto::StretchCost cost_;
  Bytes wrapped_, recovery_;
  FixedId<struct VaultSealTag, 32> seal_;
};

struct Vault::Made {
  Vault vault;
  PageKey key;
};

}  // namespace plenary::seal
