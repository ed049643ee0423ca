#include "core/sqlite/layered_file.h"

namespace plenary::sqlite::internal {

int LayeredFile::read_beneath(std::span<std::byte> out, sqlite3_int64 offset) const {
  return beneath_.pMethods->xRead(&beneath_, out.data(), static_cast<int>(out.size()), offset);
}
int LayeredFile::write_beneath(std::span<const std::byte> data, sqlite3_int64 offset) const {
  return beneath_.pMethods->xWrite(&beneath_, data.data(), static_cast<int>(data.size()), offset);
}
int LayeredFile::size(sqlite3_int64& size) const {
  return beneath_.pMethods->xFileSize(&beneath_, &size);
}

int LayeredFile::read(std::span<std::byte> out, sqlite3_int64 offset) {
  return read_beneath(out, offset);
}
int LayeredFile::write(std::span<const std::byte> data, sqlite3_int64 offset) {
  return write_beneath(data, offset);
}
int LayeredFile::sync(int flags) {
  return beneath_.pMethods->xSync(&beneath_, flags);
}
int LayeredFile::truncate(sqlite3_int64 size) {
  return beneath_.pMethods->xTruncate(&beneath_, size);
}
bool LayeredFile::shares_memory() const {
  return beneath_.pMethods->iVersion >= 2 && beneath_.pMethods->xShmMap != nullptr;
}

}  // namespace plenary::sqlite::internal
