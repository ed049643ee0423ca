#include "tests/unit/sync/branches.h"

#include "core/base/check.h"

namespace plenary::sync {

ChainValue next_chain(const ChainValue& previous, std::string_view what) {
  return crypto::hash<ChainValue>({"plenary test change", 1, {}}, {previous.span(), as_bytes(what)});
}

Bytes pack(const SpaceId& space, const KeyId& key, const TestLog& log, const TestBranch& branch, std::uint32_t first,
           std::uint32_t last, std::size_t padding) {
  CHECK(branch.signatures.contains(last));
  log::Segment segment;
  segment.envelope = {log::SegmentKind::changes,  space, log.descriptor, first, last, branch.at(last),
                      branch.signatures.at(last), key};
  ByteWriter writer;
  writer.id(branch.at(first - 1));
  for (std::uint32_t number = first; number <= last; ++number) writer.id(branch.at(number));
  writer.raw(Bytes(padding + 64, std::byte{0x5a}));
  segment.sealed = std::move(writer).take();
  return log::encode_segment(segment);
}

std::optional<Unpacked> unpack(ByteSpan bytes) {
  const auto segment = log::view_segment(bytes);
  if (!segment || !log::verify_envelope(segment->envelope)) return std::nullopt;
  Unpacked run{segment->envelope, {}, {}};
  ByteReader reader(segment->sealed);
  run.after = reader.id<ChainValue>();
  for (std::uint32_t i = 0; i < run.envelope.count(); ++i) run.chain.push_back(reader.id<ChainValue>());
  if (!reader.ok() || run.chain.back() != run.envelope.chain) return std::nullopt;
  return run;
}

}  // namespace plenary::sync
