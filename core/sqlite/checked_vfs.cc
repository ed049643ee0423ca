#include "core/sqlite/checked_vfs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>

#include "core/sqlite/checked_file.h"
#include "core/sqlite/log_layout.h"

namespace plenary::sqlite {
namespace internal {
namespace {

// In the header of a database: how many bytes at the end of each page SQLite leaves free.
constexpr std::size_t kReserveAt = 20;
// Before that, in big-endian: how large pages are; 1 stands for the greatest size.
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kPageSizeMin = 512, kPageSizeMax = 65536;
constexpr std::size_t kHeader = 100;

bool is_page(std::size_t size, sqlite3_int64 offset) {
  return size >= kPageSizeMin && std::has_single_bit(size) && offset % static_cast<sqlite3_int64>(size) == 0;
}

std::uint64_t number_of(std::size_t size, sqlite3_int64 offset) {
  return static_cast<std::uint64_t>(offset) / size + 1;
}

bool is_blank(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

// Of a damaged header, any size that a page may have: the page will not hold.
std::size_t page_size_of(std::span<const std::byte, kHeader> header) {
  const auto high = std::to_integer<std::size_t>(header[kPageSizeAt]);
  const auto low = std::to_integer<std::size_t>(header[kPageSizeAt + 1]);
  const std::size_t size = low == 1 ? kPageSizeMax : high << 8;
  return std::has_single_bit(size) && size >= kPageSizeMin ? size : kPageSizeMin;
}

}  // namespace

int CheckedFile::read(std::span<std::byte> out, sqlite3_int64 offset) {
  if (!is_page(out.size(), offset)) return read_part(out, offset);
  const int code = read_beneath(out, offset);
  return code == SQLITE_OK ? check_page(out, offset) : code;
}

int CheckedFile::check_page(std::span<std::byte> page, sqlite3_int64 offset) const {
  const auto content = page.first(page.size() - kCheckedReserve), reserve = page.last(kCheckedReserve);
  const std::uint64_t kept = load_u64(reserve.data());
  const bool holds = kept != 0 ? kept == check_(number_of(page.size(), offset), content) : !is_blank(content);
  // Where less is reserved, or more, what stands at the end of a page is no checksum.
  const bool has_room = offset != 0 || page[kReserveAt] == std::byte{kCheckedReserve};
  std::ranges::fill(holds && has_room ? reserve : page, std::byte{0});
  return holds && has_room ? SQLITE_OK : SQLITE_IOERR_DATA;
}

// Of overflow pages SQLite may read the content alone, past its cache.
int CheckedFile::read_part(std::span<std::byte> out, sqlite3_int64 offset) {
  if (offset < static_cast<sqlite3_int64>(kHeader)) return read_beneath(out, offset);
  std::array<std::byte, kHeader> header;
  if (const int code = read_beneath(header, 0); code != SQLITE_OK) return code;
  const std::size_t size = page_size_of(header);
  const auto within = static_cast<std::size_t>(offset) % size;
  if (within + out.size() > size) return SQLITE_IOERR_READ;
  page_.resize(size);
  const sqlite3_int64 begin = offset - static_cast<sqlite3_int64>(within);
  int code = read_beneath(page_, begin);
  if (code == SQLITE_OK) code = check_page(page_, begin);
  std::copy_n(page_.begin() + static_cast<std::ptrdiff_t>(within), out.size(), out.begin());
  return code;
}

int CheckedFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  if (!is_page(data.size(), offset) || !is_blank(data.last(kCheckedReserve))) return SQLITE_IOERR_WRITE;
  page_.assign(data.begin(), data.end());
  const std::span<std::byte> page(page_);
  store_u64(page.last(kCheckedReserve).data(),
            check_(number_of(page.size(), offset), page.first(page.size() - kCheckedReserve)));
  return write_beneath(page, offset);
}

}  // namespace internal

CheckedVfs::CheckedVfs(PageCheck check, const std::string& beneath, Unchecked unchecked)
    : LayeredVfs("checked", beneath), check_(check), unchecked_(unchecked) {}

bool CheckedVfs::accepts(const char*, int) const {
  return true;
}

std::unique_ptr<internal::LayeredFile> CheckedVfs::layer(const char* path, int flags, sqlite3_file& beneath) {
  const bool passes = (flags & SQLITE_OPEN_MAIN_DB) == 0 || path == nullptr ||
                      (unchecked_ == Unchecked::accepted && lacks_checks(path));
  if (passes) return std::make_unique<internal::LayeredFile>(beneath);
  return std::make_unique<internal::CheckedFile>(beneath, check_);
}

bool lacks_checks(const std::filesystem::path& database) {
  std::ifstream file(database, std::ios::binary);
  char reserve = 0;
  return file.seekg(internal::kReserveAt).get(reserve) && reserve != static_cast<char>(kCheckedReserve);
}

}  // namespace plenary::sqlite
