#include "core/replica/notice_room.h"

#include <algorithm>

#include "core/replica/hub_witness.h"
#include "core/roster/invitations.h"
#include "core/roster/status.h"

namespace plenary::replica {

NoticeRoom::NoticeRoom(Space& space)
    : space_(space), find_(space.store().database(), "SELECT 1 FROM plenary_notice WHERE kind = ? AND subject = ?") {}

bool NoticeRoom::take(const Space::Notice& notice) {
  if (is_here(notice)) return true;
  const auto kind = static_cast<sync::ItemKind>(notice.kind);
  const Group group = group_of(kind, notice.bytes);
  std::size_t& count = counts(kind)[group.of];
  if (count >= group.room) return false;
  ++count;
  return true;
}

bool NoticeRoom::is_here(const Space::Notice& notice) {
  auto rows = find_.query(notice.kind, notice.subject);
  return rows.next();
}

std::map<Bytes, std::size_t>& NoticeRoom::counts(sync::ItemKind kind) {
  const auto [counts, is_new] = counts_.try_emplace(kind);
  if (!is_new || kind == sync::ItemKind::status) return counts->second;
  sqlite::Statement select(space_.store().database(), "SELECT bytes FROM plenary_notice WHERE kind = ?");
  for (auto rows = select.query(kind); rows.next();) ++counts->second[group_of(kind, rows.blob(0)).of];
  return counts->second;
}

NoticeRoom::Group NoticeRoom::group_of(sync::ItemKind kind, ByteSpan bytes) {
  if (kind == sync::ItemKind::claim) return group_of_claim(bytes);
  if (kind == sync::ItemKind::hub_fork) return group_of_hub_fork(bytes);
  std::optional<DeviceKey> device;
  if (kind == sync::ItemKind::status) {
    if (const auto status = roster::decode_status(bytes)) device = status->device;
  } else if (const auto proof = log::decode_fork(bytes)) {
    device = proof->log.author;
  }
  if (!device || !was_granted(*device)) return {};
  return {to_bytes(device->span()), kind == sync::ItemKind::status ? 1 : sync::kMaxForksOfAuthor};
}

// Also of one that was removed since: what it last held, and that it forked, is worth knowing.
bool NoticeRoom::was_granted(const DeviceKey& device) {
  const auto& roster = space_.store().roster();
  if (roster.empty()) return false;
  const auto& standing = roster.standing();
  return standing.member(device) != nullptr || standing.keeper.signing == device;
}

// A file may bring a claim before the record of its invitation is here: some of those are kept as well.
NoticeRoom::Group NoticeRoom::group_of_claim(ByteSpan bytes) {
  const auto claim = roster::decode_claim(bytes);
  if (!claim) return {};
  const auto& roster = space_.store().roster();
  if (revision_ != roster.revision()) {
    invitations_ = roster::invitations_ever(roster);
    revision_ = roster.revision();
    counts_.erase(sync::ItemKind::claim);
  }
  const InvitationId& invitation = claim->claim.invitation;
  if (!invitations_.contains(invitation)) return {{}, sync::kMaxUnknownClaims};
  return {to_bytes(invitation.span()), sync::kMaxClaimsPerInvitation};
}

// Anybody can sign two heads with a key of their own: such proofs leave room for those against hubs that we know.
NoticeRoom::Group NoticeRoom::group_of_hub_fork(ByteSpan bytes) {
  const auto proof = sync::decode_hub_fork(bytes);
  if (!proof) return {};
  const auto ours = kept_heads(space_);
  const bool is_ours = std::ranges::find(ours, proof->a.hub, &sync::HubHead::hub) != ours.end();
  return {is_ours ? to_bytes(proof->a.hub.span()) : Bytes(), sync::kMaxHubForks};
}

}  // namespace plenary::replica
