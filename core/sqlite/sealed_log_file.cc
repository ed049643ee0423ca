#include <algorithm>
#include <bit>
#include <cstring>

#include "core/sqlite/sealed_file.h"

namespace plenary::sqlite::internal {
namespace {

constexpr std::size_t kSaltAt = 8, kChecksumAt = 16, kLogSaltAt = 16;

std::uint64_t load_u64(const std::byte* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

void store_u64(std::byte* bytes, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  std::memcpy(bytes, &value, sizeof value);
}

}  // namespace

SealedLogFile::SealedLogFile(sqlite3_file& beneath, std::unique_ptr<PageCipher> cipher)
    : SealedFile(beneath), cipher_(std::move(cipher)) {}

// Frames have the log's salts too, but not while SQLite is about to compute their checksums again.
PagePlace SealedLogFile::place_of(std::uint64_t frame, std::span<const std::byte> header) const {
  PagePlace place{PageHome::log, frame, {}};
  std::copy_n(header.begin(), kSaltAt, place.frame.begin());
  std::copy(salts_.begin(), salts_.end(), place.frame.begin() + kSaltAt);
  return place;
}

int SealedLogFile::learn_salts() {
  if (knows_salts_) return SQLITE_OK;
  const int code = read_beneath(salts_, kLogSaltAt);
  knows_salts_ = code == SQLITE_OK;
  return code;
}

int SealedLogFile::read(std::span<std::byte> out, sqlite3_int64 offset) {
  const auto at = static_cast<std::uint64_t>(offset);
  if (at + out.size() <= kHeader) return read_beneath(out, offset);
  if (at < kHeader) return SQLITE_IOERR_READ;
  if (const int code = learn_salts(); code != SQLITE_OK) return code;
  const std::uint64_t frame = (at - kHeader) / kFrame + 1;
  const std::size_t within = (at - kHeader) % kFrame;
  if (within == 0 && out.size() == kFrame) return read_frame(frame, out);
  if (within == kFrameHeader && out.size() == kSealedPageSize) return read_page(frame, out);
  if (within + out.size() <= kFrameHeader) return read_frame_header(frame, within, out);
  return SQLITE_IOERR_READ;
}

// SQLite reads whole frames when it opens a log that a program left behind, and expects some that do not hold: a
// transaction that was being written when the power went, or older frames under newer ones. Such a frame is shown with
// wrong salts, by which SQLite knows the end of the log. Once this connection has written, a frame that does not hold
// is damage.
int SealedLogFile::read_frame(std::uint64_t frame, std::span<std::byte> out) {
  const auto offset = static_cast<sqlite3_int64>(kHeader + (frame - 1) * kFrame);
  if (const int code = read_beneath(sealed_, offset); code != SQLITE_OK) {
    std::fill(out.begin(), out.end(), std::byte{0});
    return code;
  }
  const std::span<const std::byte, kFrameHeader> header(sealed_.data(), kFrameHeader);
  const PagePlace place = place_of(frame, header);
  const PlainPage sealed_page(sealed_.data() + kFrameHeader, kSealedPageSize);
  const bool holds = cipher_->open(place, sealed_page, PageBuffer(out.data() + kFrameHeader, kSealedPageSize));
  std::copy(header.begin(), header.end(), out.begin());
  store_u64(out.data() + kChecksumAt, cipher_->reveal(place, load_u64(header.data() + kChecksumAt)));
  if (holds) return SQLITE_OK;
  if (has_written_) return SQLITE_IOERR_DATA;
  for (std::size_t i = kSaltAt; i < kChecksumAt; ++i) out[i] = ~header[i];
  return SQLITE_OK;
}

int SealedLogFile::read_page(std::uint64_t frame, std::span<std::byte> out) {
  const auto offset = static_cast<sqlite3_int64>(kHeader + (frame - 1) * kFrame);
  const PageBuffer plain(out);
  if (const int code = read_beneath(sealed_, offset); code != SQLITE_OK) {
    std::fill(out.begin(), out.end(), std::byte{0});
    return code == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : code;
  }
  const PagePlace place = place_of(frame, std::span(sealed_).first<kFrameHeader>());
  const PlainPage sealed_page(sealed_.data() + kFrameHeader, kSealedPageSize);
  return cipher_->open(place, sealed_page, plain) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int SealedLogFile::read_frame_header(std::uint64_t frame, std::size_t within, std::span<std::byte> out) {
  FrameHeader header{};
  const int code = read_beneath(header, static_cast<sqlite3_int64>(kHeader + (frame - 1) * kFrame));
  if (code == SQLITE_OK) {
    const PagePlace place = place_of(frame, header);
    store_u64(header.data() + kChecksumAt, cipher_->reveal(place, load_u64(header.data() + kChecksumAt)));
  }
  std::copy_n(header.begin() + static_cast<std::ptrdiff_t>(within), out.size(), out.begin());
  return code;
}

int SealedLogFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  const auto at = static_cast<std::uint64_t>(offset);
  if (at + data.size() <= kHeader) {
    header_frame_ = 0;
    knows_salts_ = false;
    return write_beneath(data, offset);
  }
  if (at < kHeader) return SQLITE_IOERR_WRITE;
  if (const int code = learn_salts(); code != SQLITE_OK) return code;
  const std::uint64_t frame = (at - kHeader) / kFrame + 1;
  const std::size_t within = (at - kHeader) % kFrame;
  has_written_ = true;
  if (within == 0 && data.size() == kFrameHeader) return write_frame_header(frame, data);
  if (within == kFrameHeader && data.size() == kSealedPageSize) return write_page(frame, PlainPage(data));
  return SQLITE_IOERR_WRITE;
}

int SealedLogFile::write_frame_header(std::uint64_t frame, std::span<const std::byte> header) {
  std::copy(header.begin(), header.end(), header_.begin());
  const PagePlace place = place_of(frame, header_);
  store_u64(header_.data() + kChecksumAt, cipher_->hide(place, load_u64(header_.data() + kChecksumAt)));
  const int code = write_beneath(header_, static_cast<sqlite3_int64>(kHeader + (frame - 1) * kFrame));
  header_frame_ = code == SQLITE_OK ? frame : 0;
  return code;
}

// A page that is written a second time in one transaction replaces the first, without its header.
int SealedLogFile::write_page(std::uint64_t frame, PlainPage plain) {
  if (!reserves_room(plain)) return SQLITE_IOERR_WRITE;
  const auto offset = static_cast<sqlite3_int64>(kHeader + (frame - 1) * kFrame);
  if (header_frame_ != frame) {
    header_frame_ = 0;
    if (const int code = read_beneath(header_, offset); code != SQLITE_OK) return SQLITE_IOERR_WRITE;
    header_frame_ = frame;
  }
  const PageBuffer sealed(sealed_.data() + kFrameHeader, kSealedPageSize);
  cipher_->seal(place_of(frame, header_), plain, sealed);
  return write_beneath(sealed, offset + static_cast<sqlite3_int64>(kFrameHeader));
}

}  // namespace plenary::sqlite::internal
