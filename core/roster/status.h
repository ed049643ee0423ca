// The clear part of a device's status: signed by the device, one per device, the one with the greatest number kept.
// What it says (frontier, digest, unsent, counts) is sealed: seal/status_seal.h.
// Source: architecture.md D9, D12; docs/protocol/formats.md, "Statuses".
//
//   status = u8 version (1), space (32), device (32), varint number, key id (32), blob sealed, signature (64)
// Signature: by the device, domain "plenary status", over everything before it.
#pragma once

#include "core/roster/codec.h"

namespace plenary::roster {

inline constexpr std::size_t kMaxStatusBytes = 256u << 10;

struct Status {
  SpaceId space;
  DeviceKey device;
  std::uint64_t number = 0;  // greater for each later status of the device
  KeyId key;                 // what the contents are sealed under
  Bytes sealed;
  Signature signature;
  friend bool operator==(const Status&, const Status&) = default;
};

void sign_status(Status& status, const crypto::SigningKey& device);
Result<void> verify_status(const Status& status);

Bytes encode_status(const Status& status);
Result<Status> decode_status(ByteSpan bytes);

}  // namespace plenary::roster
