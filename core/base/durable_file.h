// Whole files that are there after a power cut, or after somebody pulled the stick out: a vault, a day-end file.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "core/base/bytes.h"

namespace plenary {

// Writes beside `path` (`path` with ".part" behind it), hands that to the disk, and renames it: whoever looks, at any
// time, finds the file as it was before or as it is now. `mode`: who may read a new one, as for open(2), less the
// process's umask. Throws std::filesystem::filesystem_error; then nothing lies beside `path`, which is as it was; or is
// the new file, where only its folder could not be synced.
void write_durably(const std::filesystem::path& path, ByteSpan bytes, mode_t mode);

}  // namespace plenary
