// Write: one operation of one delivered change, as merging takes it in.
#pragma once

#include <span>

#include "core/log/causality.h"

namespace plenary::merge {

struct Write {
  log::Place place;                           // its change, in the Causality of this process
  std::uint32_t index = 0;                    // of the operation in its change
  std::int64_t time_ms = 0;                   // the change's wall clock: ties and displays only
  bool payload_missing = false;               // its value should be here and is not (erased here, or not received)
  const log::Operation* operation = nullptr;  // outlives the merge and its result
};

// Causes before effects within a lane; across lanes without meaning.
inline bool same_write(const Write& a, const Write& b) {
  return a.place == b.place && a.index == b.index;
}

// The writes of one change, one for each operation.
std::vector<Write> writes_of(const log::Change& change, log::Place place);

}  // namespace plenary::merge
