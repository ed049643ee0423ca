#include "core/seal/invitation.h"

#include "core/base/byte_codec.h"
#include "core/crypto/kdf.h"
#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

constexpr std::string_view kPrefix = "plenary:join?";
constexpr std::uint8_t kInvitationVersion = 1;
constexpr std::size_t kChecksumSize = 4;
constexpr std::size_t kMaxAddresses = 8;
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxLink = 8192;

// The space is not named: the secret is random and serves one invitation of one space.
crypto::Domain domain() {
  return {"plenary invitation", 1, SpaceId{}};
}

using LinkHash = FixedId<struct LinkHashTag, 16>;
LinkHash link_hash(ByteSpan bytes) {
  return crypto::hash<LinkHash>({"plenary link", 1, SpaceId{}}, {bytes});
}

tl::unexpected<Error> damaged() {
  return fail(
      ErrorCode::malformed,
      "The invitation link was changed or cut off on its way. Copy all of it, from \"plenary:join?\" to its end, "
      "or ask for it again.");
}

// People copy links with spaces and line breaks around and inside.
std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') kept += c;
  }
  return kept;
}

Result<InvitationLink> read_fields(ByteReader& reader) {
  InvitationLink link;
  link.space = reader.id<SpaceId>();
  link.hub = reader.id<TransportKey>();
  const auto secret = InvitationSecret::from(reader.raw(InvitationSecret::kSize));
  const auto count = reader.bounded(kMaxAddresses);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    HubAddress address;
    address.host = std::string(as_text(reader.blob(kMaxHost)));
    address.port = static_cast<std::uint16_t>(reader.bounded(65'535));
    if (address.host.empty()) reader.invalidate();
    link.addresses.push_back(std::move(address));
  }
  if (!reader.finished() || !secret) return damaged();
  link.secret = secret->duplicate();
  return link;
}

}  // namespace

InvitationSecret make_invitation_secret(Environment& environment) {
  return InvitationSecret::random(environment);
}

crypto::SigningKey invitation_key(const InvitationSecret& secret) {
  return crypto::SigningKey::from_seed(crypto::derive_key(secret.span(), domain(), as_bytes("claim")));
}

InvitationId invitation_id(const InvitationSecret& secret) {
  return InvitationId{invitation_key(secret).public_key().bytes};
}

Bytes wrap_for_invitation(const SpaceKey& key, const InvitationSecret& secret, Environment& environment) {
  const auto wrapping = crypto::derive_key(secret.span(), domain(), as_bytes("space key"));
  return seal_bytes(wrapping, domain().encode(), key.span(), environment);
}

Result<SpaceKey> unwrap_invitation(ByteSpan box, const InvitationSecret& secret) {
  const auto wrapping = crypto::derive_key(secret.span(), domain(), as_bytes("space key"));
  auto plaintext = open_bytes(wrapping, domain().encode(), box);
  if (!plaintext) {
    return fail(ErrorCode::refused, "The invitation's secret does not open its key. Ask for a new invitation.");
  }
  auto key = SpaceKey::from(*plaintext);
  crypto::wipe(*plaintext);
  if (!key) return fail(ErrorCode::malformed, "The invitation does not hold a key. Ask for a new invitation.");
  return std::move(*key);
}

std::string write_link(const InvitationLink& link) {
  CHECK(link.addresses.size() <= kMaxAddresses);
  ByteWriter writer;
  writer.reserve(kMaxLink);
  writer.u8(kInvitationVersion);
  writer.id(link.space);
  writer.id(link.hub);
  writer.raw(link.secret.span());
  writer.varint(link.addresses.size());
  for (const HubAddress& address : link.addresses) {
    CHECK(!address.host.empty() && address.host.size() <= kMaxHost);
    writer.blob(as_bytes(address.host));
    writer.varint(address.port);
  }
  const LinkHash checksum = link_hash(writer.bytes());
  writer.raw(checksum.span().first(kChecksumSize));
  return std::string(kPrefix) + to_base64url(writer.bytes());
}

Result<InvitationLink> read_link(std::string_view text) {
  if (text.size() > kMaxLink) return damaged();
  const std::string link = without_blanks(text);
  if (!link.starts_with(kPrefix)) {
    return fail(ErrorCode::malformed, "This is no invitation link: one begins with \"plenary:join?\".");
  }
  auto bytes = from_base64url(std::string_view(link).substr(kPrefix.size()));
  if (!bytes || bytes->size() <= kChecksumSize) return damaged();
  const ByteSpan body = ByteSpan(*bytes).first(bytes->size() - kChecksumSize);
  const ByteSpan checksum = ByteSpan(*bytes).last(kChecksumSize);
  const LinkHash expected = link_hash(body);
  if (!std::ranges::equal(checksum, expected.span().first(kChecksumSize))) return damaged();
  ByteReader reader(body);
  if (reader.u8() != kInvitationVersion) {
    return fail(ErrorCode::unsupported, "The invitation was made by a newer version of Plenary. Update this program.");
  }
  return read_fields(reader);
}

}  // namespace plenary::seal
