// How plenaryd ends: scripts and service supervisors branch on these. The same numbers as the command line `plenary`;
// docs/operating-a-hub.md lists them for people.
#pragma once

#include "core/base/result.h"

namespace plenary::hub {

enum class ExitCode : int {
  done = 0,
  usage = 2,          // the command line or the configuration does not fit
  not_found = 3,      // the data folder has no hub
  refused = 4,        // there is a hub already
  unreachable = 5,    // the address cannot be listened on; no hub is running
  busy = 6,           // another plenaryd uses the data folder
  newer_version = 7,  // the data folder was written by a newer plenaryd
  damaged = 8,        // the data folder is damaged, or is something else
  broken = 70,        // disk full, file system errors, our own mistakes
};

constexpr ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return ExitCode::usage;
    case ErrorCode::not_found:
      return ExitCode::not_found;
    case ErrorCode::refused:
    case ErrorCode::conflict:
    case ErrorCode::limit_exceeded:
      return ExitCode::refused;
    case ErrorCode::unavailable:
    case ErrorCode::not_delivered:
      return ExitCode::unreachable;
    case ErrorCode::busy:
      return ExitCode::busy;
    case ErrorCode::unsupported:
      return ExitCode::newer_version;
    case ErrorCode::malformed:
      return ExitCode::damaged;
  }
  return ExitCode::broken;
}

}  // namespace plenary::hub
