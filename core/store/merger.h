// Merger: keeps the merged tables equal to the merge of the log. It collects what was delivered in one transaction and
// then merges each record that was touched, once.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/store/merged_tables.h"

namespace plenary::store {

// A record with all that was written into it. The writes point into the changes.
struct LoadedRecord {
  log::RecordName name;
  std::vector<SharedChange> changes;
  std::vector<merge::Write> writes;
  merge::MergedRecord merged;

  // The change of a write.
  const log::Change& change(const merge::Write& write) const;
};

class Merger {
 public:
  // All outlive it.
  Merger(LogTable& log_table, MergedTables& tables, RecordRows& rows, const merge::View& view, const SpaceId& space,
         const DigestKey& key);

  // The view from now on, after the store read its state anew.
  void use(const merge::View& view) { view_ = &view; }

  StateSum sum;  // of all records; the store keeps it

  // A change was delivered; merged at the next flush. Where the caller knows them, `at` is its place in the log and
  // `change` the change itself.
  void take(sqlite::Transaction& transaction, log::Place place, std::optional<StrandPlace> at, SharedChange change);
  // The record must be merged anew at the next flush.
  void touch(sqlite::Transaction& transaction, const log::RecordName& record);
  // Every record into which a change of this log wrote.
  void touch_log(sqlite::Transaction& transaction, const LogId& log);
  void flush(sqlite::Transaction& transaction);
  std::size_t pending() const { return taken_; }
  // Types of the records of which something was erased since this was last asked.
  std::set<std::uint32_t> take_erased_types() { return std::exchange(erased_types_, {}); }
  // Merges everything anew, into empty tables.
  void rebuild(sqlite::Transaction& transaction);

  // Drops what was taken, after a transaction was rolled back.
  void forget();

  // Nothing when no delivered change wrote into it.
  std::optional<LoadedRecord> load(const log::RecordName& record);

 private:
  // A change that wrote into a record.
  struct Source {
    StrandPlace at;
    log::Place place;
    SharedChange change;
  };
  struct Group {
    RecordRow row = 0;
    log::RecordName name;
    std::vector<Source> sources;
  };

  StrandPlace stored(log::Place place);
  SharedChange read(StrandPlace place);
  Source source(StrandPlace at);
  Group& group(sqlite::Transaction& transaction, const log::RecordName& name);
  void file(sqlite::Transaction& transaction, const Source& source);
  void merge(sqlite::Transaction& transaction, Group& group);
  void erase_payloads(sqlite::Transaction& transaction, Group& group);
  LoadedRecord assemble(const log::RecordName& name, std::span<const Source> sources);

  LogTable& log_table_;
  MergedTables& tables_;
  RecordRows& rows_;
  const merge::View* view_;
  const SpaceId& space_;
  const DigestKey& key_;
  std::vector<Group> groups_;  // in the order in which they came
  std::unordered_map<RecordRow, std::size_t> group_of_;
  std::unordered_map<std::int64_t, SharedChange> read_;  // changes that were read from the log
  std::set<std::uint32_t> erased_types_;
  std::size_t taken_ = 0;
  bool tables_are_empty_ = false;  // while everything is merged anew
};

}  // namespace plenary::store
