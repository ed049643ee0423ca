// Limits of the log's formats (architecture.md D15). Writers keep them when editing; readers refuse what exceeds them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::log {

inline constexpr std::uint32_t kMaxOperations = 65'535;          // of one change
inline constexpr std::uint32_t kMaxSeenHeads = 65'535;           // of one change's header
inline constexpr std::size_t kMaxChangeLogs = 1'024;             // other logs that one change's operations name
inline constexpr std::size_t kMaxValueBytes = 1u << 20;          // one value
inline constexpr std::size_t kMaxChangeValueBytes = 4u << 20;    // all values of one change
inline constexpr std::size_t kMaxSkeletonBytes = 8u << 20;       // one change's operations without values
inline constexpr std::size_t kMaxUnknownBytes = 1u << 20;        // of these, in operations of newer versions
inline constexpr std::size_t kMaxExtensionBytes = 64u << 10;     // what newer versions add to a header
inline constexpr std::uint32_t kMaxSegmentChanges = 65'536;      // changes in one segment
inline constexpr std::size_t kMaxSegmentOperations = 262'144;    // operations, targets and ranges in one segment
inline constexpr std::size_t kMaxSegmentValueBytes = 24u << 20;  // all values in one segment
inline constexpr std::size_t kMaxSegmentPlaintext = 32u << 20;   // one segment, opened and decompressed
inline constexpr std::size_t kMaxSegmentSealed = 16u << 20;      // one segment's sealed bytes
inline constexpr std::size_t kMaxEnvelopeBytes = 512;            // one segment's clear part

}  // namespace plenary::log
