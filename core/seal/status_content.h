// What a status says, and its bytes before they are sealed. Source: architecture.md D9, D12; docs/protocol/formats.md,
// "Statuses"; proto/log.proto, StatusContent.
#pragma once

#include "core/log/frontier.h"

namespace plenary::seal {

inline constexpr std::size_t kMaxStatusHeads = 4'096;  // of the frontier that a status names

// A digest at a position (a hash of frontier, roster tip, void erasures and schema version), to be compared with
// another device's at the same position.
struct PositionDigest {
  Digest position;
  Digest digest;
  friend bool operator==(const PositionDigest&, const PositionDigest&) = default;
};

struct StatusContent {
  std::int64_t time_ms = 0;  // device's wall clock
  log::Frontier frontier;    // as cut_frontier leaves it
  RosterHash roster;         // tip
  std::uint32_t schema = 1;
  std::vector<PositionDigest> digests;  // recent ones, newest first, at most 64
  Bytes hub_head;                       // the newest signed hub head that the device holds (sync's own format)
  std::uint64_t unsent_changes = 0;
  // Set when the owner sealed the day: how many records of the counted kind the device wrote in it, and since when.
  std::optional<std::uint64_t> notes_sealed;
  std::int64_t day_start_ms = 0;
  std::string program;  // name and version, for support; at most 64 bytes
  friend bool operator==(const StatusContent&, const StatusContent&) = default;
};

// A member may have written more logs than a status names: the heads that fit say enough to notice what is withheld.
log::Frontier cut_frontier(log::Frontier frontier);

Bytes encode_status_content(const StatusContent& content);
// malformed: too much of something, or what is no such message.
Result<StatusContent> decode_status_content(ByteSpan bytes);

}  // namespace plenary::seal
