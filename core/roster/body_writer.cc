#include "core/base/check.h"
#include "core/roster/body_codec.h"
#include "log.pb.h"

namespace plenary::roster {
namespace {

std::string text(ByteSpan bytes) {
  return std::string(as_text(bytes));
}
template <class Tag, std::size_t N>
std::string text(const FixedId<Tag, N>& id) {
  return text(id.span());
}

void write(const DeviceIdentity& device, wire::DeviceIdentity& message) {
  message.set_signing(text(device.signing));
  message.set_transport(text(device.transport));
}

void write(const KeyBox& box, wire::KeyBox& message) {
  message.set_reader(text(box.reader));
  message.set_box(text(box.box));
}

void write(const WrappedKey& key, wire::WrappedKey& message) {
  message.set_key(text(key.key));
  message.set_previous(text(key.previous));
  for (const KeyBox& box : key.boxes) write(box, *message.add_boxes());
}

void write(const LogId& log, std::uint32_t number, const ChainValue& chain, wire::LogPoint& message) {
  message.set_log(text(log));
  message.set_number(number);
  if (number != 0) message.set_chain(text(chain));
}

template <class Message>
void write(const Cuts& cuts, Message& message) {
  for (const auto& [log, cut] : cuts) write(log, cut.number, cut.chain, *message.add_cuts());
}

void write(const log::RecordName& record, wire::RecordName& message) {
  message.set_type(record.type);
  if (const auto* tag = std::get_if<OriginTag>(&record.origin)) return message.set_origin_tag(text(*tag));
  const auto& creation = std::get<log::WriteName>(record.origin);
  message.set_log(text(creation.change.log));
  message.set_number(creation.change.number);
  message.set_index(creation.index);
  message.set_branch(creation.change.branch);
}

struct BodyWriter {
  wire::RosterRecord& message;

  void operator()(const Found& body) {
    auto& found = *message.mutable_found();
    found.set_kind(static_cast<wire::SpaceKind>(body.kind));
    write(body.keeper, *found.mutable_keeper());
    found.set_person(text(body.person));
    found.set_role(body.role);
    found.set_recovery(text(body.recovery));
    found.set_label(text(body.label));
    found.set_name(text(body.name));
    write(body.key, *found.mutable_key());
    found.set_nonce(text(ByteSpan(body.nonce)));
    found.set_schema(body.schema);
  }
  void operator()(const Grant& body) {
    auto& grant = *message.mutable_grant();
    write(body.device, *grant.mutable_device());
    grant.set_person(text(body.person));
    grant.set_role(body.role);
    if (body.invitation) grant.set_invitation(text(*body.invitation));
    grant.set_label(text(body.label));
    for (const KeyBox& box : body.boxes) write(box, *grant.add_boxes());
  }
  void operator()(const Invite& body) {
    auto& invite = *message.mutable_invite();
    invite.set_invitation(text(body.invitation));
    invite.set_role(body.role);
    invite.set_box(text(body.box));
    invite.set_label(text(body.label));
  }
  void operator()(const VoidInvitation& body) {
    message.mutable_void_invitation()->set_invitation(text(body.invitation));
  }
  void operator()(const ChangeRole& body) {
    auto& change = *message.mutable_change_role();
    change.set_key(text(body.key));
    change.set_role(body.role);
    write(body.cuts, change);
  }
  void operator()(const Remove& body) {
    auto& remove = *message.mutable_remove();
    remove.set_key(text(body.key));
    write(body.cuts, remove);
    if (body.rotation) write(*body.rotation, *remove.mutable_rotation());
    remove.set_label(text(body.label));
  }
  void operator()(const Readmit& body) {
    auto& readmit = *message.mutable_readmit();
    readmit.set_log(text(body.log));
    readmit.set_first(body.first);
    readmit.set_last(body.last);
    readmit.set_chain(text(body.chain));
    readmit.set_role(body.role);
  }
  void operator()(const Branch& body) { write(body.log, body.number, body.chain, *message.mutable_branch()); }
  void operator()(const Lost& body) { write(body.log, body.number, body.chain, *message.mutable_lost()); }
  void operator()(const Erase& body) {
    auto& erase = *message.mutable_erase();
    write(body.record, *erase.mutable_record());
    for (const log::Head& head : body.changes) write(head.log, head.number, head.chain, *erase.add_changes());
  }
  void operator()(const Decline& body) {
    auto& decline = *message.mutable_decline();
    if (const auto* erasure = std::get_if<RosterHash>(&body.of)) return decline.set_erasure(text(*erasure));
    const auto& [head, operation] = std::get<1>(body.of);
    write(head.log, head.number, head.chain, *decline.mutable_request());
    decline.set_operation(operation);
  }
  void operator()(const Rotate& body) { write(body.key, *message.mutable_rotate()->mutable_key()); }
  void operator()(const Expire& body) { message.mutable_expire()->set_not_before_ms(body.not_before_ms); }
  void operator()(const HandOver& body) {
    auto& hand_over = *message.mutable_hand_over();
    write(body.keeper, *hand_over.mutable_keeper());
    if (body.rotation) write(*body.rotation, *hand_over.mutable_rotation());
  }
  void operator()(const Recover& body) {
    auto& recover = *message.mutable_recover();
    write(body.keeper, *recover.mutable_keeper());
    recover.set_recovery(text(body.recovery));
    if (body.rotation) write(*body.rotation, *recover.mutable_rotation());
  }
  void operator()(const Deputies& body) {
    for (const KeyBox& box : body.boxes) write(box, *message.mutable_deputies()->add_boxes());
  }
  // Of a newer version: only its bytes are passed on, nobody writes one.
  void operator()(const UnknownBody&) { CHECK(false); }
};

}  // namespace

void write_body(const Body& body, wire::RosterRecord& message) {
  std::visit(BodyWriter{message}, body);
  message.set_kind(static_cast<std::uint32_t>(message.body_case()));
}

}  // namespace plenary::roster
