#include "core/seal/vault.h"

#include "core/base/byte_codec.h"
#include "core/seal/recovery_code.h"
#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

constexpr std::string_view kMagic = "PLVAULT";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kWrappedSize = sizeof(crypto::XNonce) + PageKey::kSize + crypto::kTagSize;
constexpr std::size_t kMaxVault = 1024;
using Check = FixedId<struct VaultCheckTag, 16>;

tl::unexpected<Error> damaged() {
  return fail(
      ErrorCode::malformed,
      "The file \"vault\" of this profile is damaged. Put back a copy of it from a backup: without it nobody can "
      "open the profile.");
}

crypto::CipherKey recovery_key(std::string_view code) {
  return crypto::derive_key(as_bytes(code), {"plenary vault recovery", 1, {}});
}

Check check_of(ByteSpan bytes) {
  return crypto::hash<Check>({"plenary vault check", 1, {}}, {bytes});
}

}  // namespace

Result<void> Passphrase::check_new() const {
  if (text().size() >= kMinBytes && text().size() <= kMaxBytes) return {};
  return fail(ErrorCode::invalid_argument,
              "A passphrase has 8 to 1024 characters. Four or five words that nobody would guess are good.");
}

Result<Vault::Made> Vault::make(const Passphrase& passphrase, Environment& environment) {
  Made made{Vault(), PageKey::random(environment)};
  environment.random(made.vault.id_.bytes);
  if (auto set = made.vault.set_passphrase(made.key, passphrase, environment); !set)
    return tl::make_unexpected(set.error());
  return made;
}

Bytes Vault::encode_head() const {
  ByteWriter writer;
  writer.raw(as_bytes(kMagic));
  writer.u8(kVersion);
  writer.id(id_);
  return std::move(writer).take();
}

Bytes Vault::encode_before_key() const {
  ByteWriter writer;
  writer.raw(encode_head());
  writer.raw(salt_);
  writer.varint(cost_.passes);
  writer.varint(cost_.memory_kib);
  return std::move(writer).take();
}

Bytes Vault::encode_before_seal() const {
  ByteWriter writer;
  writer.raw(encode_before_key());
  writer.raw(wrapped_);
  writer.u8(has_recovery_code() ? 1 : 0);
  writer.raw(recovery_);
  return std::move(writer).take();
}

Bytes Vault::encode() const {
  ByteWriter writer;
  writer.raw(encode_before_seal());
  writer.id(seal_);
  writer.id(check_of(writer.bytes()));
  return std::move(writer).take();
}

Result<Vault> Vault::decode(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (bytes.size() > kMaxVault || as_text(reader.raw(kMagic.size())) != kMagic) return damaged();
  const std::uint8_t version = reader.u8();
  if (version < kVersion) return damaged();
  if (version > kVersion) {
    return fail(ErrorCode::unsupported,
                "This profile was made by a newer version of Plenary. Install the newer version.");
  }
  Vault vault;
  vault.id_ = reader.id<VaultId>();
  const ByteSpan salt = reader.raw(vault.salt_.size());
  vault.cost_.passes = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  vault.cost_.memory_kib = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  vault.wrapped_ = to_bytes(reader.raw(kWrappedSize));
  const std::uint8_t has_recovery = reader.u8();
  if (has_recovery == 1) vault.recovery_ = to_bytes(reader.raw(kWrappedSize));
  vault.seal_ = reader.id<decltype(vault.seal_)>();
  const std::size_t checked = bytes.size() - reader.remaining();
  const auto check = reader.id<Check>();
  if (!reader.finished() || has_recovery > 1 || check != check_of(bytes.first(checked))) return damaged();
  std::copy(salt.begin(), salt.end(), vault.salt_.begin());
  return vault;
}

void Vault::seal_with(const PageKey& key) {
  const auto sealing = crypto::derive_key(key.span(), {"plenary vault seal", 1, {}});
  seal_ = crypto::hash<decltype(seal_)>({"plenary vault", 1, {}}, {encode_before_seal()}, sealing.span());
}

Result<PageKey> Vault::checked(Result<Bytes> opened, const char* refusal) const {
  if (!opened) return fail(ErrorCode::refused, refusal);
  auto key = PageKey::from(*opened);
  crypto::wipe(*opened);
  if (!key) return damaged();
  Vault again = *this;
  again.seal_with(*key);
  if (!crypto::equal_in_constant_time(again.seal_.span(), seal_.span())) {
    return fail(ErrorCode::malformed,
                "Somebody altered the file \"vault\" of this profile. Put back a copy of it from a backup.");
  }
  return *std::move(key);
}

Result<PageKey> Vault::open(const Passphrase& passphrase) const {
  const auto stretched = crypto::stretch_passphrase(passphrase.text(), salt_, cost_);
  if (!stretched) return tl::make_unexpected(stretched.error());
  return checked(open_bytes(*stretched, encode_before_key(), wrapped_),
                 "That is not the passphrase of this profile. Try again. Who has its recovery code can set a new one.");
}

Result<PageKey> Vault::open_with_recovery_code(std::string_view typed) const {
  const auto code = read_recovery_code(typed);
  if (!code) return tl::make_unexpected(code.error());
  if (!has_recovery_code()) return fail(ErrorCode::not_found, "No recovery code was ever made for this profile.");
  return checked(open_bytes(recovery_key(*code), encode_head(), recovery_),
                 "That is not the recovery code of this profile, or a newer one was made since.");
}

Result<void> Vault::set_passphrase(const PageKey& key, const Passphrase& passphrase, Environment& environment) {
  if (auto fits = passphrase.check_new(); !fits) return fits;
  crypto::Salt salt;
  environment.random(salt);
  const auto stretched = crypto::stretch_passphrase(passphrase.text(), salt, passphrase.cost());
  if (!stretched) return tl::make_unexpected(stretched.error());
  salt_ = salt;
  cost_ = passphrase.cost();
  wrapped_ = seal_bytes(*stretched, encode_before_key(), key.span(), environment);
  seal_with(key);
  return {};
}

std::string Vault::set_recovery_code(const PageKey& key, Environment& environment) {
  const std::string code = make_recovery_code(environment);
  recovery_ = seal_bytes(recovery_key(code), encode_head(), key.span(), environment);
  seal_with(key);
  return print_recovery_code(code);
}

}  // namespace plenary::seal
