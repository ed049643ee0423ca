#include "core/replica/unlock.h"

#include <fstream>

#include "core/base/durable_file.h"
#include "core/replica/profile.h"

namespace plenary::replica {
namespace {

constexpr std::size_t kMaxVault = 4096;

std::filesystem::path vault_path(const std::filesystem::path& folder) {
  return folder / "vault";
}

// Earlier versions wrote SQLite's files as they are.
bool is_in_clear(const std::filesystem::path& database) {
  constexpr std::string_view kBeginning("SQLite format 3\0", 16);
  std::ifstream file(database, std::ios::binary);
  std::string bytes(kBeginning.size(), ' ');
  return file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) && bytes == kBeginning;
}

// Opens the profile, which holds its lock, so that nobody else changes the vault meanwhile.
Result<void> change_vault(const std::filesystem::path& folder, const Unlock& unlock, Environment& environment,
                          const std::function<Result<void>(seal::Vault&, const seal::PageKey&)>& change) {
  const auto profile = Profile::open(folder, unlock, environment);
  if (!profile) return tl::make_unexpected(profile.error());
  auto vault = read_vault(folder);
  if (!vault) return tl::make_unexpected(vault.error());
  if (auto changed = change(*vault, (*profile)->page_key()); !changed) return changed;
  write_vault(folder, *vault);
  return {};
}

}  // namespace

Result<void> check_free(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "profile.plenary")) {
    return fail(ErrorCode::conflict, "There is a profile in " + folder.string() +
                                         " already. Use it as it is, or choose another folder for a new one.");
  }
  if (std::filesystem::exists(folder) &&
      (!std::filesystem::is_directory(folder) || !std::filesystem::is_empty(folder))) {
    return fail(ErrorCode::conflict,
                "The folder " + folder.string() + " is not empty. Choose a new one for the profile.");
  }
  return {};
}

Result<seal::Vault> read_vault(const std::filesystem::path& folder) {
  std::ifstream file(vault_path(folder), std::ios::binary);
  if (!file && is_in_clear(folder / "profile.plenary")) {
    return fail(ErrorCode::unsupported,
                "The profile in " + folder.string() +
                    " was made by a version of Plenary that did not encrypt it, and this version does not open it. "
                    "Hand over what is in it with that version, make a new profile, and join your spaces again.");
  }
  if (!file) return fail(ErrorCode::not_found, "There is no profile in " + folder.string() + ". Create one first.");
  std::string bytes(kMaxVault + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return seal::Vault::decode(as_bytes(bytes).first(static_cast<std::size_t>(file.gcount())));
}

void write_vault(const std::filesystem::path& folder, const seal::Vault& vault) {
  write_durably(vault_path(folder), vault.encode(), 0600);
}

Result<seal::PageKey> Unlock::key(const std::filesystem::path& folder) const {
  if (const auto* key = std::get_if<crypto::LockedSecret>(&means_)) return *seal::PageKey::from(key->span());
  const auto vault = read_vault(folder);
  if (!vault) return tl::make_unexpected(vault.error());
  if (const auto* code = std::get_if<RecoveryCode>(&means_))
    return vault->open_with_recovery_code(as_text(code->text.span()));
  return vault->open(std::get<seal::Passphrase>(means_));
}

Result<void> change_passphrase(const std::filesystem::path& folder, const Unlock& unlock, const seal::Passphrase& next,
                               Environment& environment) {
  return change_vault(folder, unlock, environment, [&](seal::Vault& vault, const seal::PageKey& key) {
    return vault.set_passphrase(key, next, environment);
  });
}

Result<std::string> change_recovery_code(const std::filesystem::path& folder, const Unlock& unlock,
                                         Environment& environment) {
  std::string code;
  auto done = change_vault(folder, unlock, environment, [&](seal::Vault& vault, const seal::PageKey& key) {
    code = vault.set_recovery_code(key, environment);
    return Result<void>();
  });
  if (!done) return tl::make_unexpected(done.error());
  return code;
}

}  // namespace plenary::replica
