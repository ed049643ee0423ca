#include "sync-server/hub_writer.h"

#include "core/roster/claim.h"
#include "core/roster/invitations.h"

namespace plenary::hub {

// One request on its way through a transaction.
struct HubWriter::Work {
  sqlite::Transaction& transaction;
  Committed& committed;
  std::set<SpaceId>& changed;
  StoredSpace* space = nullptr;
  std::vector<std::int64_t> sequences;  // of what was stored
};

namespace {

tl::unexpected<sync::Refusal> refuse(ErrorCode code, std::string message, bool retry = false) {
  return tl::make_unexpected(sync::Refusal{{code, std::move(message)}, retry, {}});
}

std::uint64_t stored_epoch(sqlite::Database& database) {
  sqlite::Statement select(database, "SELECT epoch FROM hub");
  auto row = select.query();
  return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 1;
}

}  // namespace

HubWriter::HubWriter(sqlite::Database& database, const Policy& policy, const crypto::SigningKey& signing)
    : database_(database), policy_(policy), signing_(signing), epoch_(stored_epoch(database)) {}

Committed HubWriter::store(std::span<const sync::StoreRequest> requests) {
  cache_.make_room();
  try {
    sqlite::Transaction transaction(database_);
    Committed committed = store_in(transaction, requests);
    transaction.commit();
    return committed;
  } catch (...) {
    // What the cache took in was rolled back.
    cache_.forget_all();
    reopened_.clear();
    epoch_ = stored_epoch(database_);
    throw;
  }
}

Committed HubWriter::store_in(sqlite::Transaction& transaction, std::span<const sync::StoreRequest> requests) {
  Committed committed;
  std::set<SpaceId> changed;
  for (const sync::StoreRequest& request : requests) {
    Work work{transaction, committed, changed};
    committed.outcomes.push_back(store_request(work, request));
    if (request.reminder) heed(transaction, request, changed);
  }
  for (const SpaceId& space : changed) sign_head(transaction, *cache_.find(space));
  changed.merge(reopened_);
  reopened_.clear();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (const StoredSpace* space = cache_.find(requests[i].space)) committed.outcomes[i].head = space->head;
  }
  committed.changed.assign(changed.begin(), changed.end());
  return committed;
}

sync::StoreOutcome HubWriter::store_request(Work& work, const sync::StoreRequest& request) {
  sync::StoreOutcome outcome;
  outcome.ticket = request.ticket;
  DeviceUse use = use_of(request.device);
  std::int64_t stored_bytes = 0;
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    const sync::Item& item = request.items[i];
    sync::Gated<bool> stored = false;
    const StoredSpace* space = cache_.find(request.space);
    if (const auto room = policy_.may_store(use, space ? space->bytes : 0, item.bytes.size()); !room) {
      stored = tl::make_unexpected(sync::Refusal{room.error(), true, {}});
    } else {
      stored = store_item(work, request, item);
    }
    if (!stored) {
      outcome.refused.push_back({i, stored.error().error, stored.error().retry, stored.error().tips});
      const bool is_founder =
          space == nullptr && sync::SpaceGate(request.space).is_founding(request.device, item.bytes);
      if (is_founder) outcome.introduction_refused = stored.error().error;
    } else if (*stored && item.kind != sync::ItemKind::status) {
      // A status replaces the one before: it takes no more room the hundredth time.
      use.bytes += static_cast<std::int64_t>(item.bytes.size());
      stored_bytes += static_cast<std::int64_t>(item.bytes.size());
    }
  }
  if (stored_bytes > 0) add_use_.run(work.transaction, request.device, stored_bytes, 0);
  if (!work.sequences.empty()) work.changed.insert(request.space);
  work.committed.items += work.sequences.size();
  work.committed.bytes += static_cast<std::uint64_t>(stored_bytes);
  outcome.sequences = std::move(work.sequences);
  return outcome;
}

sync::Gated<bool> HubWriter::store_item(Work& work, const sync::StoreRequest& request, const sync::Item& item) {
  work.space = cache_.find(request.space);
  if (work.space == nullptr) {
    if (item.kind != sync::ItemKind::roster) {
      return refuse(ErrorCode::not_found, "This hub does not know the space. Its founder has to connect first.", true);
    }
    if (auto row = select_dropped_.query(request.space); row.next()) {
      return refuse(ErrorCode::refused, "This space has expired, and the hub has dropped it. Found a new one.");
    }
    if (const auto allowed = policy_.may_found(use_of(request.device), request.token); !allowed) {
      return tl::make_unexpected(sync::Refusal{allowed.error(), false, {}});
    }
  }
  switch (item.kind) {
    case sync::ItemKind::roster:
      return store_roster_record(work, request, item);
    case sync::ItemKind::segment:
      return store_segment(work, request, item);
    case sync::ItemKind::claim:
    case sync::ItemKind::status:
    case sync::ItemKind::fork:
    case sync::ItemKind::hub_fork:
      return store_notice(work, request, item);
  }
  return refuse(ErrorCode::unsupported, "This hub does not know items of this kind.");
}

sync::Gated<bool> HubWriter::store_roster_record(Work& work, const sync::StoreRequest& request,
                                                 const sync::Item& item) {
  std::unique_ptr<StoredSpace> founded;
  if (work.space == nullptr) {
    founded = std::make_unique<StoredSpace>(request.space);
    work.space = founded.get();
  }
  if (work.space->roster.size() >= sync::kMaxRosterRecords) {
    return refuse(ErrorCode::limit_exceeded, "The space has as many roster records as a hub keeps.");
  }
  const auto not_a_member = refuse(ErrorCode::refused, "Only members of the space hand over roster records.");
  const bool known = work.space->gate.founded() && work.space->gate.knows_record(item.bytes);
  if (!known && !work.space->gate.may_bring_record(request.device, item.bytes)) return not_a_member;
  const auto pass = work.space->gate.check_record(item.bytes);
  if (!pass) return tl::make_unexpected(pass.error());
  if (pass->duplicate) return false;
  if (work.space->gate.access(request.device) != sync::Access::member) {
    // The gate took the record in already; it is read again without it.
    cache_.forget(request.space);
    return not_a_member;
  }
  if (founded != nullptr) {
    work.space = &cache_.put(std::move(founded));
    found(work, request.device);
  }
  const std::int64_t row = next_row(*work.space);
  insert_named_.run(work.transaction, row, work.space->id, item.kind, pass->hash, nullptr, item.bytes);
  work.space->roster.push_back(pass->hash);
  work.space->bytes += static_cast<std::int64_t>(item.bytes.size());
  work.sequences.push_back(sequence_of(row));
  return true;
}

void HubWriter::found(Work& work, const TransportKey& founder) {
  insert_space_.run(work.transaction, work.space->space);
  work.space->id = database_.last_insert_rowid();
  add_use_.run(work.transaction, founder, 0, 1);
}

sync::Gated<bool> HubWriter::store_segment(Work& work, const sync::StoreRequest& request, const sync::Item& item) {
  current_ = work.space;
  const auto pass = work.space->gate.check_segment(request.device, item, *this);
  if (!pass) return tl::make_unexpected(pass.error());
  if (pass->replaces) return replace_segments(work, request, *pass, item);
  if (pass->duplicate) return false;
  append_segment(work, *pass, item);
  if (pass->fork) {
    // Not among the sequences that came from this device: it gets the proof like everybody.
    const Bytes proof = log::encode_fork(*pass->fork);
    const auto name = sync::verify_notice(request.space, sync::ItemKind::fork, proof);
    if (name) keep_notice(work, *name, proof);
  }
  return true;
}

void HubWriter::append_segment(Work& work, const sync::SegmentPass& pass, const sync::Item& item) {
  const log::Head& head = pass.head.head;
  StoredLog& log = work.space->logs[head.log];
  if (log.id == 0) {
    insert_log_.run(work.transaction, work.space->id, head.log, pass.envelope.log.author);
    log.id = database_.last_insert_rowid();
    log.author = pass.envelope.log.author;
  }
  // A branch may leave its log where a segment ends, or within one; then what it continues is not known here.
  std::int64_t previous = 0;
  for (auto row = select_end_.query(log.id, std::int64_t{pass.envelope.first} - 1, item.after); row.next();) {
    previous = sequence_of(row.integer(0));
  }
  if (pass.continues) std::erase_if(log.tips, [&](const Tip& tip) { return tip.head.head == *pass.continues; });
  const std::int64_t row = next_row(*work.space);
  log.tips.push_back({sequence_of(row), pass.head});
  insert_segment_.run(work.transaction, row, work.space->id, log.id, pass.envelope.first, pass.envelope.last,
                      pass.envelope.chain, pass.envelope.signature, previous, item.bytes);
  work.space->bytes += static_cast<std::int64_t>(item.bytes.size());
  update_log_.run(work.transaction, encode_tips(log.tips), log.id);
  work.sequences.push_back(sequence_of(row));
}

// The segment takes the place of those that hold exactly its changes: the last one's row, so that nobody who has them
// is sent it again, and that all who lack one of them are.
sync::Gated<bool> HubWriter::replace_segments(Work& work, const sync::StoreRequest& request,
                                              const sync::SegmentPass& pass, const sync::Item& item) {
  const auto misfit =
      refuse(ErrorCode::conflict, "A segment does not cover whole segments that are stored here.", true);
  const StoredLog& log = work.space->logs.at(pass.head.head.log);
  std::int64_t last = 0;
  for (auto row = select_end_.query(log.id, pass.envelope.last, pass.envelope.chain); row.next();)
    last = row.integer(0);
  std::vector<std::int64_t> covered;
  std::int64_t previous = sequence_of(last);
  auto growth = static_cast<std::int64_t>(item.bytes.size());
  for (std::uint32_t first = 0; first != pass.envelope.first;) {
    auto row = select_step_.query(row_of(work.space->id, previous), log.id);
    if (previous == 0 || !row.next()) return misfit;
    first = static_cast<std::uint32_t>(row.integer(1));
    if (first < pass.envelope.first) return misfit;
    covered.push_back(row.integer(0));
    previous = row.integer(3);
    growth -= row.integer(4);
  }
  for (std::size_t i = 1; i < covered.size(); ++i) {
    // Another branch leaves there: what it continues must stay.
    auto row = select_continuations_.query(log.id, sequence_of(covered[i]));
    if (row.next() && row.integer(0) > 1) return misfit;
  }
  for (std::size_t i = 1; i < covered.size(); ++i) delete_segment_.run(work.transaction, covered[i]);
  replace_segment_.run(work.transaction, pass.envelope.first, previous, item.bytes, last);
  if (growth > 0) add_use_.run(work.transaction, request.device, growth, 0);
  work.space->bytes += growth;
  return false;
}

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

std::int64_t HubWriter::next_row(StoredSpace& space) {
  CHECK(space.id != 0 && space.sequence < kSequenceMax);
  return row_of(space.id, ++space.sequence);
}

void HubWriter::sign_head(sqlite::Transaction& transaction, StoredSpace& space) {
  const sync::Position position = space.position();
  // The first head of an epoch follows none.
  if (space.head && space.head->epoch != epoch_) space.head.reset();
  space.head = sync::make_hub_head(space.space, space.head, epoch_, position.roster, position.frontier, signing_);
  const auto number = static_cast<std::int64_t>(space.head->number);
  const auto expires = space.gate.founded() ? space.gate.roster().standing().expires_ms : std::nullopt;
  update_space_.run(transaction, space.sequence, sync::encode_hub_head(*space.head), position.notices,
                    expires && *expires > 0 ? expires : std::nullopt, space.bytes, space.id);
  insert_link_.run(transaction, row_of(space.id, number), sync::content_of(space.space, *space.head));
  const auto dropped = number - static_cast<std::int64_t>(sync::kMaxLinks);
  if (dropped > 0) delete_link_.run(transaction, row_of(space.id, dropped));
}

DeviceUse HubWriter::use_of(const TransportKey& device) {
  auto row = select_use_.query(device);
  return row.next() ? DeviceUse{row.integer(0), row.integer(1)} : DeviceUse{};
}

std::vector<log::SignedHead> HubWriter::tips(const LogId& log) {
  std::vector<log::SignedHead> heads;
  const auto stored = current_->logs.find(log);
  if (stored == current_->logs.end()) return heads;
  for (const Tip& tip : stored->second.tips) heads.push_back(tip.head);
  return heads;
}

std::vector<log::SignedHead> HubWriter::heads_at(const LogId& log, std::uint32_t number) {
  std::vector<log::SignedHead> heads;
  const auto stored = current_->logs.find(log);
  if (stored == current_->logs.end()) return heads;
  for (auto row = select_at_.query(stored->second.id, number); row.next();) {
    heads.push_back({{log, number, row.id<ChainValue>(0)}, row.id<Signature>(1)});
  }
  return heads;
}

std::vector<SpaceId> HubWriter::drop_expired(std::int64_t now_ms) {
  std::vector<SpaceId> dropped;
  sqlite::Transaction transaction(database_);
  sqlite::Statement expired(database_, "SELECT id, space, expires FROM space WHERE expires <= ?");
  sqlite::Statement remember(database_, "INSERT OR REPLACE INTO dropped (space, expires) VALUES (?, ?)");
  std::vector<std::int64_t> ids;
  for (auto row = expired.query(now_ms); row.next();) {
    ids.push_back(row.integer(0));
    dropped.push_back(row.id<SpaceId>(1));
    remember.run(transaction, dropped.back(), row.integer(2));
  }
  if (ids.empty()) return dropped;
  sqlite::Statement items(database_, "DELETE FROM item WHERE id BETWEEN ? AND ?");
  sqlite::Statement links(database_, "DELETE FROM link WHERE id BETWEEN ? AND ?");
  sqlite::Statement logs(database_, "DELETE FROM log WHERE space = ?");
  sqlite::Statement space(database_, "DELETE FROM space WHERE id = ?");
  for (const std::int64_t id : ids) {
    items.run(transaction, row_of(id, 0), row_of(id, kSequenceMax));
    links.run(transaction, row_of(id, 0), row_of(id, kSequenceMax));
    logs.run(transaction, id);
    space.run(transaction, id);
  }
  transaction.commit();
  for (const SpaceId& gone : dropped) cache_.forget(gone);
  return dropped;
}

std::vector<DeviceKey> HubWriter::authors() {
  std::vector<DeviceKey> authors;
  for (const auto& [log, stored] : current_->logs) authors.push_back(stored.author);
  return authors;
}

std::size_t HubWriter::head_count() {
  std::size_t count = 0;
  for (const auto& [log, stored] : current_->logs) count += stored.tips.size();
  return count;
}

void HubWriter::tidy() {
  database_.give_back_room();
  database_.checkpoint();
}

// A device showed a head that this hub had signed and does not have: the database is an older one.
void HubWriter::heed(sqlite::Transaction& transaction, const sync::StoreRequest& request, std::set<SpaceId>& changed) {
  const sync::HubHead& seen = *request.reminder;
  const StoredSpace* space = cache_.find(request.space);
  if (space == nullptr || !space->head || space->gate.access(request.device) != sync::Access::member) return;
  const auto place = [](const sync::HubHead& head) { return std::pair(head.epoch, head.number); };
  if (place(seen) <= place(*space->head) || seen.hub != signing_.public_key()) return;
  if (!sync::verify_hub_head(request.space, seen)) return;
  // Each is signed when its epoch is opened; what is stored in this transaction beside is in that head.
  for (const SpaceId& opened : open_epoch_in(transaction, seen.epoch + 1)) {
    changed.erase(opened);
    reopened_.insert(opened);
  }
}

std::vector<SpaceId> HubWriter::open_epoch_in(sqlite::Transaction& transaction, std::uint64_t at_least) {
  // Contents of the old epoch's heads lead nowhere any more.
  const std::uint64_t epoch = std::max(epoch_ + 1, at_least);
  sqlite::Statement update(database_, "UPDATE hub SET epoch = ?");
  update.run(transaction, static_cast<std::int64_t>(epoch));
  transaction.execute("DELETE FROM link");
  epoch_ = epoch;
  std::vector<SpaceId> spaces;
  sqlite::Statement select(database_, "SELECT space FROM space");
  for (auto row = select.query(); row.next();) spaces.push_back(row.id<SpaceId>(0));
  for (const SpaceId& space : spaces) sign_head(transaction, *cache_.find(space));
  return spaces;
}

std::uint64_t HubWriter::open_epoch(std::uint64_t at_least) {
  cache_.make_room();
  sqlite::Transaction transaction(database_);
  open_epoch_in(transaction, at_least);
  transaction.commit();
  return epoch_;
}

}  // namespace plenary::hub
