// StoredSpace: what the hub's store knows of one space while it is in use, read from the database once.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/sync/gate.h"
#include "sync-server/hub_database.h"

namespace plenary::hub {

// The newest segment of a branch.
struct Tip {
  std::int64_t sequence = 0;
  log::SignedHead head;
};

struct StoredLog {
  std::int64_t id = 0;  // of its row
  std::vector<Tip> tips;
  DeviceKey author;
};

// As the column log.tips:  tips = (varint sequence, varint number, chain (32), signature (64))*
Bytes encode_tips(const std::vector<Tip>& tips);
std::vector<Tip> decode_tips(const LogId& log, ByteSpan bytes);

struct StoredSpace {
  explicit StoredSpace(const SpaceId& space) : space(space), gate(space) {}

  SpaceId space;
  std::int64_t id = 0;  // of its row; 0: not stored yet
  std::int64_t sequence = 0;
  std::int64_t bytes = 0;  // of all that is stored of it
  sync::SpaceGate gate;
  std::vector<RosterHash> roster;  // in the order of storing
  std::map<LogId, StoredLog> logs;
  std::map<std::pair<sync::ItemKind, sync::NoticeSubject>, std::uint64_t> notices;  // with their numbers
  std::optional<sync::HubHead> head;

  sync::Inventory inventory() const;
  log::Frontier frontier() const;
  std::vector<sync::NoticeName> notice_names() const;
  sync::Position position() const;
};

// Reads StoredSpaces over one connection, and keeps those used lately.
class SpaceCache {
 public:
  explicit SpaceCache(sqlite::Database& database) : database_(database) {}

  // Null when the space is not stored. Valid until it is forgotten.
  StoredSpace* find(const SpaceId& space);
  // Keeps a space that is being founded.
  StoredSpace& put(std::unique_ptr<StoredSpace> space);
  // More of it was stored elsewhere: that is read when the space is asked for again, and nothing else.
  void changed(const SpaceId& space) {
    if (spaces_.contains(space)) stale_.insert(space);
  }
  // What was kept here was rolled back.
  void forget(const SpaceId& space) { spaces_.erase(space); }
  void forget_all() {
    spaces_.clear();
    stale_.clear();
  }
  // Forgets some when there are many. Never within a transaction, whose sequences may not be stored yet.
  void make_room();

 private:
  std::unique_ptr<StoredSpace> load(const SpaceId& space);
  // Reads the space's own row, and what was stored after what is here. False: it is not stored any more.
  bool update(StoredSpace& space);
  void read_new_items(StoredSpace& space, std::int64_t after);
  bool read_own_row(StoredSpace& space);
  static void read_record(StoredSpace& space, const RosterHash& hash, ByteSpan bytes);
  static void read_log(StoredSpace& space, const sqlite::Rows& row);

  sqlite::Database& database_;
  std::unordered_map<SpaceId, std::unique_ptr<StoredSpace>> spaces_;
  std::unordered_set<SpaceId> stale_;
  sqlite::Statement select_space_{
      database_,
      "SELECT id, sequence, head, (SELECT max(item.id) FROM item WHERE item.id BETWEEN space.id << 40 "
      "AND (space.id << 40) + 1099511627775), bytes FROM space WHERE space = ?"};
  sqlite::Statement select_roster_{
      database_, "SELECT name, bytes FROM item WHERE space = ? AND kind = 1 AND name IS NOT NULL ORDER BY id"};
  sqlite::Statement select_logs_{database_, "SELECT id, log, tips, author FROM log WHERE space = ?"};
  sqlite::Statement select_notices_{
      database_, "SELECT kind, name, last FROM item WHERE space = ? AND kind > 2 AND name IS NOT NULL"};
  sqlite::Statement select_new_{
      database_,
      "SELECT kind, name, last, CASE kind WHEN 1 THEN bytes END, log FROM item WHERE id > ? AND id <= ? ORDER BY id"};
  sqlite::Statement select_log_{database_, "SELECT id, log, tips, author FROM log WHERE id = ?"};
};

}  // namespace plenary::hub
