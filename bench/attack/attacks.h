// What attackers do to a hub, each without end, from a process of their own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/attack/attacker.h"
#include "tests/unit/sync/memory_tablet.h"

namespace plenary::attack {

// What the attackers know and have.
struct Arms {
  Target target;
  SpaceId honest_space;  // of which they are not members
  // A member of a space on this hub, with keys, roster and changes; colleagues of it have keys of their own.
  sync::MemoryTablet* member = nullptr;
  std::vector<std::unique_ptr<sync::MemoryTablet>>* colleagues = nullptr;
};

struct Attack {
  std::string name;
  std::function<void(Arms&)> run;  // returns at once, or after a moment: it is called again and again
};

std::vector<Attack> all_attacks();

}  // namespace plenary::attack
