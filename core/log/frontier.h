// Frontiers: their hash, their difference, and how they are written in change headers and statuses.
// Source: architecture.md D2, D9; docs/protocol/formats.md, "Frontiers".
#pragma once

#include "core/base/byte_codec.h"
#include "core/log/change.h"

namespace plenary::log {

using FrontierHash = FixedId<struct FrontierHashTag, 32>;

// BLAKE2b-32, domain "plenary frontier", over u64 count and each head (log, u64 number, chain). The frontier is
// sorted and without repetition (CHECKed).
FrontierHash hash_frontier(const SpaceId& space, const Frontier& frontier);

// What a header cites: for each log whose heads in `now` differ from those in `before`, all its heads in `now`.
// Logs never leave a frontier.
std::vector<Head> frontier_difference(const Frontier& before, const Frontier& now);
// The frontier after a change that cites `difference`.
Frontier apply_difference(const Frontier& before, const std::vector<Head>& difference);

//   frontier = varint count of logs, per log ascending: log (16), varint count of heads (1 or more), per head
//              ascending: varint number (1 or more), chain (32)
void write_frontier(ByteWriter& writer, const Frontier& frontier);
// Invalidates the reader when the bytes are not the canonical form, or hold more than `max_heads`.
Frontier read_frontier(ByteReader& reader, std::size_t max_heads);

}  // namespace plenary::log
