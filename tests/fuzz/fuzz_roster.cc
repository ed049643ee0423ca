// Roster records as protobuf, before anything is known of their signature.
#include "core/roster/codec.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  const roster::SignedRecord record{to_bytes(bytes), {}};
  (void)roster::trust_stored_record(SpaceId{}, record);
  (void)roster::trust_stored_record(roster::space_of_founding(bytes), record);
  return 0;
}
