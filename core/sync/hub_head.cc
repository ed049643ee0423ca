#include "core/sync/hub_head.h"

#include "core/sync/limits.h"

namespace plenary::sync {
namespace {

constexpr std::uint8_t kVersion = 1;

crypto::Domain head_domain(const SpaceId& space) {
  return {"plenary hub head", 1, space};
}

Bytes signed_part(const HubHead& head) {
  ByteWriter writer;
  writer.u8(kVersion);
  writer.id(head.hub);
  writer.varint(head.epoch);
  writer.varint(head.number);
  writer.id(head.previous);
  writer.id(head.roster);
  writer.id(head.frontier);
  return std::move(writer).take();
}

HubHead read_head(ByteReader& reader) {
  HubHead head;
  if (reader.u8() != kVersion) reader.invalidate();
  head.hub = reader.id<DeviceKey>();
  head.epoch = reader.varint();
  head.number = reader.varint();
  head.previous = reader.id<HubValue>();
  head.roster = reader.id<Digest>();
  head.frontier = reader.id<Digest>();
  head.signature = reader.id<Signature>();
  if (head.number == 0 || (head.number == 1) != head.previous.is_zero()) reader.invalidate();
  return head;
}

// Does the chain lead to b over the links, and not from a?
bool is_detour(const SpaceId& space, const HubForkProof& proof) {
  const HubHead &a = proof.a, &b = proof.b;
  if (a.hub != b.hub || a.epoch != b.epoch || a.number >= b.number) return false;
  if (proof.links.size() != b.number - a.number - 1 || proof.rival == value_of(space, a)) return false;
  HubValue value = proof.rival;
  std::uint64_t number = a.number;
  for (const HubContent& link : proof.links) value = next_value(space, value, a.epoch, ++number, link);
  return value == b.previous;
}

}  // namespace

HubContent content_of(const SpaceId& space, const HubHead& head) {
  return crypto::hash<HubContent>({"plenary hub content", 1, space}, {head.roster.span(), head.frontier.span()});
}

HubValue next_value(const SpaceId& space, const HubValue& previous, std::uint64_t epoch, std::uint64_t number,
                    const HubContent& content) {
  crypto::Hasher hasher({"plenary hub link", 1, space}, HubValue::kSize);
  return hasher.update(previous).update_u64(epoch).update_u64(number).update(content).finish<HubValue>();
}

HubValue value_of(const SpaceId& space, const HubHead& head) {
  return next_value(space, head.previous, head.epoch, head.number, content_of(space, head));
}

HubHead make_hub_head(const SpaceId& space, const std::optional<HubHead>& last, std::uint64_t epoch,
                      const Digest& roster, const Digest& frontier, const crypto::SigningKey& hub) {
  HubHead head;
  head.hub = hub.public_key();
  head.epoch = epoch;
  head.number = 1;
  if (last && last->epoch == epoch) {
    head.number = last->number + 1;
    head.previous = value_of(space, *last);
  }
  head.roster = roster;
  head.frontier = frontier;
  head.signature = hub.sign(head_domain(space), signed_part(head));
  return head;
}

Result<void> verify_hub_head(const SpaceId& space, const HubHead& head) {
  if (crypto::verify(head.hub, head_domain(space), signed_part(head), head.signature)) return {};
  return fail(ErrorCode::refused, "A hub head is not signed by the hub that it names.");
}

Bytes encode_hub_head(const HubHead& head) {
  Bytes bytes = signed_part(head);
  const ByteSpan signature = head.signature.span();
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return bytes;
}

Result<HubHead> decode_hub_head(ByteSpan bytes) {
  ByteReader reader(bytes);
  const HubHead head = read_head(reader);
  if (!reader.finished()) return fail(ErrorCode::malformed, "A hub head is cut, altered, or of a newer version.");
  return head;
}

std::optional<HubForkProof> hub_disagreement(const SpaceId& space, const HubHead& one, const HubHead& other) {
  if (one.hub != other.hub || one.epoch != other.epoch || one.number != other.number) return std::nullopt;
  const HubValue first = value_of(space, one), second = value_of(space, other);
  if (first == second) return std::nullopt;
  return first < second ? HubForkProof{one, other, {}, {}} : HubForkProof{other, one, {}, {}};
}

std::optional<HubForkProof> hub_detour(const SpaceId& space, const HubHead& earlier, const HubHead& later,
                                       const HubValue& rival, std::vector<HubContent> links) {
  HubForkProof proof{earlier, later, rival, std::move(links)};
  return is_detour(space, proof) ? std::optional(std::move(proof)) : std::nullopt;
}

Result<void> verify_hub_fork(const SpaceId& space, const HubForkProof& proof) {
  const bool same_number = proof.a.number == proof.b.number;
  if (same_number ? hub_disagreement(space, proof.a, proof.b) != proof : !is_detour(space, proof)) {
    return fail(ErrorCode::malformed, "A proof that a hub forked names two heads that do not disagree.");
  }
  if (const auto a = verify_hub_head(space, proof.a); !a) return a;
  return verify_hub_head(space, proof.b);
}

Bytes encode_hub_fork(const HubForkProof& proof) {
  ByteWriter writer;
  writer.blob(encode_hub_head(proof.a));
  writer.blob(encode_hub_head(proof.b));
  if (proof.a.number != proof.b.number) writer.id(proof.rival);
  for (const HubContent& link : proof.links) writer.id(link);
  return std::move(writer).take();
}

Result<HubForkProof> decode_hub_fork(ByteSpan bytes) {
  constexpr std::size_t kMaxHead = 512;
  ByteReader reader(bytes);
  const auto a = decode_hub_head(reader.blob(kMaxHead));
  const auto b = decode_hub_head(reader.blob(kMaxHead));
  HubForkProof proof;
  if (a && b && a->number != b->number) {
    proof.rival = reader.id<HubValue>();
    if (reader.remaining() / HubContent::kSize > kMaxLinks) reader.invalidate();
    while (reader.ok() && !reader.at_end()) proof.links.push_back(reader.id<HubContent>());
  }
  if (!reader.finished() || !a || !b) return fail(ErrorCode::malformed, "A proof that a hub forked is cut or altered.");
  proof.a = *a;
  proof.b = *b;
  return proof;
}

}  // namespace plenary::sync
