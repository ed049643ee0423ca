#include "core/seal/status_seal.h"

#include "core/base/byte_codec.h"
#include "core/seal/sealed_bytes.h"
#include "core/seal/segment_seal.h"

namespace plenary::seal {
namespace {

// The space, the device and the number stand in the signed part around it.
Bytes associated(const roster::Status& status) {
  ByteWriter writer;
  writer.raw(crypto::Domain{"plenary status content", 1, status.space}.encode());
  writer.id(status.device);
  writer.varint(status.number);
  return std::move(writer).take();
}

}  // namespace

roster::Status seal_status(const SpaceKey& key, const SpaceId& space, const crypto::SigningKey& device,
                           std::uint64_t number, const StatusContent& content, Environment& environment) {
  ByteWriter plaintext;
  plaintext.blob(encode_status_content(content));
  Bytes padded = std::move(plaintext).take();
  padded.resize(padded_size(padded.size()));
  roster::Status status{space, device.public_key(), number, key_id(key), {}, {}};
  status.sealed = seal_bytes(purpose_key(key, "status"), associated(status), padded, environment);
  roster::sign_status(status, device);
  return status;
}

Result<StatusContent> open_status(const KeyRing& keys, const roster::Status& status) {
  const SpaceKey* key = keys.find(status.key);
  if (!key) return fail(ErrorCode::not_found, "a status is sealed under a key that this device does not have yet");
  auto padded = open_bytes(purpose_key(*key, "status"), associated(status), status.sealed);
  if (!padded) return tl::make_unexpected(padded.error());
  ByteReader reader(*padded);
  const ByteSpan content = reader.blob(padded->size());
  if (!reader.ok()) return fail(ErrorCode::malformed, "a status does not have its form");
  return decode_status_content(content);
}

}  // namespace plenary::seal
