#include "core/seal/status_content.h"

#include "core/base/byte_codec.h"
#include "core/base/check.h"
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

}  // namespace

log::Frontier cut_frontier(log::Frontier frontier) {
  if (frontier.size() > kMaxStatusHeads) frontier.resize(kMaxStatusHeads);
  return frontier;
}

Bytes encode_status_content(const StatusContent& content) {
  CHECK(content.digests.size() <= kMaxDigests && content.hub_head.size() <= kMaxHubHead);
  CHECK(content.program.size() <= kMaxProgram);
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
  return to_bytes(message.SerializeAsString());
}

Result<StatusContent> decode_status_content(ByteSpan bytes) {
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

}  // namespace plenary::seal
