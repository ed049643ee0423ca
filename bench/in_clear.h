// Databases in clear where Plenary writes sealed ones, to measure what encryption at rest costs: the same replica, with
// the system's own VFS in the place of its SealedVfs. Nothing but this process of the bench is touched, and nothing in
// core/ knows of it: no profile can be made this way by a client.
#pragma once

#include <filesystem>

namespace plenary::bench {

// What this process's one replica opens from now on is in clear; page size and room reserved in each page stay those of
// sealed files. Call once, while the replica has no space open. Its profile's own database, opened before and not
// written during a day, stays sealed. Throws std::runtime_error when there is no replica.
void open_in_clear_from_now_on();

// Whether the file begins as SQLite's files do.
bool is_in_clear(const std::filesystem::path& database);

}  // namespace plenary::bench
