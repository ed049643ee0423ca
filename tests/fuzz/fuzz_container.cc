// What a day-end file or a receipt holds, and what a segment holds, under a key that the attacker has.
#include "core/seal/container_content.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)seal::decode_content(ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  return 0;
}
