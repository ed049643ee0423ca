// What stands in a device's sealed files, opened with its key: to look for words that must be nowhere any more.
#pragma once

#include <string>

#include "core/seal/page_seal.h"
#include "tests/support/simulated_disk.h"

namespace plenary::simulation {

// Every page of every database and log that opens, used or free, one after the other.
std::string opened_pages(const SimulatedDisk::Image& files, const seal::PageKey& key, Environment& environment);

}  // namespace plenary::simulation
