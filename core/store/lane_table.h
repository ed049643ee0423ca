// The causal graph as rows, so that opening a space does not read every change. It is a cache: what is missing of it
// is read from the changes, and a row that cannot be read costs only time.
#pragma once

#include "core/log/causality.h"
#include "core/sqlite/statement.h"

namespace plenary::store {

void create_lane_table(sqlite::Transaction& transaction);
void write_lanes(sqlite::Transaction& transaction, const std::vector<log::LaneSnapshot>& lanes);
// Empty when there are none, or one of them cannot be read.
std::vector<log::LaneSnapshot> read_lanes(sqlite::Database& database);

}  // namespace plenary::store
