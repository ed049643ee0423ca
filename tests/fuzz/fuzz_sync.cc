// What a stranger can send to a hub, and what a hub can send to a device: messages, hub heads, proofs, and the first
// frames of a connection.
#include "core/base/check.h"
#include "core/crypto/random.h"
#include "core/sync/channel.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  if (const auto message = sync::decode_message(bytes); message && *message) {
    const Bytes written = sync::encode_message(**message);
    const auto again = sync::decode_message(written);
    CHECK(again && *again && (*again)->index() == (*message)->index());
    CHECK(sync::encode_message(**again) == written);
  }
  if (const auto head = sync::decode_hub_head(bytes)) CHECK(sync::encode_hub_head(*head) == to_bytes(bytes));
  if (const auto proof = sync::decode_hub_fork(bytes)) (void)sync::verify_hub_fork(SpaceId{}, *proof);

  static crypto::SystemEnvironment environment;
  static const crypto::AgreementKey key = crypto::AgreementKey::generate(environment);
  sync::Channel hub = sync::Channel::from_device(key, environment);
  sync::Channel device = sync::Channel::to_hub(key, key.public_key(), environment);
  Bytes out;
  (void)hub.receive(bytes, out);
  CHECK(!hub.established());
  if (device.start(out)) (void)device.receive(bytes, out);
  return 0;
}
