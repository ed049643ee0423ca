// Bodies of roster records as protobuf messages and back. Private to core/roster.
#pragma once

#include "core/roster/codec.h"

namespace plenary::wire {
class RosterRecord;
}

namespace plenary::roster {

// Also sets the message's `kind`.
void write_body(const Body& body, wire::RosterRecord& message);

// malformed or limit_exceeded; UnknownBody for a kind of a newer version.
Result<Body> read_body(const wire::RosterRecord& message);

}  // namespace plenary::roster
