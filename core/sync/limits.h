// Limits of the protocol (architecture.md D15; docs/protocol/sync.md, "Limits"). Both sides enforce them; past one
// there is an error that names it. Sizes in bytes, times in milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/log/limits.h"

namespace plenary::sync {

inline constexpr std::size_t kMaxFrame = 65'535;          // one Noise message
inline constexpr std::size_t kMaxHandshakeFrame = 1'024;  // while nobody is authenticated yet
inline constexpr std::size_t kMaxItem = log::kMaxSegmentSealed + log::kMaxEnvelopeBytes + 16;  // one item
// The smallest roster record, segment or notice has more. So an item costs whoever sends it at least this much credit.
inline constexpr std::size_t kMinItem = 64;
inline constexpr std::size_t kMaxPassedOver = 1'024;          // messages of a newer version on one connection
inline constexpr std::size_t kMaxItems = 1'024;               // in one message
inline constexpr std::size_t kMaxMessage = kMaxItem + 4'096;  // one message, after its frames are put together
inline constexpr std::size_t kMaxControlMessage = 8u << 20;   // any message that is not Items
inline constexpr std::size_t kItemsMessage = 48u << 10;       // items are gathered into messages of about this size
inline constexpr std::size_t kMaxSpaces = 1'024;              // opened on one connection
inline constexpr std::size_t kMaxRosterRecords = 50'000;      // of one space
inline constexpr std::size_t kMaxHeads = 65'535;              // of one frontier
inline constexpr std::size_t kMaxHubHeads = 32'000;           // of one space at a hub, so that a Want can name them all
inline constexpr std::size_t kMaxNotices = 20'000;            // claims, statuses and proofs of one space
inline constexpr std::size_t kMaxBranches = 16;               // of one log, at a hub
inline constexpr std::size_t kMaxLogsOfAuthor = 256;          // at a hub
inline constexpr std::size_t kMaxUngrantedLogs = 256;         // of authors whom nobody granted, of a space at a hub
inline constexpr std::size_t kMaxWantedHeads = 64;            // of one log in one Want
inline constexpr std::size_t kMaxForksOfAuthor = 64;          // proofs kept
inline constexpr std::size_t kMaxHubForks = 64;               // proofs kept of one space; a device: of each of its hubs
inline constexpr std::size_t kMaxClaimsPerInvitation = 4;     // kept
inline constexpr std::size_t kMaxUnknownClaims = 64;          // kept, of invitations that the roster does not know
inline constexpr std::size_t kMaxLinks = 65'536;              // hub head links in one message
inline constexpr std::size_t kMaxSurveyed = 1'024;            // logs in one survey
inline constexpr std::size_t kMaxErrorText = 1'024;
inline constexpr std::size_t kMaxProgramText = 64;
// Before the device is a member of a space that is open: a stranger cannot make a hub hold more than a roster record.
inline constexpr std::size_t kMaxEarlyMessage = 5u << 18;

inline constexpr std::int64_t kHandshakeTimeoutMs = 10'000;  // from connection to authenticated
inline constexpr std::int64_t kFrameTimeoutMs = 30'000;      // from the first byte of a frame to its last
inline constexpr std::int64_t kPingAfterMs = 60'000;         // a device says that it is alive
inline constexpr std::int64_t kIdleTimeoutMs = 150'000;      // silence after which either side gives up
inline constexpr std::int64_t kStatusIntervalMs = 2'000;     // between two statuses of a device on one connection

// Credit: how many bytes of items each side lets the other send before it has stored them.
inline constexpr std::uint64_t kHubWindow = 1u << 20;
inline constexpr std::uint64_t kDeviceWindow = 4u << 20;
// Items that a device may have sent and that the hub has not stored yet; so many can be refused at once.
inline constexpr std::size_t kMaxUncommitted = kHubWindow / kMinItem;
// How many bytes a session makes ready at a time; more follow when the driver says that these were written.
inline constexpr std::size_t kOutboxTarget = 64u << 10;

}  // namespace plenary::sync
