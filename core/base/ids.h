// The ids that every part shares. Sizes in bytes; how each is made is in docs/protocol.md.
#pragma once

#include "core/base/fixed_id.h"

namespace plenary {

using SpaceId = FixedId<struct SpaceIdTag, 32>;            // hash of the space's founding record
using LogId = FixedId<struct LogIdTag, 16>;                // hash of space, author key and incarnation nonce
using DeviceKey = FixedId<struct DeviceKeyTag, 32>;        // Ed25519 public key that signs a device's logs
using TransportKey = FixedId<struct TransportKeyTag, 32>;  // X25519 public key of a device or a hub
using ChainValue = FixedId<struct ChainValueTag, 32>;      // link of a log's keyed hash chain
using RosterHash = FixedId<struct RosterHashTag, 32>;      // hash of a roster record; zero: none
using PersonId = FixedId<struct PersonIdTag, 16>;          // pseudonym of a person within a space
using InvitationId = FixedId<struct InvitationIdTag, 32>;  // Ed25519 public key made from the invitation's secret
using OriginTag = FixedId<struct OriginTagTag, 16>;        // MAC of a record's id under a key of its home space
using KeyId = FixedId<struct KeyIdTag, 32>;                // hash of a space key (key commitment)
using Signature = FixedId<struct SignatureTag, 64>;        // Ed25519
using Digest = FixedId<struct DigestTag, 32>;

// What a person may do in a space. The engine only compares roles; the schema names them (proto/merge.proto).
using Role = std::uint32_t;
inline constexpr Role kNoRole = 0;

}  // namespace plenary
