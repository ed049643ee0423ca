// QuickUnlock: opens a profile again within a running session by a short PIN, so that nobody types a passphrase in
// front of a class. For programs that keep running; nothing of it is ever written to a disk.
#pragma once

#include "core/seal/vault.h"

namespace plenary::seal {

// Keeps the page key in locked memory, sealed under Argon2id of the PIN. Five wrong PINs in a row, and it is wiped.
// That protects from somebody who holds the tablet; who can read the program's memory can try all PINs.
class QuickUnlock {
 public:
  static constexpr int kAttempts = 5;
  static constexpr std::size_t kMinPin = 4;

  // invalid_argument: the PIN is too short.
  static Result<QuickUnlock> make(const PageKey& key, const Passphrase& pin, Environment& environment);

  // refused: a wrong PIN, and how many attempts are left; not_found: it was wiped, the passphrase is needed.
  Result<PageKey> open(const Passphrase& pin);
  void wipe() { sealed_.reset(); }
  bool is_wiped() const { return !sealed_; }

 private:
  QuickUnlock() = default;

  crypto::Salt salt_{};
  crypto::StretchCost cost_;
  std::unique_ptr<crypto::LockedSecret> sealed_;
  int attempts_left_ = kAttempts;
};

}  // namespace plenary::seal
