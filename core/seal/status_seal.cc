#include "core/seal/status_seal.h"

#include "core/base/byte_codec.h"
#include "core/seal/sealed_bytes.h"
#include "core/seal/segment_seal.h"
#include "log.pb.h"

namespace plenary::seal {
namespace {

constexpr std::size_t kMaxDigests = 64;
constexpr std::size_t kMaxHubHead = 4096;
constexpr std::size_t kMaxProgram = 64;

std::string text_of(ByteSpan bytes) {
  return std::string(as_text(bytes));
}

tl::unexpected<Error> malformed_status() {
  return fail(ErrorCode::malformed, "a status does not have its form");
}

// The space, the device and the number stand in the signed part around it.
Bytes associated(const roster::Status& status) {
  ByteWriter writer;
  writer.raw(crypto::Domain{"plenary status content", 1, status.space}.encode());
  writer.id(status.device);
  writer.varint(status.number);
  return std::move(writer).take();
}

std::string encode(const StatusContent& content) {
  wire::StatusContent message;
  ByteWriter frontier;
  log::write_frontier(frontier, cut_frontier(content.frontier));
  message.set_time_ms(content.time_ms);
  message.set_frontier(text_of(frontier.bytes()));
  message.set_roster(text_of(content.roster.span()));
  message.set_schema(content.schema);
  for (const PositionDigest& pair : content.digests) {
    auto& digest = *message.add_digests();
    digest.set_position(text_of(pair.position.span()));
    digest.set_digest(text_of(pair.digest.span()));
  }
  message.set_hub_head(text_of(content.hub_head));
  message.set_unsent_changes(content.unsent_changes);
  if (content.notes_sealed) message.set_notes_sealed(*content.notes_sealed);
  message.set_day_start_ms(content.day_start_ms);
  message.set_program(content.program);
  return message.SerializeAsString();
}

Result<StatusContent> decode(ByteSpan bytes) {
  wire::StatusContent message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed_status();
  StatusContent content;
  content.time_ms = message.time_ms();
  ByteReader frontier(as_bytes(message.frontier()));
  content.frontier = log::read_frontier(frontier, kMaxStatusHeads);
  const auto roster = RosterHash::from(as_bytes(message.roster()));
  const bool bounded = static_cast<std::size_t>(message.digests_size()) <= kMaxDigests &&
                       message.hub_head().size() <= kMaxHubHead && message.program().size() <= kMaxProgram;
  if (!frontier.finished() || !roster || !bounded) return malformed_status();
  content.roster = *roster;
  content.schema = message.schema();
  for (const auto& pair : message.digests()) {
    const auto position = Digest::from(as_bytes(pair.position()));
    const auto digest = Digest::from(as_bytes(pair.digest()));
    if (!position || !digest) return malformed_status();
    content.digests.push_back({*position, *digest});
  }
  content.hub_head = to_bytes(message.hub_head());
  content.unsent_changes = message.unsent_changes();
  if (message.has_notes_sealed()) content.notes_sealed = message.notes_sealed();
  content.day_start_ms = message.day_start_ms();
  content.program = message.program();
  return content;
}

}  // namespace

log::Frontier cut_frontier(log::Frontier frontier) {
  if (frontier.size() > kMaxStatusHeads) frontier.resize(kMaxStatusHeads);
  return frontier;
}

roster::Status seal_status(const SpaceKey& key, const SpaceId& space, const crypto::SigningKey& device,
                           std::uint64_t number, const StatusContent& content, Environment& environment) {
  CHECK(content.digests.size() <= kMaxDigests && content.hub_head.size() <= kMaxHubHead);
  CHECK(content.program.size() <= kMaxProgram);
  ByteWriter plaintext;
  plaintext.blob(as_bytes(encode(content)));
  Bytes padded = std::move(plaintext).take();
  padded.resize(padded_size(padded.size()));
  roster::Status status{space, device.public_key(), number, key_id(key), {}, {}};
  status.sealed = seal_bytes(purpose_key(key, "status"), associated(status), padded, environment);
  roster::sign_status(status, device);
  return status;
}

Result<StatusContent> open_status(const KeyRing& keys, const roster::Status& status) {
  const SpaceKey* key = keys.find(status.key);
  if (!key) return fail(ErrorCode::not_found, "a status is sealed under a key that this device does not have yet");
  auto padded = open_bytes(purpose_key(*key, "status"), associated(status), status.sealed);
  if (!padded) return tl::make_unexpected(padded.error());
  ByteReader reader(*padded);
  const ByteSpan content = reader.blob(padded->size());
  if (!reader.ok()) return malformed_status();
  return decode(content);
}

}  // namespace plenary::seal
