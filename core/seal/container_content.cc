#include "core/seal/container_content.h"

#include "core/base/byte_codec.h"
#include "core/log/frontier.h"
#include "log.pb.h"

namespace plenary::seal {
namespace {

enum Kind : std::uint8_t { kDayEnd = 1, kReceipt = 2 };

constexpr std::size_t kMaxReceiptHeads = 65'536;

std::string text(ByteSpan bytes) {
  return std::string(as_text(bytes));
}

tl::unexpected<Error> malformed() {
  return fail(ErrorCode::malformed, "The file is whole, but what it holds does not have its form. Ask for it again.");
}

Bytes with_kind(Kind kind, const std::string& message) {
  ByteWriter writer;
  writer.reserve(message.size() + 1);
  writer.u8(kind);
  writer.raw(as_bytes(message));
  return std::move(writer).take();
}

crypto::Domain receipt_domain(const SpaceId& space) {
  return {"plenary receipt", 1, space};
}

// Decodes each of `messages` with `decode` into `values`; false at the first that does not fit.
template <class Messages, class Value, class Decode>
bool decode_all(const Messages& messages, std::vector<Value>& values, Decode decode) {
  for (const std::string& message : messages) {
    auto value = decode(as_bytes(message));
    if (!value) return false;
    values.push_back(std::move(*value));
  }
  return true;
}

Result<ContainerContent> decode_day_end(ByteSpan bytes) {
  wire::DayEndContent message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed();
  DayEnd content;
  const auto space = SpaceId::from(as_bytes(message.space()));
  if (!space) return malformed();
  content.space = *space;
  for (const std::string& segment : message.segments()) content.segments.push_back(to_bytes(segment));
  for (const std::string& proof : message.fork_proofs()) content.fork_proofs.push_back(to_bytes(proof));
  const bool fits = decode_all(message.roster(), content.roster, roster::decode_signed_record) &&
                    decode_all(message.claims(), content.claims, roster::decode_claim) &&
                    decode_all(message.statuses(), content.statuses, roster::decode_status);
  if (!fits) return malformed();
  return content;
}

Result<ContainerContent> decode_receipt(ByteSpan bytes) {
  wire::SignedReceipt outer;
  wire::ReceiptContent message;
  if (!outer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed();
  if (!message.ParseFromString(outer.receipt())) return malformed();
  const auto space = SpaceId::from(as_bytes(message.space()));
  const auto file = ContainerHash::from(as_bytes(message.file()));
  const auto device = DeviceKey::from(as_bytes(message.device()));
  const auto tip = RosterHash::from(as_bytes(message.roster()));
  const auto signature = Signature::from(as_bytes(outer.signature()));
  ByteReader frontier(as_bytes(message.frontier()));
  Receipt receipt;
  receipt.frontier = log::read_frontier(frontier, kMaxReceiptHeads);
  if (!space || !file || !device || !tip || !signature || !frontier.finished()) return malformed();
  receipt.space = *space;
  receipt.file = *file;
  receipt.device = *device;
  receipt.time_ms = message.time_ms();
  receipt.roster = *tip;
  if (!crypto::verify(*device, receipt_domain(*space), as_bytes(outer.receipt()), *signature)) {
    return fail(ErrorCode::refused, "The receipt is not signed by the device that it names. Ask for another.");
  }
  return receipt;
}

}  // namespace

Bytes encode_content(const DayEnd& content) {
  wire::DayEndContent message;
  message.set_space(text(content.space.span()));
  for (const auto& record : content.roster) message.add_roster(text(roster::encode_signed_record(record)));
  for (const Bytes& segment : content.segments) message.add_segments(text(segment));
  for (const Bytes& proof : content.fork_proofs) message.add_fork_proofs(text(proof));
  for (const auto& claim : content.claims) message.add_claims(text(roster::encode_claim(claim)));
  for (const auto& status : content.statuses) message.add_statuses(text(roster::encode_status(status)));
  return with_kind(kDayEnd, message.SerializeAsString());
}

Bytes encode_content(const Receipt& content, const crypto::SigningKey& device) {
  CHECK(content.device == device.public_key());
  ByteWriter frontier;
  log::write_frontier(frontier, content.frontier);
  wire::ReceiptContent message;
  message.set_space(text(content.space.span()));
  message.set_file(text(content.file.span()));
  message.set_device(text(content.device.span()));
  message.set_time_ms(content.time_ms);
  message.set_frontier(text(frontier.bytes()));
  message.set_roster(text(content.roster.span()));
  wire::SignedReceipt outer;
  outer.set_receipt(message.SerializeAsString());
  outer.set_signature(text(device.sign(receipt_domain(content.space), as_bytes(outer.receipt())).span()));
  return with_kind(kReceipt, outer.SerializeAsString());
}

Result<ContainerContent> decode_content(ByteSpan bytes) {
  if (bytes.empty()) return malformed();
  const auto kind = std::to_integer<std::uint8_t>(bytes.front());
  if (kind == kDayEnd) return decode_day_end(bytes.subspan(1));
  if (kind == kReceipt) return decode_receipt(bytes.subspan(1));
  return fail(ErrorCode::unsupported,
              "The file is of a kind that this version of Plenary does not know. Update this program.");
}

}  // namespace plenary::seal
