// How a space keeps where its hub is, and the key for the names of those who claim an invitation.
#pragma once

#include "core/replica/views.h"
#include "core/seal/invitation.h"

namespace plenary::replica {

Bytes encode_hub(const HubAddress& hub);
std::optional<HubAddress> decode_hub(ByteSpan bytes);

// A joiner has no key of the space yet when it writes its claim: its name is sealed under a key made from the
// invitation's secret, which the keeper kept.
seal::SpaceKey claim_label_key(const seal::InvitationSecret& secret);

}  // namespace plenary::replica
