// Day-end files and receipts: the same items as sync, in one encrypted file.
#include <algorithm>

#include "core/replica/copies.h"
#include "core/replica/replica_facade.h"
#include "core/seal/container.h"

namespace plenary::replica {
namespace {

constexpr std::string_view kLastFile = "last day-end file";

Result<const seal::SpaceKey*> key_of(Space& space) {
  const seal::SpaceKey* key = space.sealing_key();
  if (key == nullptr) {
    return fail(ErrorCode::not_delivered, "The key of this space is not here yet. Synchronise once with its hub.");
  }
  return key;
}

std::vector<sync::Item> items_of(const seal::DayEnd& day) {
  std::vector<sync::Item> items;
  const auto add = [&](sync::ItemKind kind, Bytes bytes) {
    sync::Item item;
    item.kind = kind;
    item.bytes = std::move(bytes);
    items.push_back(std::move(item));
  };
  for (const auto& record : day.roster) add(sync::ItemKind::roster, roster::encode_signed_record(record));
  for (const auto& segment : day.segments) add(sync::ItemKind::segment, segment);
  for (const auto& proof : day.fork_proofs) {
    // Of a log or of a hub: their forms differ.
    add(log::decode_fork(proof) ? sync::ItemKind::fork : sync::ItemKind::hub_fork, proof);
  }
  for (const auto& claim : day.claims) add(sync::ItemKind::claim, roster::encode_claim(claim));
  for (const auto& status : day.statuses) add(sync::ItemKind::status, roster::encode_status(status));
  return items;
}

// Does the file know as much of the roster as this tablet does? An older one tells it nothing of what it may lack.
bool shows_roster(Space& space, const seal::DayEnd& day) {
  if (space.store().roster().empty()) return false;
  return std::ranges::any_of(day.roster, [&](const roster::SignedRecord& record) {
    return roster::hash_record(space.id(), record.bytes) == space.store().roster().tip();
  });
}

}  // namespace

Result<Bytes> ReplicaFacade::export_day_end(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  const auto key = key_of(**in);
  if (!key) return tl::make_unexpected(key.error());
  (*in)->update_status();
  const auto inventory = sync_.inventory(id);
  seal::DayEnd day;
  day.space = id;
  for (const RosterHash& hash : inventory->roster) day.roster.push_back(*(*in)->store().roster_record(hash));
  std::vector<sync::LogWant> wants;
  for (const log::Head& head : inventory->frontier) {
    if (wants.empty() || wants.back().log != head.log) wants.push_back({head.log, {}});
  }
  for (const auto& ref : sync_.missing_segments(id, wants)) {
    if (auto bytes = sync_.segment(id, ref)) day.segments.push_back(*std::move(bytes));
  }
  for (const Space::Notice& notice : (*in)->notices()) {
    const auto kind = static_cast<sync::ItemKind>(notice.kind);
    const bool is_proof = kind == sync::ItemKind::fork || kind == sync::ItemKind::hub_fork;
    if (is_proof) day.fork_proofs.push_back(notice.bytes);
    if (kind == sync::ItemKind::claim) {
      if (auto claim = roster::decode_claim(notice.bytes)) day.claims.push_back(*std::move(claim));
    }
    if (kind == sync::ItemKind::status) {
      if (auto status = roster::decode_status(notice.bytes)) day.statuses.push_back(*std::move(status));
    }
  }
  if (const auto own = (*in)->claim()) {
    if (auto claim = roster::decode_claim(*own)) day.claims.push_back(*std::move(claim));
  }
  return seal::write_day_end(**key, day, context_.environment);
}

Result<ImportSummary> ReplicaFacade::import_day_end(ByteSpan file) {
  std::vector<const seal::KeyRing*> rings;
  for (const auto& [id, space] : spaces_) rings.push_back(&space->keys());
  const auto content = seal::read_container(rings, file);
  if (!content) return tl::make_unexpected(content.error());
  ImportSummary summary;
  if (const auto* receipt = std::get_if<seal::Receipt>(&*content)) {
    const auto in = space(receipt->space);
    if (!in) return tl::make_unexpected(in.error());
    const auto& roster = (*in)->store().roster();
    const auto* member = roster.empty() ? nullptr : roster.standing().member(receipt->device);
    if (member == nullptr || member->removed) {
      return fail(ErrorCode::refused,
                  "This receipt is not by a member of the space: nothing counts as handed over by it. Ask who gave it "
                  "to you for one from a member's device.");
    }
    (*in)->handed_over(receipt->frontier);
    sync_.peer_shows(receipt->space, {}, receipt->frontier);
    summary.space = receipt->space;
    summary.receipt = true;
    return summary;
  }
  const auto& day = std::get<seal::DayEnd>(*content);
  const auto in = space(day.space);
  if (!in) return tl::make_unexpected(in.error());
  std::size_t changes = 0;
  for (const Bytes& segment : day.segments) {
    if (const auto view = log::view_segment(segment)) changes += view->envelope.count();
  }
  const bool is_shown = shows_roster(**in, day);
  const auto stored = sync_.store(day.space, items_of(day));
  if (is_shown) (*in)->note_roster_shown();
  summary.space = day.space;
  summary.changes_new = stored.changes_new;
  summary.changes_known = changes - std::min(changes, stored.changes_new);
  (*in)->set(kLastFile, seal::hash_container(file).span());
  follow_erasures(spaces_);
  const auto ratified = (*in)->ratify();
  if (!ratified) return tl::make_unexpected(ratified.error());
  summary.waiting = (*in)->store().causality().waiting().size();
  return summary;
}

Result<Bytes> ReplicaFacade::receipt(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  const auto key = key_of(**in);
  if (!key) return tl::make_unexpected(key.error());
  const auto last = (*in)->store().setting(kLastFile);
  const auto file = last ? seal::ContainerHash::from(*last) : std::nullopt;
  if (!file) return fail(ErrorCode::not_found, "No day-end file has been taken in here: there is nothing to confirm.");
  seal::Receipt receipt;
  receipt.space = id;
  receipt.file = *file;
  receipt.device = profile_->signing().public_key();
  receipt.time_ms = context_.environment.now_ms();
  receipt.frontier = (*in)->store().causality().frontier();
  receipt.roster = (*in)->store().roster().tip();
  return seal::write_receipt(**key, receipt, profile_->signing(), context_.environment);
}

}  // namespace plenary::replica
