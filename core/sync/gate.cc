#include "core/sync/gate.h"

#include <algorithm>

#include "core/roster/status.h"

namespace plenary::sync {
namespace {

tl::unexpected<Refusal> refuse(ErrorCode code, std::string text) {
  return tl::make_unexpected(Refusal{{code, std::move(text)}, false, {}});
}
tl::unexpected<Refusal> refuse_for_now(ErrorCode code, std::string text) {
  return tl::make_unexpected(Refusal{{code, std::move(text)}, true, {}});
}
tl::unexpected<Refusal> refuse(const Error& error) {
  return tl::make_unexpected(Refusal{error, false, {}});
}

std::string short_name(const LogId& log) {
  return log.hex().substr(0, 8);
}

}  // namespace

Result<void> SpaceGate::restore(ByteSpan bytes) {
  const auto record = roster::decode_signed_record(bytes).and_then(
      [&](const roster::SignedRecord& signed_record) { return roster::trust_stored_record(space_, signed_record); });
  if (!record) return tl::make_unexpected(record.error());
  roster_.add(record->record());
  return {};
}

Access SpaceGate::access(const TransportKey& device) const {
  if (roster_.empty()) return Access::none;
  const roster::Standing& standing = roster_.standing();
  if (standing.keeper.transport == device) return Access::member;
  const roster::Member* member = standing.member(device);
  if (!member) return Access::none;
  return member->removed ? Access::removed : Access::member;
}

std::vector<RosterHash> SpaceGate::roster_until_removal(const TransportKey& device) const {
  if (access(device) != Access::removed) return {};
  const DeviceKey& key = roster_.standing().member(device)->device.signing;
  std::vector<RosterHash> hashes;
  for (const roster::Record* record : roster_.chain(roster_.tip())) {
    hashes.push_back(record->hash);
    const auto* removal = std::get_if<roster::Remove>(&record->body);
    if (removal != nullptr && removal->key == key) return hashes;
  }
  return {};
}

// What can be told before the signature is looked at, so that strangers cost little and leave nothing behind: a record
// follows one that is here, and is signed by who was keeper there, or with the recovery key.
std::optional<Refusal> SpaceGate::cannot_follow(const roster::SignedRecord& record) const {
  const auto parsed = roster::trust_stored_record(space_, record);
  if (!parsed) return Refusal{parsed.error(), false, {}};
  const auto signers = roster_.signers_after(parsed->record().previous);
  if (!signers) {
    return Refusal{{ErrorCode::not_delivered, "A roster record came before the one that it follows."}, true, {}};
  }
  const DeviceKey& signer = parsed->record().signer;
  if (signer == signers->keeper || signer == signers->recovery) return std::nullopt;
  return Refusal{{ErrorCode::refused, "A roster record is not by the space's keeper."}, false, {}};
}

Gated<RosterPass> SpaceGate::check_record(ByteSpan bytes) {
  const auto record = roster::decode_signed_record(bytes);
  if (!record) return refuse(record.error());
  const RosterHash hash = roster::hash_record(space_, record->bytes);
  if (roster_.find(hash)) return RosterPass{hash, true};
  if (roster_.size() >= kMaxRosterRecords) {
    return refuse(ErrorCode::limit_exceeded, "The space's roster has reached the limit of " +
                                                 std::to_string(kMaxRosterRecords) + " records on this hub.");
  }
  if (founded()) {
    if (auto refusal = cannot_follow(*record)) return tl::make_unexpected(std::move(*refusal));
  }
  const auto verified = founded() ? roster::verify_record(space_, *record) : roster::verify_founding(*record);
  if (!verified) return refuse(verified.error());
  if (verified->space() != space_) {
    return refuse(ErrorCode::refused, "The founding record is of another space than the one that it was sent for.");
  }
  switch (roster_.add(verified->record())) {
    case roster::Admission::admitted:
      return RosterPass{hash, false};
    case roster::Admission::known:
      return RosterPass{hash, true};
    case roster::Admission::waiting:
      return refuse_for_now(ErrorCode::not_delivered, "A roster record came before the one that it follows.");
    case roster::Admission::invalid:
      break;
  }
  return refuse(ErrorCode::refused, "A roster record is not by the space's keeper.");
}

bool SpaceGate::knows_record(ByteSpan bytes) const {
  const auto record = roster::decode_signed_record(bytes);
  return record && roster_.find(roster::hash_record(space_, record->bytes)) != nullptr;
}

bool SpaceGate::may_bring_record(const TransportKey& device, ByteSpan bytes) const {
  if (access(device) == Access::member) return true;
  const auto record = roster::decode_signed_record(bytes).and_then([&](const roster::SignedRecord& each) {
    return founded() ? roster::trust_stored_record(space_, each) : roster::verify_founding(each);
  });
  if (!record) return true;  // check_record says what is wrong with it
  const roster::Body& body = record->record().body;
  if (const auto* found = std::get_if<roster::Found>(&body)) return found->keeper.transport == device;
  if (const auto* grant = std::get_if<roster::Grant>(&body)) return grant->device.transport == device;
  if (const auto* handover = std::get_if<roster::HandOver>(&body)) return handover->keeper.transport == device;
  const auto* recovery = std::get_if<roster::Recover>(&body);
  return recovery != nullptr && recovery->keeper.transport == device;
}

bool SpaceGate::is_founding(const TransportKey& device, ByteSpan bytes) const {
  const auto record = roster::decode_signed_record(bytes).and_then(roster::verify_founding);
  const auto* found = record ? std::get_if<roster::Found>(&record->record().body) : nullptr;
  return found != nullptr && record->space() == space_ && found->keeper.transport == device;
}

Result<void> SpaceGate::check_claim(const TransportKey& device, ByteSpan bytes) const {
  const auto claim = roster::decode_claim(bytes);
  if (!claim) return tl::make_unexpected(claim.error());
  if (!founded()) return fail(ErrorCode::not_found, "This hub does not have the space of the invitation yet.");
  if (claim->claim.space != space_) return fail(ErrorCode::refused, "The invitation is for another space.");
  if (claim->claim.device.transport != device) {
    return fail(ErrorCode::refused, "The invitation was claimed by another device than the one that shows it.");
  }
  if (!roster_.standing().invitations.contains(claim->claim.invitation)) {
    return fail(ErrorCode::refused, "The invitation was used already, or is void. Ask the keeper for a new one.");
  }
  return roster::verify_claim(*claim);
}

Gated<SegmentPass> SpaceGate::check_segment(const TransportKey& device, const Item& item, StoredHeads& stored) const {
  auto envelope = log::view_segment(item.bytes).map([](const log::SegmentView& view) { return view.envelope; });
  if (!envelope) return refuse(envelope.error());
  if (envelope->space != space_) return refuse(ErrorCode::refused, "A segment is of another space.");
  if (access(device) != Access::member) {
    return refuse_for_now(ErrorCode::refused,
                          "This device is not a member of the space yet: its changes stay on it until the keeper's "
                          "device has confirmed the invitation.");
  }
  SegmentPass pass{*envelope, {}, false, false, std::nullopt, std::nullopt};
  pass.head = pass.envelope.head();
  const auto known = stored.heads_at(pass.head.head.log, pass.head.head.number);
  pass.duplicate = std::ranges::any_of(known, [&](const log::SignedHead& each) { return each.head == pass.head.head; });
  if (item.replaces) return check_replacement(device, pass);
  if (pass.duplicate) return pass;
  if (auto refusal = is_sealed_under_an_old_key(pass.envelope)) return tl::make_unexpected(std::move(*refusal));
  auto placed = place_segment(pass, item, stored);
  if (!placed) return placed;
  if (auto refusal = has_no_room(*placed, stored)) return tl::make_unexpected(std::move(*refusal));
  if (const auto genuine = log::verify_envelope(placed->envelope); !genuine) return refuse(genuine.error());
  for (const log::SignedHead& each : known) {
    if (!placed->fork) placed->fork = log::disagreement(placed->envelope.log, each, placed->head);
  }
  return placed;
}

std::optional<Refusal> SpaceGate::is_sealed_under_an_old_key(const log::Envelope& envelope) const {
  const roster::Standing& standing = roster_.standing();
  if (standing.keys.empty() || standing.keys.back() == envelope.key) return std::nullopt;
  return Refusal{{ErrorCode::refused,
                  "A segment is sealed under a key that is no longer in use: seal it again under the current one."},
                 true,
                 {}};
}

// A hub cannot see whether a segment holds what its head says, and what is replaced is gone: only who could destroy the
// log anyway may replace, its author and the keeper.
bool SpaceGate::may_replace(const TransportKey& device, const DeviceKey& author) const {
  const roster::Standing& standing = roster_.standing();
  if (standing.keeper.transport == device) return true;
  const roster::Member* member = standing.member(author);
  return member && member->device.transport == device;
}

Gated<SegmentPass> SpaceGate::check_replacement(const TransportKey& device, SegmentPass pass) const {
  if (!may_replace(device, pass.envelope.log.author)) {
    return refuse(ErrorCode::refused, "Only its author and the keeper of the space replace a segment that is stored.");
  }
  if (!pass.duplicate) return refuse(ErrorCode::conflict, "There is nothing here that the segment could replace.");
  if (auto refusal = is_sealed_under_an_old_key(pass.envelope)) return tl::make_unexpected(std::move(*refusal));
  if (const auto genuine = log::verify_envelope(pass.envelope); !genuine) return refuse(genuine.error());
  pass.replaces = true;
  return pass;
}

bool SpaceGate::was_granted(const DeviceKey& author) const {
  const roster::Standing& standing = roster_.standing();
  return standing.member(author) != nullptr || standing.keeper.signing == author;
}

// New logs and branches make the frontier longer, for everybody and for ever. Logs of authors whom nobody granted are
// kept as members bring them, for others may have cited them; but a member can invent such authors without end.
std::optional<Refusal> SpaceGate::has_no_room(const SegmentPass& pass, StoredHeads& stored) const {
  if (pass.continues) return std::nullopt;
  const auto refusal = [](std::size_t limit, const std::string& what) {
    return Refusal{{ErrorCode::limit_exceeded, "This hub keeps at most " + std::to_string(limit) + " " + what +
                                                   ". What is not handed over stays on the device; tell the keeper."},
                   true,
                   {}};
  };
  if (stored.head_count() >= kMaxHubHeads) return refusal(kMaxHubHeads, "ends of logs of one space");
  const std::vector<DeviceKey> authors = stored.authors();
  const DeviceKey& author = pass.envelope.log.author;
  if (static_cast<std::size_t>(std::ranges::count(authors, author)) >= kMaxLogsOfAuthor) {
    return refusal(kMaxLogsOfAuthor, "logs of one device in a space");
  }
  if (was_granted(author)) return std::nullopt;
  const auto ungranted = std::ranges::count_if(authors, [&](const DeviceKey& each) { return !was_granted(each); });
  if (static_cast<std::size_t>(ungranted) < kMaxUngrantedLogs) return std::nullopt;
  return refusal(kMaxUngrantedLogs, "logs of devices that the keeper did not let in");
}

// Finds what the segment continues. Heads at ends of segments are all that a hub knows of a chain, so it takes a
// segment that does not continue a tip only from a sender who has opened both and says that it is another branch.
Gated<SegmentPass> SpaceGate::place_segment(SegmentPass pass, const Item& item, StoredHeads& stored) const {
  const LogId& log = pass.head.head.log;
  const std::uint32_t before = pass.envelope.first - 1;
  const std::vector<log::SignedHead> tips = stored.tips(log);
  for (const log::SignedHead& tip : tips) {
    if (tip.head.number == before && tip.head.chain == item.after) pass.continues = tip.head;
  }
  if (pass.continues || (tips.empty() && before == 0)) return pass;
  const bool reachable =
      before == 0 || std::ranges::any_of(tips, [&](const log::SignedHead& tip) { return tip.head.number >= before; });
  if (item.branch && reachable && tips.size() < kMaxBranches) return pass;
  if (item.branch && tips.size() >= kMaxBranches) {
    return refuse_for_now(ErrorCode::limit_exceeded, "Log " + short_name(log) + " has reached the limit of " +
                                                         std::to_string(kMaxBranches) + " branches on this hub.");
  }
  Refusal refusal{{ErrorCode::conflict, "A segment of log " + short_name(log) + " begins at change " +
                                            std::to_string(before + 1) + ", which does not continue what the hub has."},
                  true,
                  {}};
  for (const log::SignedHead& tip : tips) refusal.tips.push_back(tip.head);
  std::ranges::sort(refusal.tips);
  return tl::make_unexpected(std::move(refusal));
}

Gated<NoticePass> SpaceGate::check_notice(const TransportKey& device, ItemKind kind, ByteSpan bytes) const {
  const bool is_member = access(device) == Access::member;
  if (kind == ItemKind::claim && !is_member) {
    if (const auto checked = check_claim(device, bytes); !checked) return refuse(checked.error());
  } else if (!is_member) {
    return refuse_for_now(ErrorCode::refused, "This device is not a member of the space yet.");
  }
  if (kind == ItemKind::status) {
    const auto status = roster::decode_status(bytes);
    if (!status) return refuse(status.error());
    // Also of one that was removed since: what it last held is worth knowing.
    if (roster_.standing().member(status->device) == nullptr) {
      return refuse(ErrorCode::refused, "A status is of a device that was never a member of the space.");
    }
  }
  if (kind == ItemKind::fork) {
    const auto proof = log::decode_fork(bytes);
    if (proof && !was_granted(proof->log.author)) {
      return refuse_for_now(ErrorCode::refused, "A proof of a fork is against a device that was never let in.");
    }
  }
  const auto name = verify_notice(space_, kind, bytes);
  if (!name) return refuse(name.error());
  return NoticePass{*name};
}

}  // namespace plenary::sync
