#include "core/roster/status.h"

#include "core/base/byte_codec.h"

namespace plenary::roster {
namespace {

constexpr std::uint8_t kStatusVersion = 1;

crypto::Domain domain(const Status& status) {
  return {"plenary status", 1, status.space};
}

Bytes message_of(const Status& status) {
  ByteWriter writer;
  writer.u8(kStatusVersion);
  writer.id(status.space);
  writer.id(status.device);
  writer.varint(status.number);
  writer.id(status.key);
  writer.blob(status.sealed);
  return std::move(writer).take();
}

}  // namespace

void sign_status(Status& status, const crypto::SigningKey& device) {
  status.signature = device.sign(domain(status), message_of(status));
}

Result<void> verify_status(const Status& status) {
  if (crypto::verify(status.device, domain(status), message_of(status), status.signature)) return {};
  return fail(ErrorCode::refused, "a status is not signed by the device that it names");
}

Bytes encode_status(const Status& status) {
  ByteWriter writer;
  writer.raw(message_of(status));
  writer.id(status.signature);
  return std::move(writer).take();
}

Result<Status> decode_status(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (reader.u8() > kStatusVersion) {
    return fail(ErrorCode::unsupported, "a status is of a newer version than this program; update the program");
  }
  Status status;
  status.space = reader.id<SpaceId>();
  status.device = reader.id<DeviceKey>();
  status.number = reader.varint();
  status.key = reader.id<KeyId>();
  status.sealed = to_bytes(reader.blob(kMaxStatusBytes));
  status.signature = reader.id<Signature>();
  if (!reader.finished() || bytes[0] != std::byte{kStatusVersion}) {
    return fail(ErrorCode::malformed, "a status does not have its form");
  }
  return status;
}

}  // namespace plenary::roster
