#include "clients/cli/kept_key.h"

#include <keyutils.h>

#include <cstring>

namespace plenary::cli {
namespace {

constexpr const char* kType = "user";

std::string description(const seal::VaultId& vault) {
  return "plenary:" + to_hex(vault.span());
}

key_serial_t find(const seal::VaultId& vault) {
  return static_cast<key_serial_t>(keyctl_search(KEY_SPEC_USER_KEYRING, kType, description(vault).c_str(), 0));
}

}  // namespace

// The key is made in this process's own keyring, where it may be given its rights and its time before anybody else can
// find it, and is then linked to the user's.
Result<void> keep_key(const seal::VaultId& vault, const seal::PageKey& key, std::chrono::seconds time) {
  constexpr key_perm_t kRights =
      KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH | KEY_USR_WRITE | KEY_USR_LINK;
  const auto bytes = key.span();
  const key_serial_t serial =
      add_key(kType, description(vault).c_str(), bytes.data(), bytes.size(), KEY_SPEC_PROCESS_KEYRING);
  const bool kept = serial >= 0 && keyctl_setperm(serial, kRights) == 0 &&
                    keyctl_set_timeout(serial, static_cast<unsigned>(time.count())) == 0 &&
                    keyctl_link(serial, KEY_SPEC_USER_KEYRING) == 0;
  if (kept) return {};
  return fail(ErrorCode::unavailable,
              std::string("This system lends no keyring to keep the key in (") + std::strerror(errno) +
                  "). Give the passphrase with each command: --passphrase-file FILE or PLENARY_PASSPHRASE_FILE.");
}

std::optional<seal::PageKey> kept_key(const seal::VaultId& vault) {
  const key_serial_t serial = find(vault);
  if (serial < 0) return std::nullopt;
  seal::PageKey key;
  const auto place = key.writable();
  const long size = keyctl_read(serial, reinterpret_cast<char*>(place.data()), place.size());
  if (size != static_cast<long>(place.size())) return std::nullopt;
  return key;
}

bool drop_kept_key(const seal::VaultId& vault) {
  const key_serial_t serial = find(vault);
  if (serial < 0) return false;
  keyctl_revoke(serial);
  keyctl_unlink(serial, KEY_SPEC_USER_KEYRING);
  return true;
}

}  // namespace plenary::cli
