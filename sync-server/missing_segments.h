// Which stored segments of one log a peer lacks, that says what heads it has. Pure: no database.
#pragma once

#include <span>

#include "core/log/change.h"

namespace plenary::hub {

// One stored segment: a step of a branch.
struct SegmentStep {
  std::int64_t sequence = 0;
  std::int64_t previous = 0;  // sequence of the segment that it continues; 0: it begins the log
  std::uint32_t first = 1, last = 1;
  ChainValue chain;  // of `last`
  std::uint64_t size = 0;
};

// `steps`: all segments of the log, in any order. `have`: the peer's heads of this log; none: nothing.
//
// What the peer has: every segment that ends at one of its heads, and all that this one continues. A head inside a
// segment stands for all before that segment, on each branch where it can lie: the segment is sent whole. A head that
// no branch knows, where it should be known, stands for nothing. The result is in the order of storing, in which each
// log is contiguous.
std::vector<SegmentStep> missing_of(std::vector<SegmentStep> steps, std::span<const log::Head> have);

}  // namespace plenary::hub
