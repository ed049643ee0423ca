#include "core/store/merger.h"

#include <algorithm>

#include "core/store/damaged.h"

namespace plenary::store {

const log::Change& LoadedRecord::change(const merge::Write& write) const {
  for (const SharedChange& change : changes) {
    const auto& operations = change->operations;
    if (!operations.empty() && write.operation >= operations.data() &&
        write.operation < operations.data() + operations.size()) {
      return *change;
    }
  }
  CHECK(false);
  return *changes.front();
}

Merger::Merger(LogTable& log_table, MergedTables& tables, RecordRows& rows, const merge::View& view,
               const SpaceId& space, const DigestKey& key)
    : log_table_(log_table), tables_(tables), rows_(rows), view_(&view), space_(space), key_(key) {}

StrandPlace Merger::stored(log::Place place) {
  const LogId& log = view_->causality().log_of(place.lane);
  if (const auto only = log_table_.only_strand_of(log)) return {*only, place.number};
  const auto found = log_table_.find(view_->causality().head_of(place));
  if (!found) throw_damaged("a delivered change is not in the log.");
  return *found;
}

SharedChange Merger::read(StrandPlace place) {
  SharedChange& known = recent_[place.key()];
  if (!known) known = std::make_shared<const log::Change>(log_table_.read(place));
  return known;
}

Merger::Group& Merger::group(sqlite::Transaction& transaction, const log::RecordName& name) {
  const RecordRow row = rows_.find_or_add(transaction, name);
  const auto [it, is_new] = groups_.try_emplace(row);
  if (is_new) {
    it->second.name = name;
    order_.push_back(row);
  }
  return it->second;
}

void Merger::take(sqlite::Transaction& transaction, log::Place place, SharedChange change) {
  const StrandPlace at = stored(place);
  if (!change) change = read(at);
  file(transaction, place, at, *change);
  recent_.emplace(at.key(), std::move(change));
  ++taken_;
}

void Merger::file(sqlite::Transaction& transaction, log::Place place, StrandPlace at, const log::Change& change) {
  const log::RecordName* last = nullptr;
  Group* into = nullptr;
  for (std::uint32_t index = 0; index < change.operations.size(); ++index) {
    const log::Operation& operation = change.operations[index];
    // Operations on one record usually follow each other.
    if (last == nullptr || *last != operation.record) {
      last = &operation.record;
      into = &group(transaction, view_->causality().canonical(place, operation.record));
      if (into->places.empty() || into->places.back() != at) into->places.push_back(at);
    }
  }
}

void Merger::touch(sqlite::Transaction& transaction, const log::RecordName& record) {
  group(transaction, view_->causality().canonical(record));
}

void Merger::touch_log(sqlite::Transaction& transaction, const LogId& log) {
  for (const std::uint32_t strand : log_table_.strands_of(log)) {
    const Strand& known = log_table_.strand(strand);
    for (std::uint32_t number = known.first; number <= known.last.number; ++number) {
      const StrandPlace at{strand, number};
      const SharedChange change = read(at);
      const auto place = view_->causality().find(change->log, change->number, change->chain);
      if (place) file(transaction, *place, at, *change);
    }
  }
}

void Merger::flush(sqlite::Transaction& transaction) {
  for (const RecordRow row : order_) merge(transaction, row, groups_.at(row));
  forget();
}

LoadedRecord Merger::assemble(const log::RecordName& name, std::span<const StrandPlace> places) {
  LoadedRecord record{name, {}, {}, {}};
  record.changes.reserve(places.size());
  for (const StrandPlace& at : places) {
    const SharedChange change = read(at);
    const auto only = log_table_.only_strand_of(change->log);
    const auto place = view_->causality().find(change->log, change->number, change->chain);
    if (!place) throw_damaged("a merged change is not delivered.");
    const log::RecordName* last = nullptr;
    bool is_ours = false;
    for (std::uint32_t index = 0; index < change->operations.size(); ++index) {
      const log::Operation& operation = change->operations[index];
      if (last == nullptr || *last != operation.record) {
        last = &operation.record;
        is_ours = (only && operation.record == name) || view_->causality().canonical(*place, operation.record) == name;
      }
      if (!is_ours) continue;
      const bool is_missing = log::has_value(operation.kind) && !operation.value;
      record.writes.push_back({*place, index, change->time_ms, is_missing, &operation});
    }
    record.changes.push_back(change);
  }
  record.merged = merge::merge_record(*view_, name, record.writes);
  return record;
}

void Merger::merge(sqlite::Transaction& transaction, RecordRow row, Group& group) {
  std::optional<RecordState> before;
  if (!tables_are_empty_) before = tables_.load(row);
  if (before) group.places.insert(group.places.end(), before->places.begin(), before->places.end());
  std::sort(group.places.begin(), group.places.end());
  group.places.erase(std::unique(group.places.begin(), group.places.end()), group.places.end());
  if (group.places.empty()) return;
  const LoadedRecord record = assemble(group.name, group.places);
  const Bytes bytes = merge::digest_bytes(*view_, group.name, record.writes, record.merged);
  const RecordSum added = sum_of_record(space_, key_, bytes);
  if (before) sum.subtract(before->sum);
  sum.add(added);
  tables_.write(transaction, *view_, {row, group.name, record.writes, group.places, record.merged, added},
                before ? &*before : nullptr);
}

void Merger::rebuild(sqlite::Transaction& transaction) {
  sum = StateSum();
  forget();
  for (const Strand& strand : log_table_.strands()) {
    for (std::uint32_t number = strand.first; number <= strand.last.number; ++number) {
      const StrandPlace at{strand.number, number};
      const SharedChange change = read(at);
      const auto place = view_->causality().find(change->log, change->number, change->chain);
      if (place) file(transaction, *place, at, *change);
      recent_.clear();
    }
  }
  tables_are_empty_ = true;
  for (const RecordRow row : order_) {
    merge(transaction, row, groups_.at(row));
    recent_.clear();
  }
  forget();
}

std::optional<LoadedRecord> Merger::load(const log::RecordName& record) {
  const auto row = rows_.find(record);
  const auto state = row ? tables_.load(*row) : std::nullopt;
  if (!state) return std::nullopt;
  LoadedRecord loaded = assemble(record, state->places);
  recent_.clear();
  return loaded;
}

void Merger::forget() {
  groups_.clear();
  order_.clear();
  recent_.clear();
  taken_ = 0;
  tables_are_empty_ = false;
}

}  // namespace plenary::store
