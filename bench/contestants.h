// Who takes part in the review day: the floor, and Plenary.
#pragma once

#include "bench/review_day.h"

namespace plenary::bench {

Contestant floor_contestant();
// plenaryd is looked for beside this program.
Contestant plenary_contestant();

std::filesystem::path program_folder();

}  // namespace plenary::bench
