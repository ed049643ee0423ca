// How `plenary` ends: scripts branch on these, docs/using-plenary.md lists them for people.
#pragma once

#include "core/base/result.h"

namespace plenary::cli {

enum class ExitCode : int {
  done = 0,
  not_so = 1,         // what was asked about is not so: differences found, decisions open, tablets missing
  usage = 2,          // the command line does not fit
  not_found = 3,      // no such record, space, file
  refused = 4,        // not allowed, over a limit, or in conflict with what is there
  unreachable = 5,    // the hub cannot be reached, or went away
  busy = 6,           // another program has the profile open
  newer_version = 7,  // made by a newer plenary
  damaged = 8,        // bytes that are not what they claim to be
  broken = 70,        // disk full, file system errors, our own mistakes
};

ExitCode exit_code_of(ErrorCode code);

}  // namespace plenary::cli
