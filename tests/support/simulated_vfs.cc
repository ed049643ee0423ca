// SQLite's view of simulated disks: a VFS whose files are SimulatedFiles.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "tests/support/simulated_disk.h"

namespace plenary::simulation {
namespace {

using Operation = SimulatedDisk::Operation;

struct OpenFile {
  sqlite3_file base;
  SimulatedDisk* disk;  // null: a temporary file
  SimulatedFile* file;
  int lock;
  bool maps_memory;
  std::uint16_t shares, owns;  // locks of the shared memory, as bits
};

OpenFile& of(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

std::uint64_t sqlite_seed = 1;

SimulatedDisk::Outcome begin(OpenFile& open, Operation operation, std::size_t size = 0, std::size_t growth = 0) {
  return open.disk == nullptr ? SimulatedDisk::Outcome{} : open.disk->begin(operation, size, growth);
}

int unlock(sqlite3_file* file, int level) {
  OpenFile& open = of(file);
  SimulatedFile& target = *open.file;
  if (open.lock <= level) return SQLITE_OK;
  if (target.exclusive == &open) target.exclusive = nullptr;
  if (target.reserved == &open) target.reserved = nullptr;
  if (level == SQLITE_LOCK_NONE) --target.shared;
  open.lock = level;
  return SQLITE_OK;
}

int shm_unmap(sqlite3_file* file, int remove) {
  OpenFile& open = of(file);
  if (!open.maps_memory) return SQLITE_OK;
  open.maps_memory = false;
  auto& memory = open.file->memory;
  if (--memory.users == 0 && remove != 0) memory = {};
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  OpenFile& open = of(file);
  shm_unmap(file, 0);
  unlock(file, SQLITE_LOCK_NONE);
  if (open.disk == nullptr) delete open.file;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  OpenFile& open = of(file);
  const std::span<std::byte> target(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
  const auto outcome = begin(open, Operation::read, target.size());
  if (outcome.fault && *outcome.fault != Fault::short_read) return SQLITE_IOERR_READ;
  std::size_t count = open.file->read(target, static_cast<std::size_t>(offset));
  if (outcome.fault) count = std::min(count, outcome.part);
  if (count == target.size()) return SQLITE_OK;
  std::fill(target.begin() + static_cast<std::ptrdiff_t>(count), target.end(), std::byte{0});
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  OpenFile& open = of(file);
  const ByteSpan source(static_cast<const std::byte*>(bytes), static_cast<std::size_t>(size));
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t now = open.file->content().size();
  const auto outcome = begin(open, Operation::write, source.size(), std::max(now, at + source.size()) - now);
  if (!outcome.fault) {
    open.file->write(source, at);
    return SQLITE_OK;
  }
  if (outcome.part > 0) open.file->write(source.first(outcome.part), at);
  return *outcome.fault == Fault::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& open = of(file);
  if (begin(open, Operation::truncate).fault) return SQLITE_IOERR_TRUNCATE;
  open.file->truncate(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  OpenFile& open = of(file);
  if (begin(open, Operation::sync).fault) return SQLITE_IOERR_FSYNC;
  open.file->sync();
  if (open.disk != nullptr) open.disk->synced();
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(of(file).file->content().size());
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  OpenFile& open = of(file);
  SimulatedFile& target = *open.file;
  if (open.lock >= level) return SQLITE_OK;
  const bool others_exclude = target.exclusive != nullptr && target.exclusive != &open;
  const bool others_reserve = target.reserved != nullptr && target.reserved != &open;
  if (others_exclude) return SQLITE_BUSY;
  if (open.lock == SQLITE_LOCK_NONE) {
    ++target.shared;
    open.lock = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (others_reserve) return SQLITE_BUSY;
  target.reserved = &open;
  open.lock = SQLITE_LOCK_RESERVED;
  if (level == SQLITE_LOCK_RESERVED) return SQLITE_OK;
  target.exclusive = &open;
  open.lock = SQLITE_LOCK_PENDING;
  if (target.shared > 1) return SQLITE_BUSY;
  open.lock = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* reserved) {
  *reserved = of(file).file->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
  return 4096;
}
// As on Linux: writing a part of a sector harms nothing beside it.
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  OpenFile& open = of(file);
  auto& memory = open.file->memory;
  if (!open.maps_memory) {
    open.maps_memory = true;
    ++memory.users;
  }
  const auto index = static_cast<std::size_t>(region);
  *out = nullptr;
  if (memory.regions.size() <= index && extend == 0) return SQLITE_OK;
  while (memory.regions.size() <= index) {
    memory.regions.push_back(std::make_unique<std::byte[]>(static_cast<std::size_t>(size)));
  }
  *out = memory.regions[index].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  OpenFile& open = of(file);
  auto& locks = open.file->memory.locks;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = offset; (flags & SQLITE_SHM_LOCK) != 0 && i < offset + count; ++i) {
    const auto bit = static_cast<std::uint16_t>(1U << i);
    const int own = (open.shares & bit) != 0 ? 1 : 0;
    const bool taken = exclusive ? locks[static_cast<std::size_t>(i)] != own && (open.owns & bit) == 0
                                 : locks[static_cast<std::size_t>(i)] < 0 && (open.owns & bit) == 0;
    if (taken) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    const auto bit = static_cast<std::uint16_t>(1U << i);
    int& holders = locks[static_cast<std::size_t>(i)];
    auto& mine = exclusive ? open.owns : open.shares;
    const bool held = (mine & bit) != 0;
    if ((flags & SQLITE_SHM_LOCK) != 0) {
      if (!held) holders = exclusive ? -1 : holders + 1;
      mine |= bit;
    } else if (held) {
      holders = exclusive ? 0 : holders - 1;
      mine = static_cast<std::uint16_t>(mine & ~bit);
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

constexpr sqlite3_io_methods kMethods{.iVersion = 2,
                                      .xClose = close,
                                      .xRead = read,
                                      .xWrite = write,
                                      .xTruncate = truncate,
                                      .xSync = sync,
                                      .xFileSize = file_size,
                                      .xLock = lock,
                                      .xUnlock = unlock,
                                      .xCheckReservedLock = check_reserved,
                                      .xFileControl = control,
                                      .xSectorSize = sector_size,
                                      .xDeviceCharacteristics = characteristics,
                                      .xShmMap = shm_map,
                                      .xShmLock = shm_lock,
                                      .xShmBarrier = shm_barrier,
                                      .xShmUnmap = shm_unmap,
                                      .xFetch = nullptr,
                                      .xUnfetch = nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  OpenFile& open = of(file);
  open = {};
  if (out_flags != nullptr) *out_flags = flags;
  if (name == nullptr) {
    open.file = new SimulatedFile;
    open.base.pMethods = &kMethods;
    return SQLITE_OK;
  }
  open.disk = SimulatedDisk::of(name);
  // A program that is under simulation must not write where no disk is simulated.
  CHECK(open.disk != nullptr);
  if (open.disk->begin(Operation::open, 0, 0).fault) return SQLITE_IOERR;
  open.file = open.disk->find(name);
  if (open.file == nullptr && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  if (open.file == nullptr) open.file = &open.disk->make(name);
  open.base.pMethods = &kMethods;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs*, const char* name, int sync_folder) {
  SimulatedDisk* const disk = SimulatedDisk::of(name);
  CHECK(disk != nullptr);
  if (disk->begin(Operation::remove, 0, 0).fault) return SQLITE_IOERR_DELETE;
  if (disk->find(name) == nullptr) return SQLITE_IOERR_DELETE_NOENT;
  disk->remove(name);
  if (sync_folder != 0) disk->synced();
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int, int* out) {
  SimulatedDisk* const disk = SimulatedDisk::of(name);
  *out = disk != nullptr && disk->find(name) != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  std::mt19937_64 chance(sqlite_seed);
  std::generate_n(out, size, [&] { return static_cast<char>(chance()); });
  return size;
}

int pass_time(sqlite3_vfs*, int microseconds) {
  return microseconds;
}
int current_time(sqlite3_vfs*, double* days) {
  *days = 2'460'000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

void register_simulated_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made{};
    made.iVersion = 1;
    made.szOsFile = sizeof(OpenFile);
    made.mxPathname = 1024;
    made.zName = kSimulatedVfs;
    made.xOpen = open_file;
    made.xDelete = remove_file;
    made.xAccess = access;
    made.xFullPathname = full_path;
    made.xRandomness = randomness;
    made.xSleep = pass_time;
    made.xCurrentTime = current_time;
    made.xGetLastError = last_error;
    return made;
  }();
  if (sqlite3_vfs_find(kSimulatedVfs) == nullptr) CHECK(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

void seed_sqlite(std::uint64_t seed) {
  sqlite_seed = seed;
  sqlite3_randomness(0, nullptr);
}

}  // namespace plenary::simulation
