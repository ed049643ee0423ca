// The contents of an opened segment: a count of changes (one byte), then the contents.
#include "core/log/content.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  log::Envelope envelope;
  envelope.first = 3;
  envelope.last = 3 + data[0];
  (void)log::unpack_changes(bytes.subspan(1), envelope, {2, {}, 1'000, 1, {}});
  return 0;
}
