// What a program left in a write-ahead log: torn by a power cut, which is nothing, or damaged, which is an error.
#include <algorithm>

#include "core/sqlite/sealed_file.h"

namespace plenary::sqlite::internal {

// SQLite's: each is of what came before it, too.
class LogChecksum {
 public:
  explicit LogChecksum(std::endian order) : order_(order) {}

  void add(std::span<const std::byte> bytes);
  // Whether it stands there.
  bool is(const std::byte* there) const;
  static std::uint32_t load(const std::byte* bytes, std::endian order);

 private:
  std::endian order_;
  std::uint32_t first_ = 0, second_ = 0;
};

void LogChecksum::add(std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    first_ += load(bytes.data() + at, order_) + second_;
    second_ += load(bytes.data() + at + 4, order_) + first_;
  }
}

bool LogChecksum::is(const std::byte* there) const {
  return load(there, std::endian::big) == first_ && load(there + 4, std::endian::big) == second_;
}

std::uint32_t LogChecksum::load(const std::byte* bytes, std::endian order) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return order == std::endian::native ? value : __builtin_bswap32(value);
}

// What is known of a log while its frames are read.
struct SealedLogFile::LeftBehind {
  bool header_holds;
  LogChecksum checksum;
  std::uint64_t whole = 0;    // so many frames will SQLite take for the log
  std::uint64_t durable = 0;  // so many were durable
};

namespace {

constexpr std::uint32_t kLogMagic = 0x377f0682;  // its lowest bit: checksums are of big-endian words

// No frame is of page 0, so that this is the place of nothing else.
PagePlace receipt_place(std::uint64_t frame, const Salts& salts) {
  PagePlace place{PageHome::log, frame, {}};
  std::copy(salts.begin(), salts.end(), place.frame.begin() + kSaltAt);
  return place;
}

}  // namespace

void SealedLogFile::write_receipt() {
  if (learn_salts() != SQLITE_OK) return;
  std::array<std::byte, 8> hidden;
  store_u64(hidden.data(), cipher_->hide(receipt_place(durable_ + 1, salts_), durable_));
  static_cast<void>(write_beneath(hidden, static_cast<sqlite3_int64>(frame_offset(durable_ + 1))));
}

int SealedLogFile::check_left_behind() {
  sqlite3_int64 end = 0;
  if (const int code = size(end); code != SQLITE_OK) return code;
  const auto file_size = static_cast<std::uint64_t>(end);
  if (file_size < kLogHeader) return SQLITE_OK;
  LogHeader header{};
  if (const int code = read_beneath(header, 0); code != SQLITE_OK) return code;
  std::copy_n(header.begin() + kLogSaltAt, salts_.size(), salts_.begin());
  knows_salts_ = false;
  const std::uint32_t magic = LogChecksum::load(header.data(), std::endian::big);
  LeftBehind log{false, LogChecksum((magic & 1) != 0 ? std::endian::big : std::endian::little)};
  log.checksum.add(std::span(header).first<kLogChecksumAt>());
  log.header_holds = (magic & ~1u) == kLogMagic && log.checksum.is(header.data() + kLogChecksumAt);

  for (std::uint64_t frame = 1; frame_offset(frame) + sizeof(std::uint64_t) <= file_size; ++frame) {
    const auto offset = frame_offset(frame);
    const auto there = std::span(sealed_).first(std::min<std::uint64_t>(kFrame, file_size - offset));
    if (const int code = read_beneath(there, static_cast<sqlite3_int64>(offset)); code != SQLITE_OK) return code;
    look_at(frame, there, log);
    if (log.durable > log.whole) return SQLITE_IOERR_CORRUPTFS;
  }
  return SQLITE_OK;
}

void SealedLogFile::look_at(std::uint64_t frame, std::span<const std::byte> there, LeftBehind& log) {
  if (cipher_->reveal(receipt_place(frame, salts_), load_u64(there.data())) == frame - 1)
    log.durable = std::max(log.durable, frame - 1);
  if (there.size() < kFrame) return;
  const auto header = there.first<kFrameHeader>();
  const PlainPage page(there.subspan<kFrameHeader, kSealedPageSize>());
  const auto own_salts = header.subspan<kSaltAt, std::tuple_size_v<Salts>>();
  // Under a log header that does not hold, the frames themselves say which log they are of.
  if (!log.header_holds) std::copy(own_salts.begin(), own_salts.end(), salts_.begin());
  const PagePlace place = place_of(frame, header);
  std::array<std::byte, kSealedPageSize> plain;
  if (!cipher_->open(place, page, plain)) return;
  log.durable = std::max<std::uint64_t>(log.durable, cipher_->remark(page));
  if (!log.header_holds || log.whole + 1 != frame || !std::ranges::equal(own_salts, salts_)) return;
  log.checksum.add(header.first<kSaltAt>());
  log.checksum.add(plain);
  std::array<std::byte, 8> revealed;
  store_u64(revealed.data(), cipher_->reveal(place, load_u64(header.data() + kChecksumAt)));
  if (log.checksum.is(revealed.data())) log.whole = frame;
}

}  // namespace plenary::sqlite::internal
