#include "clients/cli/exit_code.h"

namespace plenary::cli {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return ExitCode::damaged;
    case ErrorCode::limit_exceeded:
    case ErrorCode::refused:
    case ErrorCode::conflict:
      return ExitCode::refused;
    case ErrorCode::not_found:
    case ErrorCode::not_delivered:
      return ExitCode::not_found;
    case ErrorCode::unsupported:
      return ExitCode::newer_version;
    case ErrorCode::busy:
      return ExitCode::busy;
    case ErrorCode::unavailable:
      return ExitCode::unreachable;
    case ErrorCode::invalid_argument:
      return ExitCode::usage;
  }
  return ExitCode::broken;
}

}  // namespace plenary::cli
