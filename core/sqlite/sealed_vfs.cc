#include "core/sqlite/sealed_vfs.h"

#include <atomic>
#include <exception>
#include <new>
#include <stdexcept>

#include "core/sqlite/sealed_file.h"

namespace plenary::sqlite {
namespace {

using internal::SealedFile;

// What SQLite allocates for an open file: this, and then room for the file of the VFS beneath.
struct OpenFile {
  sqlite3_file base;
  SealedFile* file;
};
static_assert(sizeof(OpenFile) % 8 == 0);

SealedFile& in(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file)->file;
}
sqlite3_file& beneath(sqlite3_file* file) {
  return in(file).beneath();
}

int close(sqlite3_file* file) {
  const std::unique_ptr<SealedFile> sealed(reinterpret_cast<OpenFile*>(file)->file);
  file->pMethods = nullptr;
  sqlite3_file& lower = sealed->beneath();
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

// Version 1: without shared memory and without memory mapping.
const sqlite3_io_methods kMethods = {1,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved_lock,
                                     file_control,
                                     sector_size,
                                     characteristics};

SealedVfs& self(sqlite3_vfs* vfs) {
  return *static_cast<SealedVfs*>(vfs->pAppData);
}
sqlite3_vfs& lower(sqlite3_vfs* vfs) {
  return *self(vfs).beneath();
}

std::string_view file_name(const char* path) {
  const std::string_view text(path);
  return text.substr(text.rfind('/') + 1);
}

std::unique_ptr<SealedFile> make_file(PageCiphers& ciphers, const char* path, int flags, sqlite3_file& beneath) {
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return std::make_unique<internal::SealedJournalFile>(beneath);
  auto cipher = ciphers.cipher_for(file_name(sqlite3_filename_database(path)));
  if ((flags & SQLITE_OPEN_WAL) != 0) return std::make_unique<internal::SealedLogFile>(beneath, std::move(cipher));
  return std::make_unique<internal::SealedDatabaseFile>(beneath, std::move(cipher));
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  constexpr int kSealed = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  if (path == nullptr || (flags & kSealed) == 0) return SQLITE_CANTOPEN;
  auto* beneath = reinterpret_cast<sqlite3_file*>(reinterpret_cast<OpenFile*>(file) + 1);
  const int code = lower(vfs).xOpen(&lower(vfs), path, beneath, flags, flags_out);
  if (code == SQLITE_OK) {
    try {
      reinterpret_cast<OpenFile*>(file)->file = make_file(self(vfs).ciphers(), path, flags, *beneath).release();
      file->pMethods = &kMethods;
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

SealedVfs::SealedVfs(PageCiphers& ciphers, const std::string& beneath)
    : ciphers_(ciphers), beneath_(sqlite3_vfs_find(beneath.empty() ? nullptr : beneath.c_str())) {
  if (beneath_ == nullptr) throw std::invalid_argument("SQLite knows no VFS called " + beneath);
  static std::atomic<unsigned> count{0};
  name_ = "plenary-sealed-" + std::to_string(++count);
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

SealedVfs::~SealedVfs() = default;

void SealedVfs::Remove::operator()(sqlite3_vfs* vfs) const {
  sqlite3_vfs_unregister(vfs);
  std::default_delete<sqlite3_vfs>()(vfs);
}

}  // namespace plenary::sqlite
