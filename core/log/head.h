// A log's name, and the heads that its author signs. Readable and checkable by the hub.
// Source: architecture.md D3, D9; docs/protocol/formats.md, "Ids" and "Heads".
#pragma once

#include "core/crypto/sign.h"
#include "core/log/change.h"

namespace plenary::log {

// Who writes a log: the author's device key, and a random nonce that tells the device's logs (incarnations) apart.
struct LogDescriptor {
  DeviceKey author;
  std::array<std::byte, 16> nonce{};
  friend auto operator<=>(const LogDescriptor&, const LogDescriptor&) = default;
};

// BLAKE2b-16, domain "plenary log", over author and nonce.
LogId log_id(const SpaceId& space, const LogDescriptor& descriptor);
LogDescriptor make_log(const DeviceKey& author, Environment& environment);

// The author's signature over (log, number, chain value), domain "plenary head".
struct SignedHead {
  Head head;
  Signature signature;
  friend auto operator<=>(const SignedHead&, const SignedHead&) = default;
};

SignedHead sign_head(const SpaceId& space, const Head& head, const crypto::SigningKey& author);
// refused: the head is not of this log, or the signature is not by its author. Number 0 is never signed.
Result<void> verify_head(const SpaceId& space, const LogDescriptor& descriptor, const SignedHead& head);

// Two heads of one log that its author signed and that cannot both be: one number, two chain values.
// `a` is the lesser chain value, so that one fork has one proof.
struct ForkProof {
  LogDescriptor log;
  SignedHead a, b;
  friend auto operator<=>(const ForkProof&, const ForkProof&) = default;
};

// A proof when the two heads disagree; nothing otherwise. Does not verify signatures.
std::optional<ForkProof> disagreement(const LogDescriptor& descriptor, const SignedHead& one, const SignedHead& other);
Result<void> verify_fork(const SpaceId& space, const ForkProof& proof);

// Fixed-size forms, for messages and stores.
//   head  = log (16), varint number, chain (32), signature (64)
//   proof = author (32), nonce (16), log (16), varint number, chain a (32), signature a (64), chain b (32), signature b
Bytes encode_head(const SignedHead& head);
Result<SignedHead> decode_head(ByteSpan bytes);
Bytes encode_fork(const ForkProof& proof);
Result<ForkProof> decode_fork(ByteSpan bytes);

}  // namespace plenary::log
