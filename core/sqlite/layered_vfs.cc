#include "core/sqlite/layered_vfs.h"

#include <atomic>
#include <exception>
#include <new>
#include <stdexcept>

#include "core/sqlite/layered_file.h"

namespace plenary::sqlite {
namespace {

using internal::LayeredFile;

// What SQLite allocates for an open file: this, and then room for the file of the VFS beneath.
struct OpenFile {
  sqlite3_file base;
  LayeredFile* file;
};
static_assert(sizeof(OpenFile) % 8 == 0);

LayeredFile& in(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file)->file;
}
sqlite3_file& beneath(sqlite3_file* file) {
  return in(file).beneath();
}

int close(sqlite3_file* file) {
  const std::unique_ptr<LayeredFile> layer(reinterpret_cast<OpenFile*>(file)->file);
  file->pMethods = nullptr;
  sqlite3_file& lower = layer->beneath();
  return lower.pMethods->xClose(&lower);
}
int read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  return in(file).read({static_cast<std::byte*>(out), static_cast<std::size_t>(amount)}, offset);
}
int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
  return in(file).write({static_cast<const std::byte*>(data), static_cast<std::size_t>(amount)}, offset);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return in(file).truncate(size);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return in(file).size(*size);
}
int sync(sqlite3_file* file, int flags) {
  return in(file).sync(flags);
}
int lock(sqlite3_file* file, int level) {
  return beneath(file).pMethods->xLock(&beneath(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return beneath(file).pMethods->xUnlock(&beneath(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* taken) {
  return beneath(file).pMethods->xCheckReservedLock(&beneath(file), taken);
}

// What would let the VFS beneath write, map or grow the file by itself is not passed on.
int file_control(sqlite3_file* file, int operation, void* argument) {
  switch (operation) {
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
    case SQLITE_FCNTL_MMAP_SIZE:
    case SQLITE_FCNTL_BEGIN_ATOMIC_WRITE:
    case SQLITE_FCNTL_COMMIT_ATOMIC_WRITE:
    case SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE:
      return SQLITE_NOTFOUND;
    default:
      return beneath(file).pMethods->xFileControl(&beneath(file), operation, argument);
  }
}

int sector_size(sqlite3_file* file) {
  return beneath(file).pMethods->xSectorSize(&beneath(file));
}

// Never torn neighbours (or SQLite would write parts of frames), and no promise that several pages are written at once.
int characteristics(sqlite3_file* file) {
  constexpr int kPassedOn = SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
  const int lower = beneath(file).pMethods->xDeviceCharacteristics(&beneath(file));
  return (lower & kPassedOn) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return beneath(file).pMethods->xShmMap(&beneath(file), region, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return beneath(file).pMethods->xShmLock(&beneath(file), offset, count, flags);
}
void order_shared(sqlite3_file* file) {
  beneath(file).pMethods->xShmBarrier(&beneath(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
  return beneath(file).pMethods->xShmUnmap(&beneath(file), remove);
}

// Version 1 has no shared memory, version 2 has, and only version 3 would map files into memory past this layer.
constexpr sqlite3_io_methods methods(int version) {
  return {.iVersion = version,
          .xClose = close,
          .xRead = read,
          .xWrite = write,
          .xTruncate = truncate,
          .xSync = sync,
          .xFileSize = file_size,
          .xLock = lock,
          .xUnlock = unlock,
          .xCheckReservedLock = check_reserved_lock,
          .xFileControl = file_control,
          .xSectorSize = sector_size,
          .xDeviceCharacteristics = characteristics,
          .xShmMap = map_shared,
          .xShmLock = lock_shared,
          .xShmBarrier = order_shared,
          .xShmUnmap = unmap_shared,
          .xFetch = nullptr,
          .xUnfetch = nullptr};
}
constexpr sqlite3_io_methods kAlone = methods(1), kSharing = methods(2);

LayeredVfs& self(sqlite3_vfs* vfs) {
  return *static_cast<LayeredVfs*>(vfs->pAppData);
}
sqlite3_vfs& lower(sqlite3_vfs* vfs) {
  return *self(vfs).beneath();
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  if (!self(vfs).accepts(path, flags)) return SQLITE_CANTOPEN;
  auto* beneath = reinterpret_cast<sqlite3_file*>(reinterpret_cast<OpenFile*>(file) + 1);
  const int code = lower(vfs).xOpen(&lower(vfs), path, beneath, flags, flags_out);
  if (code == SQLITE_OK) {
    try {
      auto layer = self(vfs).layer(path, flags, *beneath);
      file->pMethods = layer->shares_memory() ? &kSharing : &kAlone;
      reinterpret_cast<OpenFile*>(file)->file = layer.release();
      return SQLITE_OK;
    } catch (const std::exception&) {
      // The only thing that can run out here is memory.
    }
  }
  if (beneath->pMethods != nullptr) beneath->pMethods->xClose(beneath);
  return code == SQLITE_OK ? SQLITE_NOMEM : code;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  return lower(vfs).xDelete(&lower(vfs), path, sync_folder);
}
int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  return lower(vfs).xAccess(&lower(vfs), path, flags, result);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return lower(vfs).xFullPathname(&lower(vfs), path, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return lower(vfs).xRandomness(&lower(vfs), size, out);
}
int wait(sqlite3_vfs* vfs, int microseconds) {
  return lower(vfs).xSleep(&lower(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* time) {
  return lower(vfs).xCurrentTime(&lower(vfs), time);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return lower(vfs).xGetLastError == nullptr ? 0 : lower(vfs).xGetLastError(&lower(vfs), size, out);
}

}  // namespace

LayeredVfs::LayeredVfs(const std::string& kind, const std::string& beneath)
    : beneath_(sqlite3_vfs_find(beneath.empty() ? nullptr : beneath.c_str())) {
  if (beneath_ == nullptr) throw std::invalid_argument("SQLite knows no VFS called " + beneath);
  static std::atomic<unsigned> count{0};
  name_ = "plenary-" + kind + "-" + std::to_string(++count);
  auto vfs = std::make_unique<sqlite3_vfs>();
  vfs->iVersion = 1;
  vfs->szOsFile = static_cast<int>(sizeof(OpenFile)) + beneath_->szOsFile;
  vfs->mxPathname = beneath_->mxPathname;
  vfs->zName = name_.c_str();
  vfs->pAppData = this;
  vfs->xOpen = open;
  vfs->xDelete = remove;
  vfs->xAccess = access;
  vfs->xFullPathname = full_path;
  vfs->xRandomness = randomness;
  vfs->xSleep = wait;
  vfs->xCurrentTime = current_time;
  vfs->xGetLastError = last_error;
  if (sqlite3_vfs_register(vfs.get(), 0) != SQLITE_OK) throw std::bad_alloc();
  vfs_.reset(vfs.release());
}

LayeredVfs::~LayeredVfs() = default;

void LayeredVfs::Remove::operator()(sqlite3_vfs* vfs) const {
  sqlite3_vfs_unregister(vfs);
  std::default_delete<sqlite3_vfs>()(vfs);
}

}  // namespace plenary::sqlite
