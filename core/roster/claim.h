// A claim: who holds an invitation asks to be granted, and proves it. The hub checks and relays it to the keeper,
// whose device ratifies it with a Grant. Source: architecture.md D7; docs/protocol/formats.md, "Claims".
//
//   claim = u8 version (1), space (32), invitation (32), signing key (32), transport key (32), person (16),
//           blob label, signature by the invitation's key (64), signature by the device's signing key (64)
// Both signatures: domain "plenary claim", over everything before the first of them.
#pragma once

#include "core/roster/codec.h"

namespace plenary::roster {

struct Claim {
  SpaceId space;
  InvitationId invitation;
  DeviceIdentity device;
  PersonId person;  // random, proposed by the joiner; the keeper's grant decides
  Bytes label;      // sealed: the joiner's name
  friend bool operator==(const Claim&, const Claim&) = default;
};

using ClaimHash = FixedId<struct ClaimHashTag, 32>;

struct SignedClaim {
  Claim claim;
  Signature by_invitation, by_device;
  friend bool operator==(const SignedClaim&, const SignedClaim&) = default;
};

// `invitation` is the key pair made from the invitation's secret (seal/invitation.h), `device` the joiner's own.
SignedClaim sign_claim(const Claim& claim, const crypto::SigningKey& invitation, const crypto::SigningKey& device);
// refused unless both signatures hold. Whether the invitation is open is the roster's question.
Result<void> verify_claim(const SignedClaim& claim);

Bytes encode_claim(const SignedClaim& claim);
Result<SignedClaim> decode_claim(ByteSpan bytes);
// Names a claim: BLAKE2b-32, domain "plenary claim hash", over its bytes.
ClaimHash hash_claim(const SignedClaim& claim);

}  // namespace plenary::roster
