// Everything of fixed grammar that the hub and the devices read in the clear: segments, heads, fork proofs, frontiers,
// references, claims, statuses, and the start of a day-end file.
#include <cstdlib>

#include "core/log/frontier.h"
#include "core/log/value.h"
#include "core/seal/container.h"
#include "core/seal/invitation.h"

using namespace plenary;

namespace {

// Whatever is accepted has one form only.
template <class Decode, class Encode>
void check(ByteSpan bytes, Decode decode, Encode encode) {
  const auto value = decode(bytes);
  if (value && encode(*value) != to_bytes(bytes)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  check(bytes, log::decode_segment, log::encode_segment);
  check(bytes, log::decode_head, log::encode_head);
  check(bytes, log::decode_fork, log::encode_fork);
  check(bytes, log::decode_envelope, log::encode_envelope);
  check(bytes, roster::decode_claim, roster::encode_claim);
  check(bytes, roster::decode_status, roster::encode_status);
  check(bytes, roster::decode_signed_record, roster::encode_signed_record);
  ByteReader reader(bytes);
  (void)log::read_frontier(reader, 1'000);
  (void)log::decode_reference(as_text(bytes));
  (void)seal::read_link(as_text(bytes));
  (void)seal::read_container({}, bytes);
  return 0;
}
