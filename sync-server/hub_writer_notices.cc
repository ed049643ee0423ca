// How claims, statuses and proofs are stored, and how many of each.
#include "core/roster/claim.h"
#include "core/roster/invitations.h"
#include "sync-server/hub_writer_work.h"

namespace plenary::hub {

sync::Gated<bool> HubWriter::store_notice(Work& work, const sync::StoreRequest& request, const sync::Item& item) {
  const auto pass = work.space->gate.check_notice(request.device, item.kind, item.bytes);
  if (!pass) return tl::make_unexpected(pass.error());
  if (pass->name.number > INT64_MAX) {
    return refuse(ErrorCode::limit_exceeded, "The status has a greater number than a hub keeps.");
  }
  const bool known = work.space->notices.contains({pass->name.kind, pass->name.subject});
  if (!known && work.space->notices.size() >= sync::kMaxNotices) {
    return refuse(ErrorCode::limit_exceeded, "The space has as many claims, statuses and proofs as a hub keeps.");
  }
  if (!known) {
    if (auto full = has_no_room_for(*work.space, item)) return tl::make_unexpected(sync::Refusal{*full, false, {}});
  }
  const auto sequence = keep_notice(work, pass->name, item.bytes);
  if (sequence) work.sequences.push_back(*sequence);
  return sequence.has_value();
}

// Of what anybody can make without end, some is enough: no member leaves the others without room for their notices.
std::optional<Error> HubWriter::has_no_room_for(const StoredSpace& space, const sync::Item& notice) {
  if (notice.kind == sync::ItemKind::claim && !has_room_for_claim(space, notice.bytes)) {
    return Error{ErrorCode::limit_exceeded,
                 "Several devices have claimed this invitation already. Ask the keeper of the space for a new one."};
  }
  if (notice.kind == sync::ItemKind::fork) {
    const auto proof = log::decode_fork(notice.bytes);
    if (proof && count_forks(space, proof->log.author) >= sync::kMaxForksOfAuthor) {
      return Error{ErrorCode::limit_exceeded, "There are as many proofs against this device as a hub keeps."};
    }
  }
  const auto is_hub_fork = [](const auto& entry) { return entry.first.first == sync::ItemKind::hub_fork; };
  if (notice.kind == sync::ItemKind::hub_fork &&
      std::count_if(space.notices.begin(), space.notices.end(), is_hub_fork) >= std::ptrdiff_t{sync::kMaxHubForks}) {
    return Error{ErrorCode::limit_exceeded, "There are as many proofs against hubs as a hub keeps."};
  }
  return std::nullopt;
}

std::size_t HubWriter::count_forks(const StoredSpace& space, const DeviceKey& author) {
  std::size_t count = 0;
  for (auto row = select_notices_.query(space.id, sync::ItemKind::fork); row.next();) {
    const auto proof = log::decode_fork(row.blob(0));
    if (proof && proof->log.author == author) ++count;
  }
  return count;
}

// A stolen invitation is no way to fill the space, nor are invented ones.
bool HubWriter::has_room_for_claim(const StoredSpace& space, ByteSpan bytes) {
  const auto claim = roster::decode_claim(bytes);
  const auto known = roster::invitations_ever(space.gate.roster());
  const bool is_known = claim && known.contains(claim->claim.invitation);
  std::size_t claims = 0;
  for (auto row = select_notices_.query(space.id, sync::ItemKind::claim); row.next();) {
    const auto other = roster::decode_claim(row.blob(0));
    if (!claim || !other) continue;
    const InvitationId& invitation = other->claim.invitation;
    if (is_known ? invitation == claim->claim.invitation : !known.contains(invitation)) ++claims;
  }
  return claims < (is_known ? sync::kMaxClaimsPerInvitation : sync::kMaxUnknownClaims);
}

// Of two with one name the greater number stays, under a new sequence. Nothing: it is not new.
std::optional<std::int64_t> HubWriter::keep_notice(Work& work, const sync::NoticeName& name, ByteSpan bytes) {
  StoredSpace& space = *work.space;
  const auto kept = space.notices.find({name.kind, name.subject});
  if (kept != space.notices.end()) {
    if (kept->second >= name.number) return std::nullopt;
    delete_named_.run(work.transaction, space.id, name.kind, name.subject);
  }
  const std::int64_t row = next_row(space);
  insert_named_.run(work.transaction, row, space.id, name.kind, name.subject, name.number, bytes);
  space.notices[{name.kind, name.subject}] = name.number;
  // A status replaces the one before.
  if (name.kind != sync::ItemKind::status) space.bytes += static_cast<std::int64_t>(bytes.size());
  return sequence_of(row);
}

}  // namespace plenary::hub
