#include <stdexcept>

#include "bench/tablet.h"

namespace plenary::bench {

std::unique_ptr<Tablet> make_plenary_tablet(const TabletPlace&) {
  throw std::runtime_error("this build has no replica yet: use --floor-only");
}

}  // namespace plenary::bench
