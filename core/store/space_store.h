// SpaceStore: one space on this device, in one SQLite file: its roster, its log, its merged tables.
//
// Everything is written through a Writing, which is one transaction: what was appended, received or learnt in it is
// merged before it commits, and is durable when commit() returns. Reading shows what was committed last. A failure of
// the environment (sqlite::Failure) takes back the whole Writing, in memory too. One thread at a time.
#pragma once

#include <filesystem>

#include "core/log/content.h"
#include "core/roster/codec.h"
#include "core/store/merger.h"

namespace plenary::store {

// What a store is opened with; all outlives it.
struct StoreSchema {
  const merge::Schema& schema;
  const EnumDirectory& enums;
  std::uint32_t version;  // of the schema: the reader's
};

// What became of a segment's contents.
struct TakenRun {
  std::size_t changes_new = 0, changes_known = 0;
};

// The digest at a position; two devices at equal positions must have equal digests (architecture.md D12).
struct StatePosition {
  Digest position, digest;
};

class SpaceStore {
 public:
  class Writing;

  // Makes the file. Nothing of the space is in it yet but its id. `seal` outlives the store; null: a file in clear.
  static Result<std::unique_ptr<SpaceStore>> create(const std::filesystem::path& path, const SpaceId& space,
                                                    const StoreSchema& schema, const sqlite::SealedVfs* seal = nullptr);
  // not_found (no file, or one whose making was never completed), busy, unsupported (made by a newer version),
  // malformed (no space's file). Merges everything anew if the schema is another than when the file was last open.
  static Result<std::unique_ptr<SpaceStore>> open(const std::filesystem::path& path, const StoreSchema& schema,
                                                  const sqlite::SealedVfs* seal = nullptr);
  ~SpaceStore();
  SpaceStore(const SpaceStore&) = delete;
  SpaceStore& operator=(const SpaceStore&) = delete;

  const SpaceId& space() const { return space_; }
  const merge::Schema& schema() const { return schema_.schema; }
  const EnumDirectory& enums() const { return schema_.enums; }
  std::uint32_t version() const { return schema_.version; }
  sqlite::Database& database() { return *database_; }

  // Reads the file anew if the last Writing was taken back. The replica calls it before each use.
  void settle() {
    if (stale_) reload();
  }

  const log::Causality& causality() const { return state_->causality; }
  const roster::Roster& roster() const { return state_->roster; }
  const merge::View& view() const { return state_->view; }
  LogTable& log_table() { return log_table_; }

  // The signed form of a roster record.
  std::optional<roster::SignedRecord> roster_record(const RosterHash& hash);
  // All records in the order in which they came, so that each follows its predecessor.
  const std::vector<RosterHash>& roster_hashes() const { return roster_hashes_; }

  // Small things that the replica keeps with the space.
  std::optional<Bytes> setting(std::string_view name);

  // The record with all its writes; nothing when no change that is delivered wrote into it.
  std::optional<LoadedRecord> load(const log::RecordName& record) { return merger_.load(record); }
  // The one record that a textual id, or the beginning of one, names. not_found; conflict (lists those it could mean).
  Result<log::RecordName> find(const std::string& text);
  // Every record that the text could mean, exact matches alone if there are any. The list stops at 100.
  std::vector<log::RecordName> find_all(const std::string& text);
  RecordRows& rows() { return rows_; }

  void catch_up_search() { tables_.catch_up_search(); }
  TableCounts counts() { return tables_.counts(); }
  StatePosition position() const;
  // Makes the tables anew from the log.
  void mend();
  // Merges everything anew in memory and lists where the tables differ. Empty is good.
  std::vector<std::string> check();

 private:
  struct State {
    State(const StoreSchema& schema) : view(causality, roster, schema.schema, schema.version) {}
    log::Causality causality;
    roster::Roster roster;
    merge::View view;
  };

  SpaceStore(std::unique_ptr<sqlite::Database> database, const SpaceId& space, const StoreSchema& schema);
  void reload();
  void load_roster(State& state);
  void load_causality(State& state);
  void load_newer_changes(State& state);
  std::uint32_t first_unknown(const log::Causality& causality, const Strand& strand);
  void keep_lanes(sqlite::Transaction& transaction);
  void merge_for_schema();
  std::vector<log::RecordName> find_exactly(const std::string& text);
  std::vector<log::RecordName> find_aliases(const std::string& text);
  void rebuild(sqlite::Transaction& transaction);
  void scrub();
  void keep(sqlite::Transaction& transaction, std::string_view name, ByteSpan value);

  std::unique_ptr<sqlite::Database> database_;
  SpaceId space_;
  StoreSchema schema_;
  DigestKey digest_key_;
  LogTable log_table_{*database_};
  RecordRows rows_{*database_, log_table_};
  MergedTables tables_{*database_, schema_.schema, schema_.enums, MergedTables::Search::with};
  std::unique_ptr<State> state_ = std::make_unique<State>(schema_);
  std::vector<RosterHash> roster_hashes_;
  bool stale_ = false;              // memory is ahead of the file, because a Writing was taken back
  StateSum kept_sum_;               // as the file has it
  std::size_t unkept_changes_ = 0;  // since the causal graph was written as rows
  Merger merger_{log_table_, tables_, rows_, state_->view, space_, digest_key_};

  sqlite::Statement select_setting_{*database_, "SELECT value FROM plenary_setting WHERE name = ?"};
  sqlite::Statement insert_setting_{*database_, "INSERT OR REPLACE INTO plenary_setting (name, value) VALUES (?, ?)"};
  sqlite::Statement select_record_{*database_, "SELECT record FROM plenary_roster WHERE hash = ?"};
  sqlite::Statement insert_record_{*database_, "INSERT INTO plenary_roster (hash, record) VALUES (?, ?)"};
};

// One transaction on a space. Taken back unless committed. Only one at a time.
class SpaceStore::Writing {
 public:
  explicit Writing(SpaceStore& store);
  ~Writing();
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  sqlite::Transaction& transaction() { return transaction_; }

  void set(std::string_view name, ByteSpan value) { store_.keep(transaction_, name, value); }
  void set_digest_key(const DigestKey& key);

  // Adds a roster record. Only `admitted` changes anything; `waiting` records are not kept: they come again.
  roster::Admission add_record(const roster::VerifiedRecord& record);

  // Begins a log of this device.
  std::uint32_t begin_log(const log::LogDescriptor& descriptor);
  // One change of this device's log `strand`, with everything that is here as seen.
  log::Change append(std::uint32_t strand, std::vector<log::Operation> operations, std::int64_t time_ms,
                     Environment& environment);
  void add_head(std::uint32_t strand, const log::SignedHead& head) {
    touched_ = true;
    store_.log_table_.add_head(transaction_, strand, head);
  }

  // The contents of a segment whose envelope was verified. not_delivered: they do not continue what is here, or do
  // not reproduce the head; limit_exceeded.
  Result<TakenRun> take_in(const log::Envelope& envelope, ByteSpan content);

  // Merges what came, and commits. Durable on return.
  void commit();

 private:
  // A change that was just appended.
  struct Fresh {
    StrandPlace at;
    SharedChange change;
  };
  // Changes of a run that were new in one strand: from `first`, at `index` in the run.
  struct Extended {
    std::uint32_t strand = 0, first = 0;
    std::size_t index = 0, count = 0;
  };

  void deliver(const log::Delivery& delivery, const Fresh* fresh);
  void take_secrets(const Extended& part, const log::RunOfChanges& run);
  std::uint32_t place_run(const log::Envelope& envelope, log::RunOfChanges& run, StrandPlace before, TakenRun& taken);
  void settle_roster();
  void erase_waiting();

  struct RosterBefore {
    roster::Standing standing;
    std::vector<RosterHash> unsettled;
  };

  SpaceStore& store_;
  sqlite::Transaction transaction_;
  std::optional<RosterBefore> roster_before_;
  bool roster_changed_ = false;
  bool reshaped_ = false;
  bool touched_ = false;
  bool erased_ = false;
  bool committed_ = false;
};

}  // namespace plenary::store
