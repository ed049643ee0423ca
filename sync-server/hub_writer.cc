#include "sync-server/hub_writer.h"

#include "sync-server/hub_writer_work.h"

namespace plenary::hub {

namespace {

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
