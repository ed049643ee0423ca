// Copies of a record in other spaces follow their source: erasing the source obliges erasing them (architecture.md D5).
#pragma once

#include "core/replica/replica_sync.h"

namespace plenary::replica {

// For every erasure in any space of the profile: erases copies where this profile is keeper, and asks their keeper
// elsewhere, once. Cheap when there is nothing to do.
ErasureSummary follow_erasures(Spaces& spaces);

}  // namespace plenary::replica
