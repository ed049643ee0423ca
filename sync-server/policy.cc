#include "sync-server/policy.h"

#include "core/crypto/secret.h"

namespace plenary::hub {

Policy::Policy(const Configuration& configuration)
    : founding_(configuration.founding),
      tokens_(configuration.founding_tokens),
      bytes_per_device_(configuration.limits.bytes_per_device),
      bytes_per_space_(configuration.limits.bytes_per_space),
      spaces_per_device_(configuration.limits.spaces_per_device) {}

Result<void> Policy::may_found(const DeviceUse& use, std::string_view token) const {
  if (founding_ == Founding::tokens) {
    bool known = false;
    for (const std::string& allowed : tokens_) {
      known |= crypto::equal_in_constant_time(as_bytes(allowed), as_bytes(token));
    }
    if (!known) {
      return fail(ErrorCode::refused,
                  "This hub lets nobody found a space without a token. Ask whoever runs it for one.");
    }
  }
  if (use.spaces >= spaces_per_device_) {
    return fail(ErrorCode::limit_exceeded,
                "This device has founded " + std::to_string(use.spaces) +
                    " spaces on this hub, which is its limit (spaces_per_device). Ask whoever "
                    "runs the hub to raise it.");
  }
  return {};
}

Result<void> Policy::may_store(const DeviceUse& use, std::int64_t stored_of_space, std::size_t bytes) const {
  if (stored_of_space + static_cast<std::int64_t>(bytes) > bytes_per_space_) {
    return fail(ErrorCode::limit_exceeded, "The space has " + std::to_string(stored_of_space) + " of at most " +
                                               std::to_string(bytes_per_space_) +
                                               " bytes on this hub (bytes_per_space). What is not handed over stays on "
                                               "the device; ask whoever runs the hub to raise the limit.");
  }
  if (use.bytes + static_cast<std::int64_t>(bytes) <= bytes_per_device_) return {};
  return fail(ErrorCode::limit_exceeded, "This device keeps " + std::to_string(use.bytes) + " of at most " +
                                             std::to_string(bytes_per_device_) +
                                             " bytes on this hub (bytes_per_device). What is not handed over stays on "
                                             "the device; ask whoever runs the hub to raise the limit.");
}

}  // namespace plenary::hub
