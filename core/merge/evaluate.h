// MergedSpace: a whole space merged in memory. The store does the same with tables; this one serves the tests, the
// simulator, and the check that rebuilds a store's tables and compares.
#pragma once

#include <map>

#include "core/merge/merge_record.h"

namespace plenary::merge {

class MergedSpace {
 public:
  // `schema` must outlive it.
  MergedSpace(const Schema& schema, std::uint32_t version);
  MergedSpace(const MergedSpace&) = delete;
  MergedSpace& operator=(const MergedSpace&) = delete;

  void learn_author(const LogId& log, const DeviceKey& author) { causality_.learn_author(log, author); }
  // Both can come in any order, repeatedly and piecewise. Merging is put off until somebody asks.
  void add(const log::Change& change);
  void add(const roster::Record& record);

  struct Entry {
    std::vector<Write> writes;
    MergedRecord merged;
  };
  // Every record that somebody wrote into, by canonical name; also those that are held or have no effect.
  const std::map<log::RecordName, Entry>& records() const;
  // Quarantined changes and why.
  std::map<log::Place, roster::Quarantine> quarantine() const;
  // The sum of all digest_bytes as one string, in the order of records: equal exactly where the digests are.
  Bytes digest_bytes() const;

  const log::Causality& causality() const { return causality_; }
  const roster::Roster& roster() const { return roster_; }
  const View& view() const { return view_; }
  // The change as it was added, without the payloads that are erased or not here.
  const log::Change& change(log::Place place) const;

 private:
  struct Position {
    roster::Standing standing;
    std::vector<RosterHash> unsettled;
  };

  void take(const log::Delivery& delivery);
  void merge_pending() const;
  void regroup() const;
  void file(log::Place place) const;

  const Schema& schema_;
  log::Causality causality_;
  roster::Roster roster_;
  View view_;
  std::unordered_map<ChainValue, log::Change> changes_;

  mutable std::optional<Position> position_;
  mutable bool reshaped_ = false;
  mutable std::vector<log::Place> arrived_;
  mutable std::set<LogId> touched_logs_;
  mutable std::set<log::RecordName> touched_records_;
  mutable std::map<log::RecordName, Entry> records_;
};

}  // namespace plenary::merge
