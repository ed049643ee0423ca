#include "core/roster/claim.h"

#include "core/base/byte_codec.h"

namespace plenary::roster {
namespace {

constexpr std::uint8_t kClaimVersion = 1;

crypto::Domain domain(const Claim& claim) {
  return {"plenary claim", 1, claim.space};
}

Bytes message_of(const Claim& claim) {
  ByteWriter writer;
  writer.u8(kClaimVersion);
  writer.id(claim.space);
  writer.id(claim.invitation);
  writer.id(claim.device.signing);
  writer.id(claim.device.transport);
  writer.id(claim.person);
  writer.blob(claim.label);
  return std::move(writer).take();
}

// An invitation's id is an Ed25519 public key, like a device's.
DeviceKey key_of(const InvitationId& invitation) {
  return DeviceKey{invitation.bytes};
}

}  // namespace

SignedClaim sign_claim(const Claim& claim, const crypto::SigningKey& invitation, const crypto::SigningKey& device) {
  const Bytes message = message_of(claim);
  return {claim, invitation.sign(domain(claim), message), device.sign(domain(claim), message)};
}

Result<void> verify_claim(const SignedClaim& claim) {
  const Bytes message = message_of(claim.claim);
  if (!crypto::verify(key_of(claim.claim.invitation), domain(claim.claim), message, claim.by_invitation)) {
    return fail(ErrorCode::refused, "a claim is not signed with the invitation's key; ask for a new invitation");
  }
  if (!crypto::verify(claim.claim.device.signing, domain(claim.claim), message, claim.by_device)) {
    return fail(ErrorCode::refused, "a claim is not signed by the device that it names");
  }
  return {};
}

Bytes encode_claim(const SignedClaim& claim) {
  ByteWriter writer;
  writer.raw(message_of(claim.claim));
  writer.id(claim.by_invitation);
  writer.id(claim.by_device);
  return std::move(writer).take();
}

Result<SignedClaim> decode_claim(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (reader.u8() > kClaimVersion) {
    return fail(ErrorCode::unsupported, "a claim is of a newer version than this program; update the program");
  }
  SignedClaim claim;
  claim.claim.space = reader.id<SpaceId>();
  claim.claim.invitation = reader.id<InvitationId>();
  claim.claim.device.signing = reader.id<DeviceKey>();
  claim.claim.device.transport = reader.id<TransportKey>();
  claim.claim.person = reader.id<PersonId>();
  claim.claim.label = to_bytes(reader.blob(kMaxLabelBytes));
  claim.by_invitation = reader.id<Signature>();
  claim.by_device = reader.id<Signature>();
  if (!reader.finished() || bytes[0] != std::byte{kClaimVersion}) {
    return fail(ErrorCode::malformed, "a claim does not have its form");
  }
  return claim;
}

ClaimHash hash_claim(const SignedClaim& claim) {
  const Bytes bytes = encode_claim(claim);
  return crypto::hash<ClaimHash>({"plenary claim hash", 1, claim.claim.space}, {ByteSpan(bytes)});
}

}  // namespace plenary::roster
