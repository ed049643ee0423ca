// What a member's status says, once it is opened.
#include "core/base/check.h"
#include "core/seal/status_content.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto content = seal::decode_status_content(bytes);
  if (!content) return 0;
  const auto again = seal::decode_status_content(seal::encode_status_content(*content));
  CHECK(again && *again == *content);
  return 0;
}
