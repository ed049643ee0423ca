#include "core/log/codec.h"

#include <algorithm>
#include <set>

#include "core/log/header.h"
#include "core/log/payloads.h"
#include "core/log/skeleton.h"

namespace plenary::log {
namespace {

// Everything in one stream: the bytes that are hashed.
class CanonicalSink {
 public:
  explicit CanonicalSink(ByteWriter& writer) : writer_(writer) {}
  void number(Column, std::uint64_t value) { writer_.varint(value); }
  void raw(ByteSpan bytes) { writer_.raw(bytes); }
  void length(const Operation& operation) { writer_.varint(operation.length); }

 private:
  ByteWriter& writer_;
};

class CanonicalSource {
 public:
  explicit CanonicalSource(ByteSpan bytes) : reader_(bytes) {}
  std::uint64_t number(Column, std::uint64_t max) { return reader_.bounded(max); }
  ByteSpan raw(std::size_t count) { return reader_.raw(count); }
  std::uint32_t length() { return static_cast<std::uint32_t>(reader_.bounded(UINT32_MAX)); }
  bool spend(std::size_t) { return true; }
  std::size_t shape_remaining() const { return reader_.remaining(); }
  bool ok() const { return reader_.ok(); }
  bool finished() const { return reader_.finished(); }
  void invalidate() { reader_.invalidate(); }

 private:
  ByteReader reader_;
};

tl::unexpected<Error> malformed(const LogId& log, std::uint32_t number, std::string_view part) {
  return fail(ErrorCode::malformed, "change " + std::to_string(number) + " of log " + log.hex().substr(0, 8) +
                                        " has a " + std::string(part) + " that is not in canonical form");
}

tl::unexpected<Error> too_large(std::string_view what, std::size_t limit) {
  return fail(ErrorCode::limit_exceeded,
              "A change may have at most " + std::to_string(limit) + " " + std::string(what) + ". Make it smaller.");
}

Bytes encode_header(const Change& change, const ChainState& before) {
  ByteWriter writer;
  const std::uint64_t flags = header::flags_of(change, before);
  writer.varint(flags);
  writer.zigzag(header::time_difference(change, before));
  header::write_extras(writer, change, flags);
  return std::move(writer).take();
}

bool decode_header(ByteSpan bytes, const ChainState& before, Change& change) {
  ByteReader reader(bytes);
  const std::uint64_t flags = reader.varint();
  change.time_ms = header::time_after(before, reader.zigzag());
  header::read_extras(reader, flags, before, change);
  return reader.finished();
}

std::size_t count_logs(const Change& change) {
  std::set<LogId> logs;
  const auto add = [&](const ChangeName& name) { logs.insert(name.log); };
  for (const Operation& operation : change.operations) {
    if (const auto* write = std::get_if<WriteName>(&operation.record.origin)) add(write->change);
    for (const WriteName& target : operation.targets) add(target.change);
    for (const StrikeRange& range : operation.ranges) add(range.insertion.change);
    for (const ChangeName& name : operation.changes) add(name);
    for (const auto& anchor : {operation.left, operation.right}) {
      if (anchor) add(anchor->insertion.change);
    }
  }
  return logs.size();
}

}  // namespace

ChainState state_after(const Change& change) {
  return {change.number, change.chain, change.time_ms, change.schema, change.roster};
}

EncodedChange encode_change(const Change& change, const ChainState& before) {
  CHECK(change.number == before.number + 1);
  EncodedChange encoded;
  encoded.header = encode_header(change, before);
  ByteWriter writer;
  CanonicalSink sink(writer);
  SkeletonWriter<CanonicalSink>(sink, change.log, change.number).write(change.operations);
  encoded.skeleton = std::move(writer).take();
  encoded.payloads = payloads::encode(change);
  return encoded;
}

Result<Change> decode_change(const LogId& log, const ChainState& before, const ChainValue& chain, ByteSpan header,
                             ByteSpan skeleton, std::span<const std::optional<ByteSpan>> payloads) {
  Change change;
  change.log = log;
  change.number = before.number + 1;
  change.chain = chain;
  change.previous = before.chain;
  if (change.number == 0) return fail(ErrorCode::limit_exceeded, "The log has as many changes as a log can have.");
  if (skeleton.size() > kMaxSkeletonBytes) return too_large("bytes of operations", kMaxSkeletonBytes);
  if (!decode_header(header, before, change)) return malformed(log, change.number, "header");
  CanonicalSource source(skeleton);
  change.operations = SkeletonReader<CanonicalSource>(source, log, change.number).read();
  if (!source.finished()) return malformed(log, change.number, "skeleton");
  if (!payloads::decode(change, payloads)) return malformed(log, change.number, "payload");
  return change;
}

Result<Change> decode_change(const LogId& log, const ChainState& before, const ChainValue& chain,
                             const EncodedChange& encoded) {
  std::vector<std::optional<ByteSpan>> spans;
  spans.reserve(encoded.payloads.size());
  for (const EncodedPayload& payload : encoded.payloads) {
    spans.push_back(payload.bytes ? std::optional<ByteSpan>(*payload.bytes) : std::nullopt);
  }
  auto change = decode_change(log, before, chain, encoded.header, encoded.skeleton, spans);
  if (!change) return change;
  const auto records = payload_records(*change);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i] != encoded.payloads[i].record) return malformed(log, change->number, "payload");
  }
  return change;
}

Result<void> check_limits(const Change& change) {
  std::size_t named = change.operations.size();
  std::size_t total = 0;
  std::size_t unknown = 0;
  for (const Operation& operation : change.operations) {
    named += operation.targets.size() + operation.ranges.size() + operation.changes.size();
    unknown += operation.unknown.size();
    if (!operation.value) continue;
    if (operation.value->size() > kMaxValueBytes) return too_large("bytes in one value", kMaxValueBytes);
    total += operation.value->size();
  }
  // A skeleton takes at most 96 bytes for each thing that it names.
  if (named > kMaxOperations) return too_large("operations and targets", kMaxOperations);
  if (unknown > kMaxUnknownBytes) return too_large("bytes of unknown operations", kMaxUnknownBytes);
  if (total > kMaxChangeValueBytes) return too_large("bytes of values", kMaxChangeValueBytes);
  if (count_logs(change) > kMaxChangeLogs) return too_large("logs that it refers to", kMaxChangeLogs);
  if (change.seen.size() > kMaxSeenHeads) return too_large("heads that its author newly saw", kMaxSeenHeads);
  if (change.extension.size() > kMaxExtensionBytes) return too_large("bytes of extension", kMaxExtensionBytes);
  return {};
}

EncodedChange append_change(const SpaceId& space, const ChainState& before, Change& change, LogSecrets& secrets,
                            Environment& environment) {
  change.number = before.number + 1;
  change.previous = before.chain;
  EncodedChange encoded = encode_change(change, before);
  secrets.prepare(change.number, static_cast<std::uint32_t>(encoded.payloads.size()), environment);
  const auto hashes = payload_hashes(space, change.number, encoded, secrets);
  CHECK(hashes.has_value());
  change.chain = compute_link(
      secrets.chain_key, {space, change.log, before.chain, change.number, encoded.header, encoded.skeleton, *hashes});
  return encoded;
}

Result<ChainValue> chain_of(const SpaceId& space, const ChainState& before, const Change& change,
                            const LogSecrets& secrets) {
  return chain_of(space, before, change, encode_change(change, before), secrets);
}

Result<ChainValue> chain_of(const SpaceId& space, const ChainState& before, const Change& change,
                            const EncodedChange& encoded, const LogSecrets& secrets) {
  const auto hashes = payload_hashes(space, change.number, encoded, secrets);
  if (!hashes) return tl::make_unexpected(hashes.error());
  return compute_link(secrets.chain_key,
                      {space, change.log, before.chain, change.number, encoded.header, encoded.skeleton, *hashes});
}

Result<std::vector<PayloadHash>> payload_hashes(const SpaceId& space, std::uint32_t number,
                                                const EncodedChange& encoded, const LogSecrets& secrets) {
  std::vector<PayloadHash> hashes;
  hashes.reserve(encoded.payloads.size());
  for (std::uint32_t i = 0; i < encoded.payloads.size(); ++i) {
    const PayloadName name{number, i};
    const auto& bytes = encoded.payloads[i].bytes;
    if (bytes) {
      const auto blinder = secrets.blinder(name);
      if (!blinder) return fail(ErrorCode::not_found, "a payload is here without the blinder that its hash needs");
      hashes.push_back(hash_payload(space, *blinder, *bytes));
      continue;
    }
    const auto erased = secrets.erased.find(name);
    if (erased == secrets.erased.end()) return fail(ErrorCode::not_found, "a payload is neither here nor is its hash");
    hashes.push_back(erased->second);
  }
  return hashes;
}

}  // namespace plenary::log
