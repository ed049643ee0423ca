// LogTable: every change that this device holds, as bytes, in the space's database.
//
// A *strand* is one branch of one log as it is stored: a log that never forked is one strand; where a log forks, the
// branch that came second becomes a strand of its own that begins after its parent's change. A change's place is
// (strand, number). Headers and operations, and what people typed, stand in separate columns of one row, so that
// erasing a payload rewrites nothing else. docs/storage.md, "Changes".
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "core/log/codec.h"
#include "core/log/head.h"
#include "core/sqlite/statement.h"
#include "core/store/large_changes.h"

namespace plenary::store {

struct StrandPlace {
  std::uint32_t strand = 0;
  std::uint32_t number = 0;

  std::int64_t key() const { return std::int64_t{strand} << 32 | number; }
  static StrandPlace of(std::int64_t key) {
    return {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
  }
  friend auto operator<=>(const StrandPlace&, const StrandPlace&) = default;
};

struct Strand {
  std::uint32_t number = 0;
  LogId log;
  log::LogDescriptor descriptor;
  std::optional<StrandPlace> parent;  // of the first change; none: the log begins here
  std::uint32_t first = 1;            // number of its first change
  log::ChainState last;               // after its newest change
  log::LogSecrets secrets;
  log::SignedHead head;  // the newest that its author signed and that is here; number 0: none
};

// Changes of one strand that share a blinder seed.
struct StrandRun {
  std::uint32_t strand = 0;
  std::uint32_t run = 0;
  friend auto operator<=>(const StrandRun&, const StrandRun&) = default;
};

// Thread: the database's. Throws sqlite::Failure (corrupt) when a row is no change.
class LogTable {
 public:
  static void create(sqlite::Transaction& transaction);
  static void add_due(sqlite::Transaction& transaction);

  explicit LogTable(sqlite::Database& database);

  // Valid as long as the table: strands are never taken away.
  const std::deque<Strand>& strands() const { return strands_; }
  const Strand& strand(std::uint32_t number) const { return strands_.at(number); }
  // Strands of one log, the first branch first.
  std::vector<std::uint32_t> strands_of(const LogId& log) const;
  // The strand of a log that never forked.
  std::optional<std::uint32_t> only_strand_of(const LogId& log) const;

  std::optional<std::uint32_t> first_strand_of(const LogId& log) const;

  std::uint32_t add_strand(sqlite::Transaction& transaction, const log::LogDescriptor& descriptor, const LogId& log,
                           std::optional<StrandPlace> parent);
  // `change` follows the strand's newest; `encoded` is its form.
  void append(sqlite::Transaction& transaction, std::uint32_t strand, const log::Change& change,
              const log::EncodedChange& encoded);
  // Adds those that a change of this device made; all of them are of run `from_run`.
  void add_secrets(sqlite::Transaction& transaction, std::uint32_t strand, const log::LogSecrets& made,
                   std::uint32_t from_run);
  // Replaces the strand's secrets; those of runs before `from_run` have not changed.
  void keep_secrets(sqlite::Transaction& transaction, std::uint32_t strand, log::LogSecrets secrets,
                    std::uint32_t from_run);
  void add_head(sqlite::Transaction& transaction, std::uint32_t strand, const log::SignedHead& head);

  // Brings the strands in memory back to what the database holds, after a transaction was rolled back.
  void reload();

  std::optional<StrandPlace> find(const log::Head& head);
  ChainValue chain(StrandPlace place);
  log::ChainState state(StrandPlace place);
  SharedChange read(StrandPlace place);
  // Changes first..last of one strand.
  std::vector<log::Change> read(std::uint32_t strand, std::uint32_t first, std::uint32_t last);
  // Heads that the author signed, after number `after`, ascending.
  std::vector<log::SignedHead> heads(std::uint32_t strand, std::uint32_t after);
  // Where the author signed this very change and the signature is here.
  std::optional<log::SignedHead> signed_head(const log::Head& head);
  // The secrets that a segment of first..last needs.
  log::LogSecrets secrets_for(std::uint32_t strand, std::uint32_t first, std::uint32_t last) const;

  // Runs of which segments that are kept elsewhere still hold what was erased here, or could help to guess it.
  std::vector<StrandRun> due();
  void make_due(sqlite::Transaction& transaction, StrandRun run);
  void no_longer_due(sqlite::Transaction& transaction, StrandRun run);

  // Drops what the change typed into the record; true if it was here. Its hash stays.
  bool erase(sqlite::Transaction& transaction, const SpaceId& space, StrandPlace place, const log::RecordName& record);

 private:
  // Payloads that are here in the blinder run of a change.
  std::vector<log::PayloadName> staying_payloads(StrandPlace place);
  void load_strands();
  void load_secrets();
  void write_secrets(sqlite::Transaction& transaction, const Strand& strand, std::uint32_t from_run);
  std::int64_t roster_number(sqlite::Transaction& transaction, const RosterHash& hash);
  log::ChainState state_of(const sqlite::Rows& rows, std::uint32_t number) const;
  log::Change decode(const Strand& strand, const sqlite::Rows& rows, const log::ChainState& before) const;

  sqlite::Database& database_;
  LargeChanges large_changes_;
  std::deque<Strand> strands_;
  std::unordered_map<LogId, std::vector<std::uint32_t>> by_log_;
  std::vector<RosterHash> roster_names_;
  std::unordered_map<RosterHash, std::int64_t> roster_numbers_;

  sqlite::Statement insert_strand_{database_,
                                   "INSERT INTO plenary_strand (number, log, author, nonce, parent, first) "
                                   "VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement insert_change_{
      database_,
      "INSERT INTO plenary_change (place, chain, time_ms, schema, roster, header, skeleton, "
      "payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
  sqlite::Statement select_change_{database_,
                                   "SELECT place, chain, time_ms, schema, roster, header, skeleton, payload "
                                   "FROM plenary_change WHERE place BETWEEN ? AND ? ORDER BY place"};
  sqlite::Statement select_state_{database_,
                                  "SELECT place, chain, time_ms, schema, roster FROM plenary_change WHERE place = ?"};
  sqlite::Statement update_payload_{database_, "UPDATE plenary_change SET payload = ? WHERE place = ?"};
  sqlite::Statement insert_head_{database_, "INSERT OR REPLACE INTO plenary_head (place, signature) VALUES (?, ?)"};
  sqlite::Statement select_heads_{
      database_,
      "SELECT plenary_head.place, chain, signature FROM plenary_head JOIN plenary_change USING (place) "
      "WHERE plenary_head.place > ? AND plenary_head.place < ? ORDER BY plenary_head.place"};
  sqlite::Statement insert_roster_name_{database_, "INSERT INTO plenary_roster_name (number, hash) VALUES (?, ?)"};
  sqlite::Statement update_chain_key_{database_, "UPDATE plenary_strand SET chain_key = ? WHERE number = ?"};
  sqlite::Statement insert_seed_{database_, "INSERT OR REPLACE INTO plenary_seed (strand, run, seed) VALUES (?, ?, ?)"};
  sqlite::Statement delete_seeds_{database_, "DELETE FROM plenary_seed WHERE strand = ? AND run >= ?"};
  sqlite::Statement insert_blinder_{database_,
                                    "INSERT OR REPLACE INTO plenary_blinder (strand, number, payload, blinder, hash) "
                                    "VALUES (?, ?, ?, ?, ?)"};
  sqlite::Statement delete_blinders_{database_, "DELETE FROM plenary_blinder WHERE strand = ? AND number > ?"};
};

}  // namespace plenary::store
