// Canonical changes: the first byte says how long the header is, then header, skeleton, and one payload.
#include <cstdlib>

#include "core/log/codec.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteSpan bytes(reinterpret_cast<const std::byte*>(data), size);
  const std::size_t header = std::min<std::size_t>(data[0], size - 2);
  const std::size_t skeleton = std::min<std::size_t>(data[1], size - 2 - header);
  const ByteSpan payload = bytes.subspan(2 + header + skeleton);
  const std::vector<std::optional<ByteSpan>> with{payload}, missing{std::nullopt};
  const log::ChainState before{4, {}, 1'000, 1, {}};
  for (const auto& payloads : {std::vector<std::optional<ByteSpan>>{}, with, missing}) {
    const auto change =
        log::decode_change({}, before, {}, bytes.subspan(2, header), bytes.subspan(2 + header, skeleton), payloads);
    if (!change) continue;
    const log::EncodedChange again = log::encode_change(*change, before);
    if (again.header != to_bytes(bytes.subspan(2, header))) std::abort();
    if (again.skeleton != to_bytes(bytes.subspan(2 + header, skeleton))) std::abort();
  }
  return 0;
}
