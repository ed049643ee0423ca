// Hub heads: what a hub signs, in the transaction that stores, about all that it holds of one space. Numbered and
// linked by hashes, so that a hub that forks or forgets is caught with proof (architecture.md D9;
// docs/protocol/sync.md, "Hub heads").
//
//   content   = BLAKE2b-32, domain "plenary hub content", over roster digest, frontier digest
//   value(n)  = BLAKE2b-32, domain "plenary hub link", over value(n-1) (zeros for n = 1), u64 epoch, u64 n, content(n)
//   head      = u8 version (1), signing key (32), varint epoch, varint number, previous value (32), roster digest (32),
//               frontier digest (32), signature (64)
// The signature is over everything before it, domain "plenary hub head" with the space.
#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "core/crypto/sign.h"

namespace plenary::sync {

using HubValue = FixedId<struct HubValueTag, 32>;
using HubContent = FixedId<struct HubContentTag, 32>;

struct HubHead {
  DeviceKey hub;             // Ed25519 key with which the hub signs
  std::uint64_t epoch = 1;   // greater after each restore from a backup
  std::uint64_t number = 0;  // 1, 2, 3… within the epoch
  HubValue previous;         // value of number - 1; zeros for the first
  Digest roster;             // of the space's roster records (space_log.h, digest_of_roster)
  Digest frontier;           // of the space's heads
  Signature signature;

  friend bool operator==(const HubHead&, const HubHead&) = default;
};

HubContent content_of(const SpaceId& space, const HubHead& head);
HubValue value_of(const SpaceId& space, const HubHead& head);
// One step of the chain, for heads of which only the content is known.
HubValue next_value(const SpaceId& space, const HubValue& previous, std::uint64_t epoch, std::uint64_t number,
                    const HubContent& content);

// The head after `last` (null: the first of `epoch`). Called under the space's lock, in the transaction that stores.
HubHead make_hub_head(const SpaceId& space, const std::optional<HubHead>& last, std::uint64_t epoch,
                      const Digest& roster, const Digest& frontier, const crypto::SigningKey& hub);

Result<void> verify_hub_head(const SpaceId& space, const HubHead& head);

Bytes encode_hub_head(const HubHead& head);
Result<HubHead> decode_hub_head(ByteSpan bytes);

// Two heads that one hub signed in one epoch and that cannot both be true: two values under one number (the lesser
// first), or `a` is not the head on which `b` was built. Then `rival` is the value of a's number from which the
// contents of the heads between lead to b.
struct HubForkProof {
  HubHead a, b;
  HubValue rival;                 // zeros where the numbers are equal
  std::vector<HubContent> links;  // contents of the heads after a's number and before b
  friend bool operator==(const HubForkProof&, const HubForkProof&) = default;
};
// The proof that `later`, to which the chain leads from `rival` over `links`, was not built on `earlier`.
std::optional<HubForkProof> hub_detour(const SpaceId& space, const HubHead& earlier, const HubHead& later,
                                       const HubValue& rival, std::vector<HubContent> links);
std::optional<HubForkProof> hub_disagreement(const SpaceId& space, const HubHead& one, const HubHead& other);
Result<void> verify_hub_fork(const SpaceId& space, const HubForkProof& proof);
Bytes encode_hub_fork(const HubForkProof& proof);
Result<HubForkProof> decode_hub_fork(ByteSpan bytes);

}  // namespace plenary::sync
