#include "core/seal/recovery.h"

namespace plenary::seal {
namespace {

constexpr std::size_t kDigits = RecoverySecret::kSize * 2;
constexpr std::size_t kGroup = 4;

crypto::Domain domain(const SpaceId& space) {
  return {"plenary deputy part", 1, space};
}

}  // namespace

std::string print_code(const RecoverySecret& secret) {
  const std::string digits = to_hex(secret.span());
  std::string text;
  for (std::size_t i = 0; i < digits.size(); i += kGroup) text += (i == 0 ? "" : "-") + digits.substr(i, kGroup);
  return text;
}

Result<RecoverySecret> read_code(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  auto bytes = from_hex(digits);
  auto secret = bytes ? RecoverySecret::from(*bytes) : std::nullopt;
  if (bytes) crypto::wipe(*bytes);
  if (secret) return std::move(*secret);
  return fail(ErrorCode::malformed, "A recovery code has " + std::to_string(kDigits) +
                                        " digits from 0 to f, in groups of four; this one has " +
                                        std::to_string(digits.size()) + ". Compare it with the printed one.");
}

RecoveryParts split(const RecoverySecret& secret, Environment& environment) {
  RecoverySecret one = RecoverySecret::random(environment);
  RecoverySecret other = join(secret, one);
  return {std::move(one), std::move(other)};
}

RecoverySecret join(const RecoverySecret& one, const RecoverySecret& other) {
  RecoverySecret joined = one.duplicate();
  const auto bytes = joined.writable();
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= other.span()[i];
  return joined;
}

Result<roster::KeyBox> wrap_part(const SpaceId& space, const DeviceKey& recovery, const RecoverySecret& part,
                                 const TransportKey& reader, Environment& environment) {
  Bytes plaintext = to_bytes(recovery.span());
  plaintext.insert(plaintext.end(), part.span().begin(), part.span().end());
  auto box = crypto::seal_box(environment, reader, domain(space), plaintext);
  crypto::wipe(plaintext);
  if (!box) return tl::make_unexpected(box.error());
  return roster::KeyBox{reader, std::move(*box)};
}

Result<RecoverySecret> unwrap_part(const SpaceId& space, const DeviceKey& recovery, const roster::KeyBox& box,
                                   const crypto::AgreementKey& reader) {
  auto plaintext = crypto::open_box(reader, domain(space), box.box);
  if (!plaintext) return tl::make_unexpected(plaintext.error());
  const ByteSpan bytes(*plaintext);
  auto part = bytes.size() == DeviceKey::kSize + RecoverySecret::kSize
                  ? RecoverySecret::from(bytes.subspan(DeviceKey::kSize))
                  : std::nullopt;
  const bool fits = part && std::ranges::equal(bytes.first(DeviceKey::kSize), recovery.span());
  crypto::wipe(*plaintext);
  if (!fits) return fail(ErrorCode::refused, "A deputy's part is of another recovery key.");
  return std::move(*part);
}

}  // namespace plenary::seal
