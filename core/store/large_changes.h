// LargeChanges: the large changes that were read last, decoded.
//
// A space begins with a few changes of hundreds of operations (a programme, its findings, an imported register), and
// nearly every later change refers to a record that one of them made: to decode it again each time was two fifths of
// what recording a note cost.
#pragma once

#include <deque>
#include <memory>

#include "core/log/change.h"

namespace plenary::store {

using SharedChange = std::shared_ptr<const log::Change>;

class LargeChanges {
 public:
  // `key`: of the change's place.
  SharedChange find(std::int64_t key) const;
  void add(std::int64_t key, const SharedChange& change);
  void drop(std::int64_t key);
  void clear() { kept_.clear(); }

 private:
  // Smaller ones are decoded as fast as they are found; one change of the largest size that is allowed takes 4 MB.
  static constexpr std::size_t kLarge = 64, kTooLarge = 8192, kKept = 4;

  struct Kept {
    std::int64_t key = 0;
    SharedChange change;
  };
  std::deque<Kept> kept_;  // the newest first
};

}  // namespace plenary::store
