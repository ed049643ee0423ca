// Invitations: one secret that vouches, once, for the device key of whoever holds it, and the link that carries it.
// Source: architecture.md D7; docs/protocol/formats.md, "Invitations".
//
//   link = "plenary:join?" base64url of: u8 version (1), space (32), hub key (32), secret (16),
//          varint count of addresses (0..8), each: blob host (UTF-8, 1..255), varint port; checksum (4)
//   checksum = the first 4 bytes of BLAKE2b-16, domain "plenary link", over what precedes it
#pragma once

#include "core/crypto/sign.h"
#include "core/seal/keyring.h"

namespace plenary::seal {

using InvitationSecret = crypto::Secret<16>;

struct HubAddress {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HubAddress&, const HubAddress&) = default;
};

struct InvitationLink {
  SpaceId space;
  TransportKey hub;  // the hub's static key; zero: no hub yet
  std::vector<HubAddress> addresses;
  InvitationSecret secret;
};

InvitationSecret make_invitation_secret(Environment& environment);
// The key pair that signs the claim; its public key is the invitation's id.
crypto::SigningKey invitation_key(const InvitationSecret& secret);
InvitationId invitation_id(const InvitationSecret& secret);

// The space's current key for whoever holds the secret, as it stands in the Invite record.
Bytes wrap_for_invitation(const SpaceKey& key, const InvitationSecret& secret, Environment& environment);
Result<SpaceKey> unwrap_invitation(ByteSpan box, const InvitationSecret& secret);

std::string write_link(const InvitationLink& link);
// Errors say what a person can do: ask for the link again, copy all of it, use a newer version.
Result<InvitationLink> read_link(std::string_view text);

}  // namespace plenary::seal
