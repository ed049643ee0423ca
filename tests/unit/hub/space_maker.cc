#include "tests/unit/hub/space_maker.h"

namespace plenary::hub {

SpaceMaker::SpaceMaker(Environment& environment) : environment_(environment), keeper_(environment) {
  environment_.random(key_.bytes);
  roster::Found found;
  found.keeper = keeper_.identity();
  environment_.random(found.person.bytes);
  found.role = 1;
  found.recovery = crypto::SigningKey::generate(environment_).public_key();
  found.key.key = key_;
  environment_.random(found.nonce);
  sign({{}, {}, 0, {}, found});
}

Bytes SpaceMaker::random_bytes(std::size_t size) {
  Bytes bytes(size);
  environment_.random(bytes);
  return bytes;
}

sync::Item SpaceMaker::sign(roster::Record record) {
  record.previous = tip_;
  const auto verified = roster::sign_record(space_, record, keeper_.signing);
  space_ = verified.space();
  tip_ = verified.record().hash;
  sync::Item item;
  item.kind = sync::ItemKind::roster;
  item.bytes = roster::encode_signed_record(verified.signed_record());
  roster_.push_back(item);
  return item;
}

sync::Item SpaceMaker::grant(const TestDevice& device) {
  roster::Grant grant;
  grant.device = device.identity();
  environment_.random(grant.person.bytes);
  grant.role = 1;
  return sign({{}, {}, 0, {}, grant});
}

sync::Item SpaceMaker::remove(const TestDevice& device) {
  roster::Remove remove;
  remove.key = device.signing.public_key();
  if (device.head.number > 0) remove.cuts[device.head.log] = {device.head.number, device.head.chain};
  return sign({{}, {}, 0, {}, remove});
}

sync::Item SpaceMaker::invite(const InvitationId& invitation) {
  roster::Invite invite;
  invite.invitation = invitation;
  invite.role = 1;
  return sign({{}, {}, 0, {}, invite});
}

log::Segment SpaceMaker::make_segment(const TestDevice& device, std::uint32_t first, std::uint32_t last,
                                      std::size_t sealed_size) {
  log::Segment segment;
  segment.envelope.space = space_;
  segment.envelope.log = device.log;
  segment.envelope.first = first;
  segment.envelope.last = last;
  environment_.random(segment.envelope.chain.bytes);
  segment.envelope.key = key_;
  const log::Head head{log::log_id(space_, device.log), last, segment.envelope.chain};
  segment.envelope.signature = log::sign_head(space_, head, device.signing).signature;
  segment.sealed = random_bytes(sealed_size);
  return segment;
}

sync::Item SpaceMaker::segment(TestDevice& device, std::uint32_t count, std::size_t sealed_size) {
  const auto made = make_segment(device, device.head.number + 1, device.head.number + count, sealed_size);
  sync::Item item;
  item.kind = sync::ItemKind::segment;
  item.bytes = log::encode_segment(made);
  item.after = device.head.chain;
  device.head = made.envelope.head().head;
  return item;
}

sync::Item SpaceMaker::branch(const TestDevice& device, const log::Head& from, std::uint32_t count) {
  sync::Item item;
  item.kind = sync::ItemKind::segment;
  item.bytes = log::encode_segment(make_segment(device, from.number + 1, from.number + count, 512));
  item.after = from.chain;
  item.branch = true;
  return item;
}

sync::Item SpaceMaker::status(const TestDevice& device, std::uint64_t number, std::size_t sealed_size) {
  roster::Status status;
  status.space = space_;
  status.device = device.signing.public_key();
  status.number = number;
  status.key = key_;
  status.sealed = random_bytes(sealed_size);
  roster::sign_status(status, device.signing);
  sync::Item item;
  item.kind = sync::ItemKind::status;
  item.bytes = roster::encode_status(status);
  return item;
}

sync::Item SpaceMaker::claim(const TestDevice& device, const crypto::SigningKey& invitation) {
  roster::Claim claim;
  claim.space = space_;
  claim.invitation = *InvitationId::from(invitation.public_key().span());
  claim.device = device.identity();
  environment_.random(claim.person.bytes);
  sync::Item item;
  item.kind = sync::ItemKind::claim;
  item.bytes = roster::encode_claim(roster::sign_claim(claim, invitation, device.signing));
  return item;
}

}  // namespace plenary::hub
