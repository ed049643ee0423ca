// What encryption at rest costs: the same rows in a sealed and in a plain SQLite file, in one run.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/report.h"

namespace plenary::bench {

// Medians of `runs` alternating runs. `folder` is made and removed.
void add_sealed_pages(const std::filesystem::path& folder, int runs, std::vector<Row>& rows);

}  // namespace plenary::bench
