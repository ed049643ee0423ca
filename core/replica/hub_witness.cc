#include "core/replica/hub_witness.h"

#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/replica/notice_room.h"

namespace plenary::replica {
namespace {

using Kind = sync::HubAlarm::Kind;

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::forked:
      return "hub_forked";
    case Kind::forgot:
      return "hub_forgot";
    case Kind::restored:
      return "hub_restored";
    case Kind::other_signer:
      return "hub_other_signer";
    case Kind::withheld:
      return "hub_withheld";
    case Kind::unlinked:
      return "hub_unlinked";
  }
  return "hub_forked";
}

// One alarm for each head that the hub contradicted.
Bytes subject_of(const sync::HubHead& head) {
  ByteWriter subject;
  subject.raw(head.hub.span().first(8));
  subject.varint(head.epoch);
  subject.varint(head.number);
  return std::move(subject).take();
}

}  // namespace

std::vector<sync::HubHead> kept_heads(Space& space) {
  std::vector<sync::HubHead> heads;
  sqlite::Statement select(space.store().database(),
                           "SELECT value FROM plenary_setting WHERE name >= 'hub head ' AND name < 'hub head!'");
  for (auto rows = select.query(); rows.next();) {
    if (auto head = sync::decode_hub_head(rows.blob(0))) heads.push_back(*std::move(head));
  }
  return heads;
}

void keep_hub_alarm(Space& space, Space::Writing& writing, const sync::HubAlarm& alarm) {
  const bool is_about_shown = alarm.kind == Kind::restored || alarm.kind == Kind::other_signer;
  space.raise_alarm(writing, kind_name(alarm.kind), subject_of(is_about_shown ? alarm.shown : alarm.seen));
  if (alarm.kind == Kind::restored) space.settle_alarms(writing, "hub_forgot");
  if (!alarm.proof) return;
  const Bytes bytes = sync::encode_hub_fork(*alarm.proof);
  if (const auto name = sync::verify_notice(space.id(), sync::ItemKind::hub_fork, bytes)) {
    const Space::Notice notice{static_cast<int>(name->kind), to_bytes(name->subject.span()), name->number, bytes};
    if (NoticeRoom(space).take(notice)) space.keep_notice(writing, notice);
  }
}

void keep_hub_fork(Space& space, Space::Writing& writing, const sync::HubForkProof& proof) {
  // Anybody can sign two heads with a key of their own; only our hub's count.
  const auto ours = kept_heads(space);
  const bool is_ours = std::ranges::find(ours, proof.a.hub, &sync::HubHead::hub) != ours.end();
  if (is_ours) space.raise_alarm(writing, "hub_forked", subject_of(proof.a));
}

std::optional<sync::HubAlarm> compare_heads(const SpaceId& space, std::span<const sync::HubHead> kept,
                                            const seal::StatusContent& content) {
  const auto theirs = sync::decode_hub_head(content.hub_head);
  if (!theirs) return std::nullopt;
  for (const sync::HubHead& ours : kept) {
    auto proof = sync::hub_disagreement(space, ours, *theirs);
    if (!proof || !sync::verify_hub_head(space, *theirs)) continue;
    return sync::HubAlarm{Kind::forked, ours, *theirs, std::move(proof)};
  }
  return std::nullopt;
}

bool VerifiedHeads::holds(const SpaceId& space, const sync::HubHead& head) {
  std::pair named(space, sync::encode_hub_head(head));
  if (heads_.contains(named)) return true;
  if (!sync::verify_hub_head(space, head)) return false;
  if (heads_.size() == kKept) heads_.clear();
  heads_.insert(std::move(named));
  return true;
}

std::vector<sync::HubHead> witnessed_heads(Space& space, const DeviceKey& hub, VerifiedHeads& verified) {
  std::vector<sync::HubHead> heads;
  for (const Space::Notice& notice : space.notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::status)) continue;
    const auto content = space.read_status(notice.bytes);
    const auto head = content ? sync::decode_hub_head(content->hub_head) : fail(ErrorCode::malformed, "");
    if (head && head->hub == hub && verified.holds(space.id(), *head)) heads.push_back(*head);
  }
  return heads;
}

}  // namespace plenary::replica
