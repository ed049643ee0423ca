// Who takes part in the review day: the floor, and Plenary, as shipped or with one thing different.
#pragma once

#include "bench/review_day.h"
#include "bench/tablet.h"

namespace plenary::bench {

Contestant floor_contestant();
// plenaryd is looked for beside this program.
Contestant plenary_contestant(Variant variant);

// The tablet that a contestant's tablet_role stands for. Throws std::runtime_error where there is none.
std::unique_ptr<Tablet> make_tablet(const std::string& role, const TabletPlace& place);

std::filesystem::path program_folder();

}  // namespace plenary::bench
