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
  SharedChange& known = read_[place.key()];
  if (!known) known = log_table_.read(place);
  return known;
}

Merger::Source Merger::source(StrandPlace at) {
  SharedChange change = read(at);
  const auto place = view_->causality().find(change->log, change->number, change->chain);
  if (!place) throw_damaged("a merged change is not delivered.");
  return {at, *place, std::move(change)};
}

Merger::Group& Merger::group(sqlite::Transaction& transaction, const log::RecordName& name) {
  const RecordRow row = rows_.find_or_add(transaction, name);
  const auto [it, is_new] = group_of_.try_emplace(row, groups_.size());
  if (is_new) groups_.push_back({row, name, {}});
  return groups_[it->second];
}

void Merger::take(sqlite::Transaction& transaction, log::Place place, std::optional<StrandPlace> at,
                  SharedChange change) {
  if (!at) at = stored(place);
  if (!change) change = read(*at);
  file(transaction, {*at, place, std::move(change)});
  ++taken_;
}

void Merger::file(sqlite::Transaction& transaction, const Source& source) {
  const log::RecordName* last = nullptr;
  for (const log::Operation& operation : source.change->operations) {
    // Operations on one record usually follow each other.
    if (last != nullptr && *last == operation.record) continue;
    last = &operation.record;
    Group& into = group(transaction, view_->causality().canonical(source.place, operation.record));
    if (!into.sources.empty() && into.sources.back().at == source.at) continue;
    into.sources.push_back(source);
    if (tables_are_empty_) into.sources.back().change.reset();  // read again when its record is merged
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
      SharedChange change = read(at);
      const auto place = view_->causality().find(change->log, change->number, change->chain);
      if (place) file(transaction, {at, *place, std::move(change)});
    }
  }
}

void Merger::flush(sqlite::Transaction& transaction) {
  for (Group& group : groups_) merge(transaction, group);
  forget();
}

LoadedRecord Merger::assemble(const log::RecordName& name, std::span<const Source> sources) {
  LoadedRecord record{name, {}, {}, {}};
  record.changes.reserve(sources.size());
  record.writes.reserve(sources.empty() ? 0 : sources.front().change->operations.size() + 4 * sources.size());
  for (const auto& [at, place, change] : sources) {
    const log::RecordName* last = nullptr;
    bool is_ours = false;
    for (std::uint32_t index = 0; index < change->operations.size(); ++index) {
      const log::Operation& operation = change->operations[index];
      if (!log::Causality::may_mean(operation.record, name)) continue;
      if (last == nullptr || *last != operation.record) {
        last = &operation.record;
        is_ours = view_->causality().canonical(place, operation.record) == name;
      }
      if (!is_ours) continue;
      const bool is_missing = log::has_value(operation.kind) && !operation.value;
      record.writes.push_back({place, index, change->time_ms, is_missing, &operation});
    }
    record.changes.push_back(change);
  }
  record.merged = merge::merge_record(*view_, name, record.writes);
  return record;
}

void Merger::merge(sqlite::Transaction& transaction, Group& group) {
  std::optional<RecordState> before;
  if (!tables_are_empty_) before = tables_.load(group.row);
  if (before) {
    for (const StrandPlace& at : before->places) {
      const bool is_here = std::ranges::find(group.sources, at, &Source::at) != group.sources.end();
      if (!is_here) group.sources.push_back(source(at));
    }
  }
  if (group.sources.empty()) return;
  std::ranges::sort(group.sources, {}, &Source::at);
  const auto repeated = std::unique(group.sources.begin(), group.sources.end(),
                                    [](const Source& one, const Source& other) { return one.at == other.at; });
  group.sources.erase(repeated, group.sources.end());
  erase_payloads(transaction, group);
  const LoadedRecord record = assemble(group.name, group.sources);
  const Bytes bytes = merge::digest_bytes(*view_, group.name, record.writes, record.merged);
  const RecordSum added = sum_of_record(space_, key_, bytes);
  if (before) sum.subtract(before->sum);
  sum.add(added);
  std::vector<StrandPlace> places(group.sources.size());
  std::ranges::transform(group.sources, places.begin(), &Source::at);
  tables_.write(transaction, *view_, {group.row, group.name, record.writes, places, record.merged, added},
                before ? &*before : nullptr);
}

// What the roster erased leaves the log as soon as its record is merged: when the erasure comes, and when the text
// comes after it.
void Merger::erase_payloads(sqlite::Transaction& transaction, Group& group) {
  if (view_->nothing_is_secret()) return;
  const bool all = view_->is_erased(group.name);
  for (Source& source : group.sources) {
    if (!all && !view_->is_erased(group.name, source.place)) continue;
    // The author's own name of the record.
    const auto written = std::ranges::find_if(source.change->operations, [&](const log::Operation& operation) {
      return log::has_value(operation.kind) &&
             view_->causality().canonical(source.place, operation.record) == group.name;
    });
    if (written == source.change->operations.end()) continue;
    if (!log_table_.erase(transaction, space_, source.at, log::RecordName(written->record))) continue;
    read_.erase(source.at.key());
    source.change = read(source.at);
    erased_types_.insert(group.name.type);
  }
}

// First finds out which changes wrote into which record, then merges record by record, so that few changes are in
// memory at a time.
void Merger::rebuild(sqlite::Transaction& transaction) {
  sum = StateSum();
  forget();
  tables_are_empty_ = true;
  for (const Strand& strand : log_table_.strands()) {
    for (std::uint32_t number = strand.first; number <= strand.last.number; ++number) {
      const StrandPlace at{strand.number, number};
      SharedChange change = read(at);
      const auto place = view_->causality().find(change->log, change->number, change->chain);
      if (place) file(transaction, {at, *place, std::move(change)});
      read_.clear();
    }
  }
  for (Group& group : groups_) {
    for (Source& source : group.sources) source.change = read(source.at);
    merge(transaction, group);
    group.sources.clear();
    read_.clear();
  }
  forget();
}

std::optional<LoadedRecord> Merger::load(const log::RecordName& record) {
  const auto row = rows_.find(record);
  const auto state = row ? tables_.load(*row) : std::nullopt;
  if (!state) return std::nullopt;
  std::vector<Source> sources;
  for (const StrandPlace& at : state->places) sources.push_back(source(at));
  LoadedRecord loaded = assemble(record, sources);
  read_.clear();
  return loaded;
}

void Merger::forget() {
  groups_.clear();
  group_of_.clear();
  read_.clear();
  taken_ = 0;
  tables_are_empty_ = false;
}

}  // namespace plenary::store
