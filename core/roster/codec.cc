#include "core/roster/codec.h"

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/roster/body_codec.h"
#include "log.pb.h"

namespace plenary::roster {
namespace {

constexpr std::uint32_t kRecordVersion = 1;

crypto::Domain signature_domain(const SpaceId& space) {
  return {"plenary roster signature", 1, space};
}

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorCode::malformed, "a roster record is malformed: " + std::string(what));
}

// What a record's bytes say, without any look at its signature.
struct Parsed {
  Record record;
  SpaceId space;  // that it says it is of; zero for a founding
};

Result<Parsed> parse(ByteSpan bytes) {
  if (bytes.size() > kMaxRecordBytes) {
    return fail(ErrorCode::limit_exceeded,
                "a roster record may have at most " + std::to_string(kMaxRecordBytes) + " bytes");
  }
  wire::RosterRecord message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed("its bytes were damaged");
  if (message.version() != kRecordVersion) {
    return fail(ErrorCode::unsupported, "a roster record is of a newer version than this program; update the program");
  }
  Parsed parsed;
  const auto signer = DeviceKey::from(as_bytes(message.signer()));
  if (!signer) return malformed("its signer is no key");
  parsed.record.signer = *signer;
  parsed.record.epoch = message.epoch();
  auto body = read_body(message);
  if (!body) return tl::make_unexpected(body.error());
  parsed.record.body = std::move(*body);
  if (std::holds_alternative<Found>(parsed.record.body)) {
    const bool first = message.space().empty() && message.previous().empty() && message.epoch() == 0;
    if (!first) return malformed("a founding follows nothing");
    return parsed;
  }
  const auto space = SpaceId::from(as_bytes(message.space()));
  const auto previous = RosterHash::from(as_bytes(message.previous()));
  if (!space || !previous || previous->is_zero()) return malformed("it does not say what it follows");
  parsed.space = *space;
  parsed.record.previous = *previous;
  return parsed;
}

}  // namespace

struct RecordVerifier {
  // Gives the record its hash and its space, and holds it against the space expected (none: whatever it founds).
  static Result<VerifiedRecord> accept(const SpaceId* expected, const SignedRecord& record, bool check_signature) {
    auto parsed = parse(record.bytes);
    if (!parsed) return tl::make_unexpected(parsed.error());
    const bool founding = std::holds_alternative<Found>(parsed->record.body);
    const SpaceId space = founding ? space_of_founding(record.bytes) : parsed->space;
    if (expected ? space != *expected : !founding) {
      return fail(ErrorCode::refused, "a roster record is of another space than the one that it was sent for");
    }
    if (check_signature &&
        !crypto::verify(parsed->record.signer, signature_domain(space), record.bytes, record.signature)) {
      return fail(ErrorCode::refused, "a roster record is not signed by the key that it names as its signer");
    }
    VerifiedRecord verified;
    verified.space_ = space;
    verified.record_ = std::move(parsed->record);
    verified.record_.hash = hash_record(space, record.bytes);
    verified.signed_ = record;
    return verified;
  }
};

SpaceId space_of_founding(ByteSpan founding_bytes) {
  return crypto::hash<SpaceId>({"plenary space", 1, SpaceId{}}, {founding_bytes});
}

RosterHash hash_record(const SpaceId& space, ByteSpan bytes) {
  return crypto::hash<RosterHash>({"plenary roster record", 1, space}, {bytes});
}

VerifiedRecord sign_record(const SpaceId& space, const Record& record, const crypto::SigningKey& signer) {
  const bool founding = std::holds_alternative<Found>(record.body);
  wire::RosterRecord message;
  message.set_version(kRecordVersion);
  message.set_epoch(record.epoch);
  message.set_signer(std::string(as_text(signer.public_key().span())));
  if (!founding) {
    message.set_space(std::string(as_text(space.span())));
    message.set_previous(std::string(as_text(record.previous.span())));
  }
  write_body(record.body, message);
  SignedRecord signed_record{to_bytes(message.SerializeAsString()), {}};
  const SpaceId own_space = founding ? space_of_founding(signed_record.bytes) : space;
  signed_record.signature = signer.sign(signature_domain(own_space), signed_record.bytes);
  auto verified = RecordVerifier::accept(founding ? nullptr : &space, signed_record, false);
  CHECK(verified.has_value());
  return std::move(*verified);
}

Result<VerifiedRecord> verify_record(const SpaceId& space, const SignedRecord& record) {
  return RecordVerifier::accept(&space, record, true);
}

Result<VerifiedRecord> trust_stored_record(const SpaceId& space, const SignedRecord& record) {
  return RecordVerifier::accept(&space, record, false);
}

Result<VerifiedRecord> verify_founding(const SignedRecord& record) {
  return RecordVerifier::accept(nullptr, record, true);
}

Bytes encode_signed_record(const SignedRecord& record) {
  ByteWriter writer;
  writer.id(record.signature);
  writer.raw(record.bytes);
  return std::move(writer).take();
}

Result<SignedRecord> decode_signed_record(ByteSpan bytes) {
  ByteReader reader(bytes);
  SignedRecord record;
  record.signature = reader.id<Signature>();
  if (!reader.ok() || reader.at_end()) return malformed("it was cut off");
  if (reader.remaining() > kMaxRecordBytes) {
    return fail(ErrorCode::limit_exceeded,
                "a roster record may have at most " + std::to_string(kMaxRecordBytes) + " bytes");
  }
  record.bytes = to_bytes(reader.raw(reader.remaining()));
  return record;
}

}  // namespace plenary::roster
