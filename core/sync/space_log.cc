#include "core/sync/space_log.h"

#include <algorithm>

#include "core/roster/claim.h"
#include "core/roster/status.h"

namespace plenary::sync {
namespace {

NoticeSubject subject_of(const SpaceId& space, ItemKind kind, ByteSpan bytes) {
  const std::byte number{static_cast<std::uint8_t>(kind)};
  return crypto::hash<NoticeSubject>({"plenary notice", 1, space}, {{&number, 1}, bytes});
}

NoticeName status_name(const roster::Status& status) {
  return {ItemKind::status, *NoticeSubject::from(status.device.span().first(NoticeSubject::kSize)), status.number};
}

Result<void> of_space(bool same) {
  if (same) return {};
  return fail(ErrorCode::refused, "A notice is for another space.");
}

Result<NoticeName> verify_status_notice(const SpaceId& space, ByteSpan bytes) {
  const auto status = roster::decode_status(bytes);
  if (!status) return tl::make_unexpected(status.error());
  return of_space(status->space == space).and_then([&] { return roster::verify_status(*status); }).map([&] {
    return status_name(*status);
  });
}

Result<void> verify_content(const SpaceId& space, ItemKind kind, ByteSpan bytes) {
  if (kind == ItemKind::claim) {
    const auto claim = roster::decode_claim(bytes);
    if (!claim) return tl::make_unexpected(claim.error());
    return of_space(claim->claim.space == space).and_then([&] { return roster::verify_claim(*claim); });
  }
  if (kind == ItemKind::fork) {
    return log::decode_fork(bytes).and_then(
        [&](const log::ForkProof& proof) { return log::verify_fork(space, proof); });
  }
  return decode_hub_fork(bytes).and_then([&](const HubForkProof& proof) { return verify_hub_fork(space, proof); });
}

}  // namespace

Result<NoticeName> name_notice(const SpaceId& space, ItemKind kind, ByteSpan bytes) {
  if (!is_notice(kind)) return fail(ErrorCode::unsupported, "An item is of a kind that this version does not know.");
  if (kind != ItemKind::status) return NoticeName{kind, subject_of(space, kind, bytes), 0};
  const auto status = roster::decode_status(bytes);
  if (!status) return tl::make_unexpected(status.error());
  return status_name(*status);
}

Result<NoticeName> verify_notice(const SpaceId& space, ItemKind kind, ByteSpan bytes) {
  if (!is_notice(kind)) return fail(ErrorCode::unsupported, "An item is of a kind that this version does not know.");
  if (kind == ItemKind::status) return verify_status_notice(space, bytes);
  const auto verified = verify_content(space, kind, bytes);
  if (!verified) return tl::make_unexpected(verified.error());
  return NoticeName{kind, subject_of(space, kind, bytes), 0};
}

Digest digest_of_roster(const SpaceId& space, std::vector<RosterHash> hashes) {
  std::ranges::sort(hashes);
  crypto::Hasher hasher({"plenary roster set", 1, space}, Digest::kSize);
  hasher.update_u64(hashes.size());
  for (const RosterHash& hash : hashes) hasher.update(hash);
  return hasher.finish<Digest>();
}

Digest digest_of_frontier(const SpaceId& space, const log::Frontier& frontier) {
  return Digest{log::hash_frontier(space, frontier).bytes};
}

Digest digest_of_notices(const SpaceId& space, std::vector<NoticeName> notices) {
  std::ranges::sort(notices);
  crypto::Hasher hasher({"plenary notice set", 1, space}, Digest::kSize);
  hasher.update_u64(notices.size());
  for (const NoticeName& name : notices) {
    hasher.update_u64(static_cast<std::uint64_t>(name.kind)).update(name.subject).update_u64(name.number);
  }
  return hasher.finish<Digest>();
}

Position position_of(const SpaceId& space, const Inventory& inventory) {
  return {digest_of_roster(space, inventory.roster), digest_of_frontier(space, inventory.frontier),
          digest_of_notices(space, inventory.notices)};
}

std::optional<Position> SpaceLog::position(const SpaceId& space) {
  const std::optional<Inventory> held = inventory(space);
  if (!held) return std::nullopt;
  return position_of(space, *held);
}

std::int64_t HubSpaces::last_sequence(const SpaceId& space) {
  const std::optional<Inventory> held = inventory(space);
  return held ? held->sequence : 0;
}

}  // namespace plenary::sync
