// The hub's identity: one secret in the data folder, of which its keys are made. Devices know the transport key from
// their invitations, so losing the file means that every device has to be told a new key.
#pragma once

#include <filesystem>

#include "core/crypto/box.h"
#include "core/crypto/sign.h"

namespace plenary::hub {

struct Identity {
  crypto::AgreementKey transport;  // proves to devices that this is their hub
  crypto::SigningKey signing;      // signs hub heads
};

// Makes the folder (readable by its owner alone) and the key file. conflict: there is one already.
Result<Identity> create_identity(const std::filesystem::path& data, Environment& environment);
// not_found: the folder has none; malformed: damaged; unsupported: of a newer version.
Result<Identity> load_identity(const std::filesystem::path& data);

}  // namespace plenary::hub
