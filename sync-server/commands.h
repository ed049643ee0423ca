// What plenaryd can be asked to do. Each prints for people on `out`; errors say what to do next.
#pragma once

#include <ostream>

#include "sync-server/configuration.h"

namespace plenary::hub {

// Copies database and key into a folder that has none, also while a hub serves. Errors: invalid_argument, not_found,
// conflict (there is a backup in it already), unsupported, malformed.
Result<void> backup_command(const Configuration& configuration, const std::filesystem::path& into, std::ostream& out);
// Makes a hub in the data folder and prints its key, and the line that its devices need.
Result<void> init_command(const Configuration& configuration, std::ostream& out);
// Serves until SIGTERM or SIGINT.
Result<void> serve_command(const Configuration& configuration);
// Asks the hub that runs on this data folder how it is, and prints its answer (one JSON object).
Result<void> status_command(const Configuration& configuration, std::ostream& out);
// After the data folder was restored from a backup: opens a new epoch, so that devices send again what it lacks.
Result<void> restored_command(const Configuration& configuration, std::ostream& out);

}  // namespace plenary::hub
