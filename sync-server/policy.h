// Policy: what this hub's operator allows one device. A value, the same for every thread.
#pragma once

#include "core/base/ids.h"
#include "sync-server/configuration.h"

namespace plenary::hub {

// What a device keeps on this hub.
struct DeviceUse {
  std::int64_t bytes = 0;
  std::int64_t spaces = 0;  // founded by it
};

class Policy {
 public:
  explicit Policy(const Configuration& configuration);

  // May a device that uses this much found another space, showing this token? Errors: refused, limit_exceeded.
  Result<void> may_found(const DeviceUse& use, std::string_view token) const;
  // May it store so many bytes more, in a space of which so many are stored? The refusal is for now: room comes with
  // another quota or with what is erased.
  Result<void> may_store(const DeviceUse& use, std::int64_t stored_of_space, std::size_t bytes) const;

 private:
  Founding founding_;
  std::vector<std::string> tokens_;
  std::int64_t bytes_per_device_;
  std::int64_t bytes_per_space_;
  std::int64_t spaces_per_device_;
};

}  // namespace plenary::hub
