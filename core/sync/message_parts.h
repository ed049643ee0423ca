// How many parts a message has, told from its bytes before anything is made of them: two bytes on the wire may become
// hundreds in memory. Internal to this folder. Source: docs/protocol/sync.md, "Limits".
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace plenary::sync {

// malformed: this is no message of proto/sync.proto. limit_exceeded: it has more fields, items, spaces or refusals than
// a message may have.
Result<void> check_parts(ByteSpan message);

}  // namespace plenary::sync
