// The recovery key: printed at founding, or held by two deputies together.
// Source: architecture.md D6; docs/protocol/formats.md, "The recovery key".
//
//   code = the 32 bytes as 64 hexadecimal digits, in groups of four with "-" between
#pragma once

#include "core/crypto/box.h"
#include "core/crypto/sign.h"
#include "core/roster/record.h"

namespace plenary::seal {

using RecoverySecret = crypto::SigningKey::Seed;

// To be printed, read aloud and typed.
std::string print_code(const RecoverySecret& secret);
// Blanks, hyphens and capitals do not matter. malformed, saying how many digits there are.
Result<RecoverySecret> read_code(std::string_view text);

// Two parts of a secret: each alone is random and says nothing of it.
struct RecoveryParts {
  RecoverySecret one, other;
};
RecoveryParts split(const RecoverySecret& secret, Environment& environment);
RecoverySecret join(const RecoverySecret& one, const RecoverySecret& other);

// A part for one deputy's device. `recovery` is the public key of the whole secret.
Result<roster::KeyBox> wrap_part(const SpaceId& space, const DeviceKey& recovery, const RecoverySecret& part,
                                 const TransportKey& reader, Environment& environment);
Result<RecoverySecret> unwrap_part(const SpaceId& space, const DeviceKey& recovery, const roster::KeyBox& box,
                                   const crypto::AgreementKey& reader);

}  // namespace plenary::seal
