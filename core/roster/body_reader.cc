#include <google/protobuf/unknown_field_set.h>

#include <algorithm>

#include "core/roster/body_codec.h"
#include "log.pb.h"

namespace plenary::roster {
namespace {

// Reads the fields of one body. After the first field that does not fit, ok() stays false; every reading function
// still returns a value, so that a body is checked once, at its end.
class FieldReader {
 public:
  bool ok() const { return error_.message.empty(); }
  const Error& error() const { return error_; }

  template <class Id>
  Id id(const std::string& bytes, const char* name) {
    const auto value = Id::from(as_bytes(bytes));
    if (!value) malformed(name);
    return value.value_or(Id{});
  }
  // An id that must name something.
  template <class Id>
  Id key(const std::string& bytes, const char* name) {
    const Id value = id<Id>(bytes, name);
    if (value.is_zero()) malformed(name);
    return value;
  }
  Bytes bounded(const std::string& bytes, std::size_t max, const char* name) {
    if (bytes.size() > max) return exceeded(name, max), Bytes{};
    return to_bytes(bytes);
  }
  DeviceIdentity device(const wire::DeviceIdentity& message) {
    return {key<DeviceKey>(message.signing(), "signing key"), key<TransportKey>(message.transport(), "transport key")};
  }
  std::vector<KeyBox> boxes(const google::protobuf::RepeatedPtrField<wire::KeyBox>& messages) {
    std::vector<KeyBox> boxes;
    if (static_cast<std::size_t>(messages.size()) > kMaxBoxes) return exceeded("boxes", kMaxBoxes), boxes;
    for (const auto& message : messages) {
      boxes.push_back({key<TransportKey>(message.reader(), "reader of a box"),
                       bounded(message.box(), kMaxLabelBytes, "bytes of a box")});
    }
    return boxes;
  }
  WrappedKey wrapped(const wire::WrappedKey& message) {
    return {key<KeyId>(message.key(), "key id"), bounded(message.previous(), kMaxLabelBytes, "bytes of a wrapped key"),
            boxes(message.boxes())};
  }
  log::Head point(const wire::LogPoint& message) {
    log::Head head{id<LogId>(message.log(), "log"), message.number(), {}};
    if (head.number != 0) head.chain = id<ChainValue>(message.chain(), "chain value");
    if (head.number == 0 && !message.chain().empty()) malformed("chain value");
    return head;
  }
  Cuts cuts(const google::protobuf::RepeatedPtrField<wire::LogPoint>& messages) {
    Cuts cuts;
    if (static_cast<std::size_t>(messages.size()) > kMaxCuts) return exceeded("cuts", kMaxCuts), cuts;
    for (const auto& message : messages) {
      const log::Head head = point(message);
      if (!cuts.empty() && head.log <= cuts.rbegin()->first) malformed("order of cuts");
      cuts[head.log] = {head.number, head.chain};
    }
    return cuts;
  }
  log::RecordName record(const wire::RecordName& message) {
    if (!message.origin_tag().empty()) {
      const bool alone =
          message.log().empty() && message.number() == 0 && message.index() == 0 && message.branch() == 0;
      if (!alone) malformed("record");
      return {message.type(), id<OriginTag>(message.origin_tag(), "origin tag")};
    }
    if (message.number() == 0) malformed("record");
    const log::ChangeName change{id<LogId>(message.log(), "record"), message.number(), message.branch()};
    return {message.type(), log::WriteName{change, message.index()}};
  }
  std::vector<log::Head> erased(const google::protobuf::RepeatedPtrField<wire::LogPoint>& messages) {
    std::vector<log::Head> heads;
    if (static_cast<std::size_t>(messages.size()) > kMaxErasures) return exceeded("payloads", kMaxErasures), heads;
    for (const auto& message : messages) {
      heads.push_back(point(message));
      if (heads.back().number == 0) malformed("payload");
    }
    return heads;
  }
  void malformed(const char* name) {
    if (!ok()) return;
    error_ = {ErrorCode::malformed, "a roster record is malformed: its " + std::string(name) + " does not fit"};
  }

 private:
  void exceeded(const char* name, std::size_t limit) {
    if (!ok()) return;
    error_ = {ErrorCode::limit_exceeded,
              "a roster record may have at most " + std::to_string(limit) + " " + std::string(name)};
  }
  Error error_;
};

Found read(FieldReader& reader, const wire::Found& message) {
  Found body;
  body.kind = static_cast<std::uint32_t>(message.kind());
  body.keeper = reader.device(message.keeper());
  body.person = reader.id<PersonId>(message.person(), "person");
  body.role = message.role();
  body.recovery = reader.id<DeviceKey>(message.recovery(), "recovery key");
  body.label = reader.bounded(message.label(), kMaxLabelBytes, "bytes of a label");
  body.name = reader.bounded(message.name(), kMaxLabelBytes, "bytes of a name");
  body.key = reader.wrapped(message.key());
  using Nonce = FixedId<struct FoundingNonceTag, 16>;
  body.nonce = reader.id<Nonce>(message.nonce(), "nonce").bytes;
  if (message.schema().size() > kMaxLabelBytes) reader.malformed("schema");
  body.schema = message.schema();
  return body;
}

Grant read(FieldReader& reader, const wire::Grant& message) {
  Grant body;
  body.device = reader.device(message.device());
  body.person = reader.id<PersonId>(message.person(), "person");
  body.role = message.role();
  if (!message.invitation().empty()) body.invitation = reader.id<InvitationId>(message.invitation(), "invitation");
  body.label = reader.bounded(message.label(), kMaxLabelBytes, "bytes of a label");
  body.boxes = reader.boxes(message.boxes());
  return body;
}

Invite read(FieldReader& reader, const wire::Invite& message) {
  return {reader.key<InvitationId>(message.invitation(), "invitation"), message.role(),
          reader.bounded(message.box(), kMaxLabelBytes, "bytes of a box"),
          reader.bounded(message.label(), kMaxLabelBytes, "bytes of a label")};
}

Readmit read(FieldReader& reader, const wire::Readmit& message) {
  Readmit body{reader.id<LogId>(message.log(), "log"), message.first(), message.last(),
               reader.id<ChainValue>(message.chain(), "chain value"), message.role()};
  if (body.first == 0 || body.first > body.last) reader.malformed("stretch");
  return body;
}

Decline read(FieldReader& reader, const wire::Decline& message) {
  if (message.has_request() == !message.erasure().empty()) reader.malformed("object");
  if (!message.has_request()) return {reader.id<RosterHash>(message.erasure(), "erasure")};
  const log::Head request = reader.point(message.request());
  if (request.number == 0) reader.malformed("request");
  return {std::pair{request, message.operation()}};
}

Deputies read(FieldReader& reader, const wire::Deputies& message) {
  Deputies body;
  const auto boxes = reader.boxes(message.boxes());
  if (boxes.size() != body.boxes.size()) return reader.malformed("number of deputies"), body;
  std::ranges::copy(boxes, body.boxes.begin());
  return body;
}

std::optional<WrappedKey> read_rotation(FieldReader& reader, bool has, const wire::WrappedKey& message) {
  if (!has) return std::nullopt;
  return reader.wrapped(message);
}

Body read_known(FieldReader& reader, const wire::RosterRecord& message) {
  using Case = wire::RosterRecord::BodyCase;
  switch (message.body_case()) {
    case Case::kFound:
      return read(reader, message.found());
    case Case::kGrant:
      return read(reader, message.grant());
    case Case::kInvite:
      return read(reader, message.invite());
    case Case::kVoidInvitation:
      return VoidInvitation{reader.key<InvitationId>(message.void_invitation().invitation(), "invitation")};
    case Case::kChangeRole:
      return ChangeRole{reader.id<DeviceKey>(message.change_role().key(), "device key"), message.change_role().role(),
                        reader.cuts(message.change_role().cuts())};
    case Case::kRemove:
      return Remove{reader.id<DeviceKey>(message.remove().key(), "device key"), reader.cuts(message.remove().cuts()),
                    read_rotation(reader, message.remove().has_rotation(), message.remove().rotation()),
                    reader.bounded(message.remove().label(), kMaxLabelBytes, "bytes of a label")};
    case Case::kReadmit:
      return read(reader, message.readmit());
    case Case::kBranch: {
      const log::Head head = reader.point(message.branch());
      return Branch{head.log, head.number, head.chain};
    }
    case Case::kLost: {
      const log::Head head = reader.point(message.lost());
      return Lost{head.log, head.number, head.chain};
    }
    case Case::kErase:
      return Erase{reader.record(message.erase().record()), reader.erased(message.erase().changes())};
    case Case::kDecline:
      return read(reader, message.decline());
    case Case::kRotate:
      return Rotate{reader.wrapped(message.rotate().key())};
    case Case::kExpire:
      return Expire{message.expire().not_before_ms()};
    case Case::kHandOver:
      return HandOver{reader.device(message.hand_over().keeper()),
                      read_rotation(reader, message.hand_over().has_rotation(), message.hand_over().rotation())};
    case Case::kRecover:
      return Recover{reader.device(message.recover().keeper()),
                     reader.id<DeviceKey>(message.recover().recovery(), "recovery key"),
                     read_rotation(reader, message.recover().has_rotation(), message.recover().rotation())};
    case Case::kDeputies:
      return read(reader, message.deputies());
    case Case::BODY_NOT_SET:
      break;
  }
  return UnknownBody{message.kind()};
}

}  // namespace

Result<Body> read_body(const wire::RosterRecord& message) {
  FieldReader reader;
  Body body = read_known(reader, message);
  const auto present = static_cast<std::uint32_t>(message.body_case());
  const bool unknown = present == 0 && message.kind() > static_cast<std::uint32_t>(wire::RosterRecord::kDeputies);
  if (!unknown && message.kind() != present) reader.malformed("kind");
  if (!reader.ok()) return tl::make_unexpected(reader.error());
  return body;
}

}  // namespace plenary::roster
