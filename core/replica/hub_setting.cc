#include "core/replica/hub_setting.h"

#include "core/base/byte_codec.h"
#include "core/crypto/kdf.h"

namespace plenary::replica {

//   hub = transport key (32), varint port, blob host
Bytes encode_hub(const HubAddress& hub) {
  ByteWriter writer;
  writer.reserve(128);
  writer.id(hub.key);
  writer.varint(hub.port);
  writer.blob(as_bytes(hub.host));
  return std::move(writer).take();
}

std::optional<HubAddress> decode_hub(ByteSpan bytes) {
  ByteReader reader(bytes);
  HubAddress hub;
  hub.key = reader.id<TransportKey>();
  hub.port = static_cast<std::uint16_t>(reader.bounded(UINT16_MAX));
  hub.host = as_text(reader.blob(255));
  if (!reader.finished()) return std::nullopt;
  return hub;
}

seal::SpaceKey claim_label_key(const seal::InvitationSecret& secret) {
  return crypto::derive_key(secret.span(), {"plenary claim label", 1, {}});
}

}  // namespace plenary::replica
