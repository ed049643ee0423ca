// HubWriter: checks and stores what devices hand over, on the store's thread, over a connection of its own.
#pragma once

#include <set>

#include "core/crypto/sign.h"
#include "core/sync/space_log.h"
#include "sync-server/policy.h"
#include "sync-server/stored_space.h"

namespace plenary::hub {

struct Committed {
  std::vector<sync::StoreOutcome> outcomes;  // one per request, in their order
  std::vector<SpaceId> changed;              // spaces of which something new is stored
  std::uint64_t items = 0, bytes = 0;        // newly stored
};

class HubWriter final : private sync::StoredHeads {
 public:
  // All outlive the writer. `signing` signs hub heads.
  HubWriter(sqlite::Database& database, const Policy& policy, const crypto::SigningKey& signing);

  // Stores what may be stored of all requests in one transaction: durable on return. Hub heads are made inside it.
  // Throws sqlite::Failure when the environment is broken; then nothing was stored.
  Committed store(std::span<const sync::StoreRequest> requests);
  // Opens a new epoch of hub heads, for every space: after the data folder was restored from a backup, so that devices
  // send again what it lacks and nobody takes the hub for one that forgets on purpose. Returns the epoch: `at_least`,
  // or the next one. Epochs must never repeat, also where one backup is put back twice: callers give the time.
  std::uint64_t open_epoch(std::uint64_t at_least);
  // Drops every space whose roster lets it be dropped by now, and returns which: nothing of them stays but that they
  // were here. One transaction for all.
  std::vector<SpaceId> drop_expired(std::int64_t now_ms);
  // Nothing to do for a while: moves the write-ahead log into the file.
  void tidy();

 private:
  struct Work;

  void heed(sqlite::Transaction& transaction, const sync::StoreRequest& request, std::set<SpaceId>& changed);
  std::vector<SpaceId> open_epoch_in(sqlite::Transaction& transaction, std::uint64_t at_least);
  Committed store_in(sqlite::Transaction& transaction, std::span<const sync::StoreRequest> requests);
  sync::StoreOutcome store_request(Work& work, const sync::StoreRequest& request);
  // True when the item is new.
  sync::Gated<bool> store_item(Work& work, const sync::StoreRequest& request, const sync::Item& item);
  sync::Gated<bool> store_roster_record(Work& work, const sync::StoreRequest& request, const sync::Item& item);
  sync::Gated<bool> store_segment(Work& work, const sync::StoreRequest& request, const sync::Item& item);
  sync::Gated<bool> store_notice(Work& work, const sync::StoreRequest& request, const sync::Item& item);
  std::optional<std::int64_t> keep_notice(Work& work, const sync::NoticeName& name, ByteSpan bytes);
  std::optional<Error> has_no_room_for(const StoredSpace& space, const sync::Item& notice);
  bool has_room_for_claim(const StoredSpace& space, ByteSpan claim);
  sync::Gated<bool> replace_segments(Work& work, const sync::StoreRequest& request, const sync::SegmentPass& pass,
                                     const sync::Item& item);
  std::size_t count_forks(const StoredSpace& space, const DeviceKey& author);
  void append_segment(Work& work, const sync::SegmentPass& pass, const sync::Item& item);
  void found(Work& work, const TransportKey& founder);
  std::int64_t next_row(StoredSpace& space);
  void sign_head(sqlite::Transaction& transaction, StoredSpace& space);
  DeviceUse use_of(const TransportKey& device);

  std::vector<log::SignedHead> tips(const LogId& log) override;
  std::vector<log::SignedHead> heads_at(const LogId& log, std::uint32_t number) override;
  std::vector<DeviceKey> authors() override;
  std::size_t head_count() override;

  sqlite::Database& database_;
  const Policy& policy_;
  const crypto::SigningKey& signing_;
  std::uint64_t epoch_ = 1;
  SpaceCache cache_{database_};
  std::set<SpaceId> reopened_;      // by a reminder, in the transaction that runs
  StoredSpace* current_ = nullptr;  // the space whose gate asks for heads

  sqlite::Statement insert_space_{
      database_, "INSERT INTO space (space, sequence, head, notices) VALUES (?, 0, NULL, zeroblob(32))"};
  sqlite::Statement update_space_{database_,
                                  "UPDATE space SET sequence = ?, head = ?, notices = ?, expires = ?, "
                                  "bytes = ? WHERE id = ?"};
  sqlite::Statement select_dropped_{database_, "SELECT 1 FROM dropped WHERE space = ?"};
  sqlite::Statement insert_link_{database_, "INSERT INTO link (id, content) VALUES (?, ?)"};
  sqlite::Statement delete_link_{database_, "DELETE FROM link WHERE id = ?"};
  sqlite::Statement insert_named_{database_,
                                  "INSERT INTO item (id, space, kind, name, last, bytes) VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement delete_named_{database_, "DELETE FROM item WHERE space = ? AND kind = ? AND name = ?"};
  sqlite::Statement insert_segment_{database_,
                                    "INSERT INTO item (id, space, kind, log, first, last, chain, signature, "
                                    "previous, bytes) VALUES (?, ?, 2, ?, ?, ?, ?, ?, ?, ?)"};
  sqlite::Statement insert_log_{database_, "INSERT INTO log (space, log, author, tips) VALUES (?, ?, ?, zeroblob(0))"};
  sqlite::Statement update_log_{database_, "UPDATE log SET tips = ? WHERE id = ?"};
  sqlite::Statement select_at_{database_, "SELECT chain, signature FROM item WHERE log = ? AND last = ?"};
  sqlite::Statement select_end_{database_, "SELECT id FROM item WHERE log = ? AND last = ? AND chain = ?"};
  sqlite::Statement select_step_{database_,
                                 "SELECT id, first, last, previous, length(bytes) FROM item WHERE id = ? AND log = ?"};
  sqlite::Statement select_continuations_{database_, "SELECT count(*) FROM item WHERE log = ? AND previous = ?"};
  sqlite::Statement replace_segment_{database_,
                                     "UPDATE item SET first = ?, previous = ?, bytes = ? WHERE id = ? AND kind = 2"};
  sqlite::Statement delete_segment_{database_, "DELETE FROM item WHERE id = ? AND kind = 2"};
  sqlite::Statement select_notices_{database_,
                                    "SELECT bytes FROM item WHERE space = ? AND kind = ? AND name IS NOT NULL"};
  sqlite::Statement select_use_{database_, "SELECT bytes, spaces FROM device WHERE key = ?"};
  sqlite::Statement add_use_{database_,
                             "INSERT INTO device (key, bytes, spaces) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                             "bytes = bytes + excluded.bytes, spaces = spaces + excluded.spaces"};
};

}  // namespace plenary::hub
