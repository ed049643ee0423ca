// What must hold of any history, whatever was done in it. Source: the reference model, section 9.
#pragma once

#include "tests/contract/random_history.h"

namespace plenary::contract {

struct Outcome {
  std::vector<std::string> faults;            // properties that do not hold
  std::map<std::string, std::size_t> counts;  // how often what happened: properties of nothing would always hold
};

// A crash of the engine is not caught.
Outcome run_seed(std::uint64_t seed);

}  // namespace plenary::contract
