// A file's mark tells it from every copy of it, and from one that was put back from a backup: its inode, when it was
// made, and random bytes in it. A program that makes the file anew whenever it begins to write, and keeps the mark
// with what it writes, notices later that one of the two was put back (architecture.md D11).
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/environment.h"

namespace plenary {

// Nothing where there is no such file. Throws std::filesystem::filesystem_error when it cannot be read.
std::optional<Bytes> read_file_mark(const std::filesystem::path& path);
// Makes the file anew, so that it has a mark that no file had before. A program that ends in the middle leaves the old
// file or the new one.
Bytes renew_file_mark(const std::filesystem::path& path, Environment& environment);

}  // namespace plenary
