// The floor relay: the least that a hub could do. Appends each blob to a file with fdatasync, acknowledges, forwards
// to the others and to whoever comes later. Knows nothing of what is inside, nor who may send.
#pragma once

#include <cstdint>
#include <filesystem>

namespace plenary::bench {

// Serves until SIGTERM. Says "port N" on standard output when it listens.
int run_floor_relay(const std::filesystem::path& folder);

}  // namespace plenary::bench
