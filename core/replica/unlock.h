// Unlock: what opens a profile's files. A profile made with a passphrase keeps its key in its vault
// (core/seal/vault.h); one made with a key of its own has no vault, and whoever made it keeps the key (tests, the
// simulator, the bench).
#pragma once

#include <filesystem>
#include <variant>

#include "core/seal/vault.h"

namespace plenary::replica {

class Unlock {
 public:
  static Unlock with(seal::Passphrase passphrase) { return Unlock(std::move(passphrase)); }
  static Unlock with_recovery_code(std::string_view code) {
    return Unlock(RecoveryCode{crypto::LockedSecret(as_bytes(code))});
  }
  // The page key itself: kept by a session that was unlocked before.
  static Unlock with(const seal::PageKey& key) { return Unlock(crypto::LockedSecret(key.span())); }

  const seal::Passphrase* passphrase() const { return std::get_if<seal::Passphrase>(&means_); }
  // The key, read from the vault in `folder` if need be. not_found (no profile there), refused (it is not the
  // passphrase or code), malformed, unsupported.
  Result<seal::PageKey> key(const std::filesystem::path& folder) const;

 private:
  struct RecoveryCode {
    crypto::LockedSecret text;
  };
  using Means = std::variant<seal::Passphrase, RecoveryCode, crypto::LockedSecret>;

  explicit Unlock(Means means) : means_(std::move(means)) {}

  Means means_;
};

// conflict: the folder holds a profile, or something else, so that no new profile can be made there.
Result<void> check_free(const std::filesystem::path& folder);

// ---- the vault in a profile's folder
// not_found, malformed, unsupported (newer; or from before profiles were encrypted).
Result<seal::Vault> read_vault(const std::filesystem::path& folder);
// The old vault or the new one, whatever happens meanwhile. Throws std::filesystem::filesystem_error.
void write_vault(const std::filesystem::path& folder, const seal::Vault& vault);

// Each opens the profile while it works: busy when another program has it open. Pages stay as they are.
Result<void> change_passphrase(const std::filesystem::path& folder, const Unlock& unlock, const seal::Passphrase& next,
                               Environment& environment);
// For printing; it replaces the code before.
Result<std::string> change_recovery_code(const std::filesystem::path& folder, const Unlock& unlock,
                                         Environment& environment);

}  // namespace plenary::replica
