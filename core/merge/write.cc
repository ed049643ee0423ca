#include "core/merge/write.h"

#include <algorithm>

namespace plenary::merge {

std::vector<Write> writes_of(const log::Change& change, log::Place place) {
  std::vector<Write> writes;
  writes.reserve(change.operations.size());
  for (const log::Operation& operation : change.operations) {
    const bool missing =
        !change.payload_missing.empty() && log::has_value(operation.kind) &&
        std::binary_search(change.payload_missing.begin(), change.payload_missing.end(), operation.record);
    writes.push_back({place, static_cast<std::uint32_t>(writes.size()), change.time_ms, missing, &operation});
  }
  return writes;
}

}  // namespace plenary::merge
