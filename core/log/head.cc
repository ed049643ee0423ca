#include "core/log/head.h"

#include "core/base/byte_codec.h"
#include "core/base/check.h"

namespace plenary::log {
namespace {

crypto::Domain head_domain(const SpaceId& space) {
  return {"plenary head", 1, space};
}

Bytes head_message(const Head& head) {
  ByteWriter writer;
  writer.id(head.log);
  writer.varint(head.number);
  writer.id(head.chain);
  return std::move(writer).take();
}

std::uint32_t read_number(ByteReader& reader) {
  const auto number = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
  if (number == 0) reader.invalidate();
  return number;
}

}  // namespace

LogId log_id(const SpaceId& space, const LogDescriptor& descriptor) {
  return crypto::hash<LogId>({"plenary log", 1, space}, {descriptor.author.span(), ByteSpan(descriptor.nonce)});
}

LogDescriptor make_log(const DeviceKey& author, Environment& environment) {
  LogDescriptor descriptor{author, {}};
  environment.random(descriptor.nonce);
  return descriptor;
}

SignedHead sign_head(const SpaceId& space, const Head& head, const crypto::SigningKey& author) {
  CHECK(head.number > 0);
  return {head, author.sign(head_domain(space), head_message(head))};
}

Result<void> verify_head(const SpaceId& space, const LogDescriptor& descriptor, const SignedHead& head) {
  if (head.head.number == 0 || head.head.log != log_id(space, descriptor)) {
    return fail(ErrorCode::refused, "a signed head is not of the log that it came with");
  }
  if (!crypto::verify(descriptor.author, head_domain(space), head_message(head.head), head.signature)) {
    return fail(ErrorCode::refused, "the head of log " + head.head.log.hex().substr(0, 8) + " at change " +
                                        std::to_string(head.head.number) + " is not signed by the log's author");
  }
  return {};
}

std::optional<ForkProof> disagreement(const LogDescriptor& descriptor, const SignedHead& one, const SignedHead& other) {
  if (one.head.log != other.head.log || one.head.number != other.head.number) return std::nullopt;
  if (one.head.chain == other.head.chain) return std::nullopt;
  const bool in_order = one.head.chain < other.head.chain;
  return ForkProof{descriptor, in_order ? one : other, in_order ? other : one};
}

Result<void> verify_fork(const SpaceId& space, const ForkProof& proof) {
  const auto real = disagreement(proof.log, proof.a, proof.b);
  if (!real || *real != proof) return fail(ErrorCode::refused, "a fork proof holds two heads that do not disagree");
  if (auto a = verify_head(space, proof.log, proof.a); !a) return a;
  return verify_head(space, proof.log, proof.b);
}

Bytes encode_head(const SignedHead& head) {
  ByteWriter writer;
  writer.raw(head_message(head.head));
  writer.id(head.signature);
  return std::move(writer).take();
}

Result<SignedHead> decode_head(ByteSpan bytes) {
  ByteReader reader(bytes);
  SignedHead head;
  head.head.log = reader.id<LogId>();
  head.head.number = read_number(reader);
  head.head.chain = reader.id<ChainValue>();
  head.signature = reader.id<Signature>();
  if (!reader.finished()) return fail(ErrorCode::malformed, "a signed head does not have its form");
  return head;
}

Bytes encode_fork(const ForkProof& proof) {
  ByteWriter writer;
  writer.id(proof.log.author);
  writer.raw(proof.log.nonce);
  writer.id(proof.a.head.log);
  writer.varint(proof.a.head.number);
  for (const SignedHead* side : {&proof.a, &proof.b}) {
    writer.id(side->head.chain);
    writer.id(side->signature);
  }
  return std::move(writer).take();
}

Result<ForkProof> decode_fork(ByteSpan bytes) {
  ByteReader reader(bytes);
  ForkProof proof;
  proof.log.author = reader.id<DeviceKey>();
  const ByteSpan nonce = reader.raw(proof.log.nonce.size());
  std::copy(nonce.begin(), nonce.end(), proof.log.nonce.begin());
  proof.a.head.log = proof.b.head.log = reader.id<LogId>();
  proof.a.head.number = proof.b.head.number = read_number(reader);
  for (SignedHead* side : {&proof.a, &proof.b}) {
    side->head.chain = reader.id<ChainValue>();
    side->signature = reader.id<Signature>();
  }
  if (!reader.finished() || !(proof.a.head.chain < proof.b.head.chain)) {
    return fail(ErrorCode::malformed, "a fork proof does not have its form");
  }
  return proof;
}

}  // namespace plenary::log
