// Result<T>: for what a peer, a user or stored data can cause. Exceptions are for a broken environment only
// (disk full, corrupt file); CHECK is for our own bugs. See docs/architecture.md, "Errors".
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace plenary {

// What kind of thing went wrong; callers branch on this, people read the message.
enum class ErrorCode : std::uint8_t {
  malformed,        // bytes that are no value of their format
  limit_exceeded,   // a limit of architecture.md D15; the message names it
  not_found,        // the named thing is not here
  refused,          // not allowed: role, key, signature, policy
  conflict,         // the thing exists already, or changed meanwhile
  unsupported,      // of a newer version than this program
  not_delivered,    // waits for something that is not here yet
  busy,             // another process or session holds it
  unavailable,      // the other side cannot be reached, or went away
  invalid_argument  // what the caller typed does not fit
};

// What happened, to which thing, and what to do next: one or two plain sentences.
struct Error {
  ErrorCode code = ErrorCode::malformed;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::make_unexpected(Error{code, std::move(message)});
}

}  // namespace plenary
