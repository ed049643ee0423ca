// How SQLite's write-ahead log is laid out: a header of 32 bytes, then frames, each a header of 24 bytes and a page.
// Source: sqlite.org/fileformat2.html, section 4. Private to this folder.
#pragma once

#include <bit>
#include <cstring>
#include <span>

#include "core/sqlite/page_cipher.h"

namespace plenary::sqlite::internal {

inline constexpr std::size_t kLogHeader = 32, kFrameHeader = 24, kFrame = kFrameHeader + kSealedPageSize;
// In the log's header.
inline constexpr std::size_t kLogSaltAt = 16, kLogChecksumAt = 24;
// In a frame's header: page number, size after commit, salts, checksum.
inline constexpr std::size_t kCommitAt = 4, kSaltAt = 8, kChecksumAt = 16;

using LogHeader = std::array<std::byte, kLogHeader>;
using FrameHeader = std::array<std::byte, kFrameHeader>;
using Salts = std::array<std::byte, 8>;

// Counted from 1.
inline constexpr std::uint64_t frame_offset(std::uint64_t frame) {
  return kLogHeader + (frame - 1) * kFrame;
}

inline std::uint64_t load_u64(const std::byte* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

inline void store_u64(std::byte* bytes, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  std::memcpy(bytes, &value, sizeof value);
}

}  // namespace plenary::sqlite::internal
