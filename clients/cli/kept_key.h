// A profile's key, lent to the kernel for a while (`plenary unlock`): in the keyring of this user account, in memory
// alone, gone after its time or when the computer stops. Whatever runs as the same user can read it meanwhile.
#pragma once

#include <chrono>

#include "core/seal/vault.h"

namespace plenary::cli {

// unavailable: this system lends no keyring (some containers forbid it).
Result<void> keep_key(const seal::VaultId& vault, const seal::PageKey& key, std::chrono::seconds time);
// Nothing when none is kept, or its time is over.
std::optional<seal::PageKey> kept_key(const seal::VaultId& vault);
// True if one was kept.
bool drop_kept_key(const seal::VaultId& vault);

}  // namespace plenary::cli
