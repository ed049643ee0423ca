#include "sync-server/missing_segments.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace plenary::hub {
namespace {

class Known {
 public:
  explicit Known(const std::vector<SegmentStep>& steps) {
    for (const SegmentStep& step : steps) by_sequence_[step.sequence] = &step;
  }

  // The peer has this segment and all that it continues.
  void has_up_to(std::int64_t sequence) {
    while (sequence != 0 && known_.insert(sequence).second) {
      const auto step = by_sequence_.find(sequence);
      sequence = step == by_sequence_.end() ? 0 : step->second->previous;
    }
  }
  bool has(std::int64_t sequence) const { return known_.contains(sequence); }

 private:
  std::unordered_map<std::int64_t, const SegmentStep*> by_sequence_;
  std::unordered_set<std::int64_t> known_;
};

}  // namespace

std::vector<SegmentStep> missing_of(std::vector<SegmentStep> steps, std::span<const log::Head> have) {
  Known known(steps);
  for (const log::Head& head : have) {
    const auto ends_there = [&](const SegmentStep& step) {
      return step.last == head.number && step.chain == head.chain;
    };
    const auto exact = std::find_if(steps.begin(), steps.end(), ends_there);
    if (exact != steps.end()) {
      known.has_up_to(exact->sequence);
      continue;
    }
    for (const SegmentStep& step : steps) {
      if (step.first <= head.number && head.number < step.last) known.has_up_to(step.previous);
    }
  }
  std::erase_if(steps, [&](const SegmentStep& step) { return known.has(step.sequence); });
  std::sort(steps.begin(), steps.end(),
            [](const SegmentStep& a, const SegmentStep& b) { return a.sequence < b.sequence; });
  return steps;
}

}  // namespace plenary::hub
