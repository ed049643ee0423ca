// Files that a person names on the command line, read and written whole.
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace plenary::cli {

// The whole file; `what` says for messages what it should be ("day-end file"). Throws Failed (not_found, or
// limit_exceeded above 1 GiB) when there is none, when it is a folder, or when it cannot be read to its end.
Bytes read_file(const std::string& path, const std::string& what);
std::string read_text(const std::string& path, const std::string& what);

// The whole file or nothing: written beside, then moved into place. Throws Failed (refused).
void write_file(const std::string& path, const Bytes& bytes);

}  // namespace plenary::cli
