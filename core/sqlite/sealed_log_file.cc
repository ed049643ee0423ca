#include <algorithm>

#include "core/sqlite/sealed_file.h"

namespace plenary::sqlite::internal {

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
  const int code = at + out.size() <= kLogHeader ? read_log_header(out, offset) : read_part(out, at);
  // A commit whose checksums could not be read again will not be synced.
  if (code != SQLITE_OK) committed_ = durable_;
  return code;
}

// With the header SQLite begins to read a log that a program left behind.
int SealedLogFile::read_log_header(std::span<std::byte> out, sqlite3_int64 offset) {
  if (!has_written_ && !is_checked_) {
    const int code = check_left_behind();
    if (code != SQLITE_OK) return code;
    is_checked_ = true;
  }
  return read_beneath(out, offset);
}

int SealedLogFile::read_part(std::span<std::byte> out, std::uint64_t at) {
  if (at < kLogHeader) return SQLITE_IOERR_READ;
  if (const int code = learn_salts(); code != SQLITE_OK) return code;
  const std::uint64_t frame = (at - kLogHeader) / kFrame + 1;
  const std::size_t within = (at - kLogHeader) % kFrame;
  if (within == 0 && out.size() == kFrame) return read_frame(frame, out);
  if (within == kFrameHeader && out.size() == kSealedPageSize) return read_page(frame, out);
  if (within + out.size() <= kFrameHeader) return read_frame_header(frame, within, out);
  return SQLITE_IOERR_READ;
}

// SQLite reads whole frames when it opens a log that a program left behind, and expects some that do not hold: a
// transaction that was being written when the power went, or older frames under newer ones. Such a frame is shown with
// wrong salts, by which SQLite knows the end of the log; check_left_behind() has seen to it that nothing durable is
// lost by that. Once this connection has written, a frame that does not hold is damage.
int SealedLogFile::read_frame(std::uint64_t frame, std::span<std::byte> out) {
  const auto offset = static_cast<sqlite3_int64>(frame_offset(frame));
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
  const auto offset = static_cast<sqlite3_int64>(frame_offset(frame));
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
  const int code = read_beneath(header, static_cast<sqlite3_int64>(frame_offset(frame)));
  if (code == SQLITE_OK) {
    const PagePlace place = place_of(frame, header);
    store_u64(header.data() + kChecksumAt, cipher_->reveal(place, load_u64(header.data() + kChecksumAt)));
  }
  std::copy_n(header.begin() + static_cast<std::ptrdiff_t>(within), out.size(), out.begin());
  return code;
}

int SealedLogFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  const auto at = static_cast<std::uint64_t>(offset);
  const int code = at + data.size() <= kLogHeader ? write_log_header(data, offset) : write_part(data, at);
  // A commit that was not written whole will not be synced.
  if (code != SQLITE_OK) committed_ = durable_;
  return code;
}

// The log begins anew.
int SealedLogFile::write_log_header(std::span<const std::byte> data, sqlite3_int64 offset) {
  header_frame_ = 0;
  knows_salts_ = false;
  committed_ = durable_ = 0;
  return write_beneath(data, offset);
}

int SealedLogFile::write_part(std::span<const std::byte> data, std::uint64_t at) {
  if (at < kLogHeader) return SQLITE_IOERR_WRITE;
  if (const int code = learn_salts(); code != SQLITE_OK) return code;
  const std::uint64_t frame = (at - kLogHeader) / kFrame + 1;
  const std::size_t within = (at - kLogHeader) % kFrame;
  has_written_ = true;
  if (within == 0 && data.size() == kFrameHeader) return write_frame_header(frame, data);
  if (within == kFrameHeader && data.size() == kSealedPageSize) return write_page(frame, PlainPage(data));
  return SQLITE_IOERR_WRITE;
}

int SealedLogFile::write_frame_header(std::uint64_t frame, std::span<const std::byte> header) {
  std::copy(header.begin(), header.end(), header_.begin());
  const bool ends_commit = std::any_of(header_.begin() + kCommitAt, header_.begin() + kSaltAt,
                                       [](std::byte byte) { return byte != std::byte{0}; });
  // The header of a commit's last frame is the last that is written before the sync.
  committed_ = ends_commit ? static_cast<std::uint32_t>(frame) : durable_;
  const PagePlace place = place_of(frame, header_);
  store_u64(header_.data() + kChecksumAt, cipher_->hide(place, load_u64(header_.data() + kChecksumAt)));
  const int code = write_beneath(header_, static_cast<sqlite3_int64>(frame_offset(frame)));
  header_frame_ = code == SQLITE_OK ? frame : 0;
  return code;
}

// A page that is written a second time in one transaction replaces the first, without its header.
int SealedLogFile::write_page(std::uint64_t frame, PlainPage plain) {
  if (!reserves_room(plain)) return SQLITE_IOERR_WRITE;
  const auto offset = static_cast<sqlite3_int64>(frame_offset(frame));
  if (header_frame_ != frame) {
    header_frame_ = 0;
    if (const int code = read_beneath(header_, offset); code != SQLITE_OK) return SQLITE_IOERR_WRITE;
    header_frame_ = frame;
  }
  const PageBuffer sealed(sealed_.data() + kFrameHeader, kSealedPageSize);
  cipher_->seal(place_of(frame, header_), plain, durable_, sealed);
  return write_beneath(sealed, offset + static_cast<sqlite3_int64>(kFrameHeader));
}

int SealedLogFile::sync(int flags) {
  const int code = SealedFile::sync(flags);
  if (code != SQLITE_OK) {
    committed_ = durable_;
  } else if (committed_ > durable_) {
    durable_ = committed_;
    write_receipt();
  }
  return code;
}

// After the first commit of a log that began anew SQLite cuts off what is left of the one before.
int SealedLogFile::truncate(sqlite3_int64 size) {
  const int code = SealedFile::truncate(size);
  const auto end = static_cast<sqlite3_int64>(frame_offset(durable_ + 1));
  if (code != SQLITE_OK || durable_ == 0 || size > end) return code;
  if (size < end) {
    committed_ = durable_ = 0;
  } else {
    write_receipt();
  }
  return code;
}

}  // namespace plenary::sqlite::internal
