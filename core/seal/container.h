// The day-end file and its receipt: one encrypted file that carries what another copy of the space may lack, where
// there is no network at all. Source: architecture.md D8; docs/protocol/formats.md, "Day-end files".
//
// The file shows nobody which space it belongs to: it begins with a random salt and a hint that only holders of the
// space's key can recognise. A cut-off, a changed and a foreign file are told apart.
#pragma once

#include "core/log/segment.h"
#include "core/roster/claim.h"
#include "core/roster/status.h"
#include "core/seal/keyring.h"

namespace plenary::seal {

inline constexpr std::size_t kMaxContainerBytes = 512u << 20;

using ContainerHash = FixedId<struct ContainerHashTag, 32>;

// Out: everything that the reader needs to be as far as the writer. All are in their encoded, signed forms; the reader
// verifies each as if the hub had sent it.
struct DayEnd {
  SpaceId space;
  std::vector<roster::SignedRecord> roster;  // in roster order
  std::vector<Bytes> segments;               // log::encode_segment, per log in ascending order
  std::vector<Bytes> fork_proofs;            // log::encode_fork
  std::vector<roster::SignedClaim> claims;
  std::vector<roster::Status> statuses;
  friend bool operator==(const DayEnd&, const DayEnd&) = default;
};

// Back: what the reader of a day-end file now holds. Signed by the reader's device.
struct Receipt {
  SpaceId space;
  ContainerHash file;  // of the day-end file that it answers
  DeviceKey device;    // who took it in
  std::int64_t time_ms = 0;
  log::Frontier frontier;  // after taking it in
  RosterHash roster;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

Bytes write_day_end(const SpaceKey& key, const DayEnd& content, Environment& environment);
Bytes write_receipt(const SpaceKey& key, const Receipt& content, const crypto::SigningKey& device,
                    Environment& environment);

using ContainerContent = std::variant<DayEnd, Receipt>;

// Tries the keys of every space in `rings`. Errors, each with its own words: not_found (a foreign file: of no space of
// ours, or under a key that we lack), malformed (no Plenary file; cut off; changed), unsupported (of a newer version),
// limit_exceeded. A receipt's signature is verified. Nothing is returned unless the whole file is authentic.
Result<ContainerContent> read_container(std::span<const KeyRing* const> rings, ByteSpan file);

// Names a file, in receipts: BLAKE2b-32, domain "plenary container file", over its bytes.
ContainerHash hash_container(ByteSpan file);

}  // namespace plenary::seal
