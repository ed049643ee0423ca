#include "core/seal/quick_unlock.h"

#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

constexpr std::string_view kPurpose = "plenary quick unlock";

}  // namespace

Result<QuickUnlock> QuickUnlock::make(const PageKey& key, const Passphrase& pin, Environment& environment) {
  if (pin.text().size() < kMinPin) return fail(ErrorCode::invalid_argument, "A PIN has at least four digits.");
  QuickUnlock quick;
  environment.random(quick.salt_);
  quick.cost_ = pin.cost();
  const auto stretched = crypto::stretch_passphrase(pin.text(), quick.salt_, quick.cost_);
  if (!stretched) return tl::make_unexpected(stretched.error());
  const Bytes sealed = seal_bytes(*stretched, as_bytes(kPurpose), key.span(), environment);
  quick.sealed_ = std::make_unique<crypto::LockedSecret>(sealed);
  return quick;
}

Result<PageKey> QuickUnlock::open(const Passphrase& pin) {
  if (is_wiped()) return fail(ErrorCode::not_found, "Unlock with your passphrase.");
  const auto stretched = crypto::stretch_passphrase(pin.text(), salt_, cost_);
  if (!stretched) return tl::make_unexpected(stretched.error());
  auto opened = open_bytes(*stretched, as_bytes(kPurpose), sealed_->span());
  if (!opened) {
    if (--attempts_left_ == 0) wipe();
    return is_wiped()
               ? fail(ErrorCode::not_found, "That was the fifth wrong PIN. Unlock with your passphrase.")
               : fail(ErrorCode::refused, "That is not the PIN. Attempts left: " + std::to_string(attempts_left_));
  }
  attempts_left_ = kAttempts;
  auto key = PageKey::from(*opened);
  crypto::wipe(*opened);
  CHECK(key.has_value());
  return *std::move(key);
}

}  // namespace plenary::seal
