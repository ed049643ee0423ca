#include "core/store/large_changes.h"

#include <algorithm>

namespace plenary::store {

SharedChange LargeChanges::find(std::int64_t key) const {
  const auto found = std::ranges::find(kept_, key, &Kept::key);
  return found == kept_.end() ? nullptr : found->change;
}

void LargeChanges::add(std::int64_t key, const SharedChange& change) {
  const std::size_t operations = change->operations.size();
  if (operations < kLarge || operations > kTooLarge) return;
  kept_.push_front({key, change});
  if (kept_.size() > kKept) kept_.pop_back();
}

void LargeChanges::drop(std::int64_t key) {
  std::erase_if(kept_, [&](const Kept& kept) { return kept.key == key; });
}

}  // namespace plenary::store
