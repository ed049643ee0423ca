// What a device says of itself to the other members: sealed and signed, one per device, outside the log.
// Source: architecture.md D9, D12; docs/protocol/formats.md, "Statuses".
#pragma once

#include "core/roster/status.h"
#include "core/seal/keyring.h"
#include "core/seal/status_content.h"

namespace plenary::seal {

// Seals and signs; `number` is greater than in any earlier status of this device in this space.
roster::Status seal_status(const SpaceKey& key, const SpaceId& space, const crypto::SigningKey& device,
                           std::uint64_t number, const StatusContent& content, Environment& environment);
// The signature has been verified (roster::verify_status). not_found, refused, malformed as for segments.
Result<StatusContent> open_status(const KeyRing& keys, const roster::Status& status);

}  // namespace plenary::seal
