#include "core/log/segment.h"

#include "core/base/byte_codec.h"

namespace plenary::log {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

Bytes encode_envelope(const Envelope& envelope) {
  ByteWriter writer;
  writer.reserve(kMaxEnvelopeBytes);
  writer.u8(kVersion);
  writer.u8(static_cast<std::uint8_t>(envelope.kind));
  writer.id(envelope.space);
  writer.id(envelope.log.author);
  writer.raw(envelope.log.nonce);
  writer.varint(envelope.first);
  writer.varint(envelope.last);
  writer.id(envelope.chain);
  writer.id(envelope.signature);
  writer.id(envelope.key);
  return std::move(writer).take();
}

Result<Envelope> decode_envelope(ByteSpan bytes) {
  ByteReader reader(bytes);
  const std::uint8_t version = reader.u8();
  const std::uint8_t kind = reader.u8();
  if (reader.ok() && (version != kVersion || kind != static_cast<std::uint8_t>(SegmentKind::changes))) {
    return fail(ErrorCode::unsupported, "a segment is of a newer version than this program; update the program");
  }
  Envelope envelope;
  envelope.space = reader.id<SpaceId>();
  envelope.log.author = reader.id<DeviceKey>();
  const ByteSpan nonce = reader.raw(envelope.log.nonce.size());
  std::copy(nonce.begin(), nonce.end(), envelope.log.nonce.begin());
  envelope.first = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  envelope.last = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  envelope.chain = reader.id<ChainValue>();
  envelope.signature = reader.id<Signature>();
  envelope.key = reader.id<KeyId>();
  if (!reader.finished() || envelope.first == 0 || envelope.first > envelope.last) {
    return fail(ErrorCode::malformed, "a segment's envelope does not have its form");
  }
  if (envelope.last - envelope.first >= kMaxSegmentChanges) {
    return fail(ErrorCode::limit_exceeded,
                "a segment may hold at most " + std::to_string(kMaxSegmentChanges) + " changes");
  }
  return envelope;
}

Result<void> verify_envelope(const Envelope& envelope) {
  return verify_head(envelope.space, envelope.log, envelope.head());
}

Bytes encode_segment(const Segment& segment) {
  const Bytes envelope = encode_envelope(segment.envelope);
  ByteWriter writer;
  writer.reserve(envelope.size() + 2 + segment.sealed.size());
  writer.blob(envelope);
  writer.raw(segment.sealed);
  return std::move(writer).take();
}

Result<SegmentView> view_segment(ByteSpan bytes) {
  ByteReader reader(bytes);
  const ByteSpan clear = reader.blob(kMaxEnvelopeBytes);
  const ByteSpan sealed = reader.raw(reader.remaining());
  if (!reader.ok()) return fail(ErrorCode::malformed, "a segment was cut off");
  if (sealed.size() > kMaxSegmentSealed) {
    return fail(ErrorCode::limit_exceeded, "a segment may have at most " + std::to_string(kMaxSegmentSealed) +
                                               " sealed bytes; send it in smaller pieces");
  }
  auto envelope = decode_envelope(clear);
  if (!envelope) return tl::make_unexpected(envelope.error());
  return SegmentView{*envelope, sealed};
}

Result<Segment> decode_segment(ByteSpan bytes) {
  auto view = view_segment(bytes);
  if (!view) return tl::make_unexpected(view.error());
  return Segment{view->envelope, to_bytes(view->sealed)};
}

}  // namespace plenary::log
