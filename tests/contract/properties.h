// What must hold of any history, whatever was done in it. Source: the reference model, section 9.
#pragma once

#include "tests/contract/random_history.h"

namespace plenary::contract {

// Empty when all properties hold; else what does not.
std::vector<std::string> faults(RandomHistory& history);

// Runs one seed; a crash of the engine is not caught.
std::vector<std::string> run_seed(std::uint64_t seed);

}  // namespace plenary::contract
