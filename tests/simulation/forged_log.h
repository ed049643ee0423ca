// A log that a dishonest member writes past the program: whatever its headers claim and its operations say, it is
// chained, signed and sealed as it should be, so that nothing but the rules of the merge can judge it.
#pragma once

#include "core/log/content.h"
#include "core/log/head.h"
#include "core/sync/space_log.h"
#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {

class ForgedLog {
 public:
  ForgedLog(const SpaceId& space, SimulatedDevice& author);

  const LogId& log() const { return log_; }
  std::uint32_t length() const { return static_cast<std::uint32_t>(changes_.size()); }
  // Appends a change; operations may name it as `next()`.
  log::ChangeName next() const { return {log_, length() + 1, 0}; }
  void append(log::Change change);
  // Takes the last change back, so that another can stand in its place: a fork.
  void take_back();
  // The changes from `first` on, as a segment of this member. Nothing while the member has no key.
  std::optional<sync::Item> segment(std::uint32_t first) const;

 private:
  SpaceId space_;
  SimulatedDevice& author_;
  log::LogDescriptor descriptor_;
  LogId log_;
  log::LogSecrets secrets_;
  std::vector<log::Change> changes_;
  std::vector<log::ChainState> states_;  // before each change, and after the last
};

}  // namespace plenary::simulation
