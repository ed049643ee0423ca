#include "core/store/log_table.h"

#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/log/limits.h"
#include "core/store/damaged.h"

namespace plenary::store {
namespace {

//   payload column = per payload of the change: varint 0 (not here) | varint size + 1, bytes
Bytes encode_payload_column(const std::vector<log::EncodedPayload>& payloads) {
  ByteWriter writer;
  for (const auto& payload : payloads) {
    if (!payload.bytes) {
      writer.varint(0);
      continue;
    }
    writer.varint(payload.bytes->size() + 1);
    writer.raw(*payload.bytes);
  }
  return std::move(writer).take();
}

std::vector<std::optional<ByteSpan>> decode_payload_column(ByteSpan column) {
  std::vector<std::optional<ByteSpan>> payloads;
  ByteReader reader(column);
  while (reader.ok() && !reader.at_end()) {
    const std::uint64_t size = reader.bounded(log::kMaxSegmentPlaintext);
    payloads.push_back(size == 0 ? std::nullopt : std::optional(reader.raw(size - 1)));
  }
  if (!reader.ok()) throw_damaged("a change's payloads cannot be read.");
  return payloads;
}

}  // namespace

void LogTable::create(sqlite::Transaction& transaction) {
  transaction.execute(
      "CREATE TABLE plenary_strand (number INTEGER PRIMARY KEY, log BLOB NOT NULL, author BLOB NOT NULL, nonce BLOB "
      "NOT NULL,"
      "  parent INTEGER, first INTEGER NOT NULL, chain_key BLOB);"
      "CREATE TABLE plenary_change (place INTEGER PRIMARY KEY, chain BLOB NOT NULL, time_ms INTEGER NOT NULL,"
      "  schema INTEGER NOT NULL, roster INTEGER NOT NULL, header BLOB NOT NULL, skeleton BLOB NOT NULL,"
      "  payload BLOB NOT NULL);"
      "CREATE TABLE plenary_head (place INTEGER PRIMARY KEY, signature BLOB NOT NULL);"
      "CREATE TABLE plenary_roster_name (number INTEGER PRIMARY KEY, hash BLOB NOT NULL);"
      "CREATE TABLE plenary_seed (strand INTEGER, run INTEGER, seed BLOB NOT NULL, PRIMARY KEY (strand, run)) WITHOUT "
      "ROWID;"
      "CREATE TABLE plenary_blinder (strand INTEGER, number INTEGER, payload INTEGER, blinder BLOB, hash BLOB,"
      "  PRIMARY KEY (strand, number, payload)) WITHOUT ROWID");
}

void LogTable::add_due(sqlite::Transaction& transaction) {
  transaction.execute(
      "CREATE TABLE plenary_due (strand INTEGER, run INTEGER, PRIMARY KEY (strand, run)) WITHOUT ROWID");
}

std::vector<StrandRun> LogTable::due() {
  std::vector<StrandRun> runs;
  sqlite::Statement select(database_, "SELECT strand, run FROM plenary_due ORDER BY strand, run");
  for (auto rows = select.query(); rows.next();) {
    runs.push_back({static_cast<std::uint32_t>(rows.integer(0)), static_cast<std::uint32_t>(rows.integer(1))});
  }
  return runs;
}

void LogTable::make_due(sqlite::Transaction& transaction, StrandRun run) {
  sqlite::Statement insert(database_, "INSERT OR IGNORE INTO plenary_due (strand, run) VALUES (?, ?)");
  insert.run(transaction, run.strand, run.run);
}

void LogTable::no_longer_due(sqlite::Transaction& transaction, StrandRun run) {
  sqlite::Statement remove(database_, "DELETE FROM plenary_due WHERE strand = ? AND run = ?");
  remove.run(transaction, run.strand, run.run);
}

LogTable::LogTable(sqlite::Database& database) : database_(database) {
  reload();
}

void LogTable::reload() {
  large_changes_.clear();
  strands_.clear();
  by_log_.clear();
  roster_names_.clear();
  roster_numbers_.clear();
  sqlite::Statement names(database_, "SELECT number, hash FROM plenary_roster_name ORDER BY number");
  for (auto rows = names.query(); rows.next();) {
    if (rows.integer(0) != static_cast<std::int64_t>(roster_names_.size())) throw_damaged("roster names have a gap.");
    roster_names_.push_back(rows.id<RosterHash>(1));
    roster_numbers_.emplace(roster_names_.back(), rows.integer(0));
  }
  load_strands();
  load_secrets();
}

void LogTable::load_strands() {
  sqlite::Statement select(
      database_, "SELECT number, log, author, nonce, parent, first, chain_key FROM plenary_strand ORDER BY number");
  for (auto rows = select.query(); rows.next();) {
    Strand strand;
    strand.number = static_cast<std::uint32_t>(rows.integer(0));
    if (strand.number != strands_.size()) throw_damaged("strands have a gap.");
    strand.log = rows.id<LogId>(1);
    strand.descriptor.author = rows.id<DeviceKey>(2);
    const ByteSpan nonce = rows.blob(3);
    if (nonce.size() != strand.descriptor.nonce.size()) throw_damaged("a log's nonce has a wrong size.");
    std::copy(nonce.begin(), nonce.end(), strand.descriptor.nonce.begin());
    if (!rows.is_null(4)) strand.parent = StrandPlace::of(rows.integer(4));
    strand.first = static_cast<std::uint32_t>(rows.integer(5));
    strand.head.head.log = strand.log;
    if (!rows.is_null(6)) strand.secrets.chain_key = rows.id<log::ChainKey>(6);
    by_log_[strand.log].push_back(strand.number);
    strands_.push_back(std::move(strand));
  }
  sqlite::Statement newest(
      database_, "SELECT place FROM plenary_change WHERE place > ? AND place < ? ORDER BY place DESC LIMIT 1");
  sqlite::Statement head(database_,
                         "SELECT place, signature FROM plenary_head WHERE place > ? AND place < ? "
                         "ORDER BY place DESC LIMIT 1");
  for (Strand& strand : strands_) {
    const std::int64_t begin = StrandPlace{strand.number, 0}.key();
    const std::int64_t end = StrandPlace{strand.number + 1, 0}.key();
    if (strand.parent) strand.last = state(*strand.parent);
    if (auto rows = newest.query(begin, end); rows.next()) strand.last = state(StrandPlace::of(rows.integer(0)));
    if (auto rows = head.query(begin, end); rows.next()) {
      const StrandPlace place = StrandPlace::of(rows.integer(0));
      strand.head = {{strand.log, place.number, chain(place)}, rows.id<Signature>(1)};
    }
  }
}

void LogTable::load_secrets() {
  sqlite::Statement seeds(database_, "SELECT strand, run, seed FROM plenary_seed");
  for (auto rows = seeds.query(); rows.next();) {
    auto& secrets = strands_.at(static_cast<std::size_t>(rows.integer(0))).secrets;
    secrets.seeds.emplace(static_cast<std::uint32_t>(rows.integer(1)), rows.id<log::BlinderSeed>(2));
  }
  sqlite::Statement blinders(database_, "SELECT strand, number, payload, blinder, hash FROM plenary_blinder");
  for (auto rows = blinders.query(); rows.next();) {
    auto& secrets = strands_.at(static_cast<std::size_t>(rows.integer(0))).secrets;
    const log::PayloadName name{static_cast<std::uint32_t>(rows.integer(1)),
                                static_cast<std::uint32_t>(rows.integer(2))};
    if (!rows.is_null(3)) secrets.blinders.emplace(name, rows.id<log::Blinder>(3));
    if (!rows.is_null(4)) secrets.erased.emplace(name, rows.id<log::PayloadHash>(4));
  }
}

std::vector<std::uint32_t> LogTable::strands_of(const LogId& log) const {
  const auto found = by_log_.find(log);
  return found == by_log_.end() ? std::vector<std::uint32_t>{} : found->second;
}

std::optional<std::uint32_t> LogTable::only_strand_of(const LogId& log) const {
  const auto found = by_log_.find(log);
  if (found == by_log_.end() || found->second.size() != 1) return std::nullopt;
  return found->second.front();
}

std::optional<std::uint32_t> LogTable::first_strand_of(const LogId& log) const {
  const auto found = by_log_.find(log);
  return found == by_log_.end() ? std::nullopt : std::optional(found->second.front());
}

std::uint32_t LogTable::add_strand(sqlite::Transaction& transaction, const log::LogDescriptor& descriptor,
                                   const LogId& log, std::optional<StrandPlace> parent) {
  Strand strand;
  strand.number = static_cast<std::uint32_t>(strands_.size());
  strand.log = log;
  strand.descriptor = descriptor;
  strand.parent = parent;
  strand.first = parent ? parent->number + 1 : 1;
  if (parent) strand.last = state(*parent);
  insert_strand_.run(transaction, strand.number, log, descriptor.author, ByteSpan(descriptor.nonce),
                     parent ? std::optional(parent->key()) : std::nullopt, strand.first);
  by_log_[log].push_back(strand.number);
  strands_.push_back(std::move(strand));
  return strands_.back().number;
}

std::int64_t LogTable::roster_number(sqlite::Transaction& transaction, const RosterHash& hash) {
  const auto found = roster_numbers_.find(hash);
  if (found != roster_numbers_.end()) return found->second;
  const auto number = static_cast<std::int64_t>(roster_names_.size());
  insert_roster_name_.run(transaction, number, hash);
  roster_names_.push_back(hash);
  roster_numbers_.emplace(hash, number);
  return number;
}

void LogTable::append(sqlite::Transaction& transaction, std::uint32_t number, const log::Change& change,
                      const log::EncodedChange& encoded) {
  Strand& strand = strands_.at(number);
  CHECK(change.number == strand.last.number + 1);
  CHECK(change.previous == strand.last.chain);
  const std::int64_t roster = roster_number(transaction, change.roster);
  insert_change_.run(transaction, StrandPlace{number, change.number}.key(), change.chain, change.time_ms, change.schema,
                     roster, encoded.header, encoded.skeleton, encode_payload_column(encoded.payloads));
  strand.last = log::state_after(change);
}

void LogTable::add_secrets(sqlite::Transaction& transaction, std::uint32_t number, const log::LogSecrets& made,
                           std::uint32_t from_run) {
  log::LogSecrets secrets = strands_.at(number).secrets;
  secrets.chain_key = made.chain_key;
  secrets.seeds.insert(made.seeds.begin(), made.seeds.end());
  for (const auto& [name, blinder] : made.blinders) secrets.blinders[name] = blinder;
  keep_secrets(transaction, number, std::move(secrets), from_run);
}

void LogTable::keep_secrets(sqlite::Transaction& transaction, std::uint32_t number, log::LogSecrets secrets,
                            std::uint32_t from_run) {
  Strand& strand = strands_.at(number);
  if (strand.secrets == secrets) return;
  const bool new_key = strand.secrets.chain_key != secrets.chain_key;
  strand.secrets = std::move(secrets);
  if (new_key) update_chain_key_.run(transaction, strand.secrets.chain_key, number);
  write_secrets(transaction, strand, from_run);
}

void LogTable::write_secrets(sqlite::Transaction& transaction, const Strand& strand, std::uint32_t from_run) {
  const auto& secrets = strand.secrets;
  delete_seeds_.run(transaction, strand.number, from_run);
  for (auto seed = secrets.seeds.lower_bound(from_run); seed != secrets.seeds.end(); ++seed) {
    insert_seed_.run(transaction, strand.number, seed->first, seed->second);
  }
  const std::uint32_t before = from_run * log::kBlinderRun;
  delete_blinders_.run(transaction, strand.number, before);
  for (const auto& [name, blinder] : secrets.blinders) {
    if (name.number > before) {
      insert_blinder_.run(transaction, strand.number, name.number, name.index, blinder, nullptr);
    }
  }
  for (const auto& [name, hash] : secrets.erased) {
    if (name.number > before) insert_blinder_.run(transaction, strand.number, name.number, name.index, nullptr, hash);
  }
}

void LogTable::add_head(sqlite::Transaction& transaction, std::uint32_t number, const log::SignedHead& head) {
  Strand& strand = strands_.at(number);
  insert_head_.run(transaction, StrandPlace{number, head.head.number}.key(), head.signature);
  if (head.head.number > strand.head.head.number) strand.head = head;
}

std::optional<StrandPlace> LogTable::find(const log::Head& head) {
  for (const std::uint32_t number : strands_of(head.log)) {
    const Strand& strand = strands_[number];
    if (head.number < strand.first || head.number > strand.last.number) continue;
    const StrandPlace place{number, head.number};
    if ((head.number == strand.last.number ? strand.last.chain : chain(place)) == head.chain) return place;
  }
  return std::nullopt;
}

log::ChainState LogTable::state_of(const sqlite::Rows& rows, std::uint32_t number) const {
  const auto roster = static_cast<std::size_t>(rows.integer(4));
  if (roster >= roster_names_.size()) throw_damaged("a change names an unknown roster position.");
  return {number, rows.id<ChainValue>(1), rows.integer(2), static_cast<std::uint32_t>(rows.integer(3)),
          roster_names_[roster]};
}

log::ChainState LogTable::state(StrandPlace place) {
  if (place.number == 0) return {};
  auto rows = select_state_.query(place.key());
  if (!rows.next()) throw_damaged("change " + std::to_string(place.number) + " of a log is missing.");
  return state_of(rows, place.number);
}

ChainValue LogTable::chain(StrandPlace place) {
  return state(place).chain;
}

log::Change LogTable::decode(const Strand& strand, const sqlite::Rows& rows, const log::ChainState& before) const {
  const auto payloads = decode_payload_column(rows.blob(7));
  auto change = log::decode_change(strand.log, before, rows.id<ChainValue>(1), rows.blob(5), rows.blob(6), payloads);
  if (!change) throw_damaged(change.error().message);
  return *std::move(change);
}

SharedChange LogTable::read(StrandPlace place) {
  if (SharedChange known = large_changes_.find(place.key())) return known;
  auto change = std::make_shared<const log::Change>(std::move(read(place.strand, place.number, place.number).front()));
  large_changes_.add(place.key(), change);
  return change;
}

std::vector<log::Change> LogTable::read(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
  const Strand& strand = strands_.at(number);
  CHECK(first >= strand.first && first <= last);
  log::ChainState before;
  if (first == strand.first && strand.parent) before = state(*strand.parent);
  const bool reads_previous = first > strand.first;
  const std::int64_t begin = StrandPlace{number, reads_previous ? first - 1 : first}.key();
  std::vector<log::Change> changes;
  changes.reserve(last - first + 1);
  auto rows = select_change_.query(begin, StrandPlace{number, last}.key());
  if (reads_previous && rows.next()) before = state_of(rows, first - 1);
  while (rows.next()) {
    changes.push_back(decode(strand, rows, before));
    before = log::state_after(changes.back());
  }
  if (changes.size() != last - first + 1) throw_damaged("changes of a log are missing.");
  return changes;
}

std::vector<log::SignedHead> LogTable::heads(std::uint32_t number, std::uint32_t after) {
  std::vector<log::SignedHead> heads;
  auto rows = select_heads_.query(StrandPlace{number, after}.key(), StrandPlace{number + 1, 0}.key());
  while (rows.next()) {
    const StrandPlace place = StrandPlace::of(rows.integer(0));
    heads.push_back({{strands_.at(number).log, place.number, rows.id<ChainValue>(1)}, rows.id<Signature>(2)});
  }
  return heads;
}

std::optional<log::SignedHead> LogTable::signed_head(const log::Head& head) {
  const auto place = find(head);
  if (!place) return std::nullopt;
  auto signed_heads = heads(place->strand, head.number - 1);
  if (signed_heads.empty() || signed_heads.front().head != head) return std::nullopt;
  return signed_heads.front();
}

log::LogSecrets LogTable::secrets_for(std::uint32_t number, std::uint32_t first, std::uint32_t last) const {
  // A strand that branched off shares the runs before its first change with its parent only up to the fork; those of
  // its own changes are its own.
  const auto& all = strands_.at(number).secrets;
  log::LogSecrets part;
  part.chain_key = all.chain_key;
  const auto end = all.seeds.upper_bound(log::blinder_run(last));
  for (auto seed = all.seeds.lower_bound(log::blinder_run(first)); seed != end; ++seed) part.seeds.insert(*seed);
  const auto within = [&](const auto& from, auto& to) {
    const auto stop = from.lower_bound(log::PayloadName{last + 1, 0});
    for (auto it = from.lower_bound(log::PayloadName{first, 0}); it != stop; ++it) to.insert(*it);
  };
  within(all.blinders, part.blinders);
  within(all.erased, part.erased);
  return part;
}

bool LogTable::erase(sqlite::Transaction& transaction, const SpaceId& space, StrandPlace place,
                     const log::RecordName& record) {
  Strand& strand = strands_.at(place.strand);
  log::Change change = *read(place);
  const auto records = log::payload_records(change);
  const auto found = std::ranges::find(records, record);
  if (found == records.end() || std::ranges::binary_search(change.payload_missing, record)) return false;
  const bool is_first = place.number == strand.first;
  const log::ChainState before =
      is_first ? (strand.parent ? state(*strand.parent) : log::ChainState{}) : state({place.strand, place.number - 1});
  const auto hashes = log::payload_hashes(space, place.number, log::encode_change(change, before), strand.secrets);
  if (!hashes) throw_damaged(hashes.error().message);

  const auto index = static_cast<std::uint32_t>(found - records.begin());
  log::LogSecrets secrets = strand.secrets;
  secrets.erase({place.number, index}, (*hashes)[index], staying_payloads(place));
  log::drop_payload(change, record);
  update_payload_.run(transaction, encode_payload_column(log::encode_change(change, before).payloads), place.key());
  large_changes_.drop(place.key());
  keep_secrets(transaction, place.strand, std::move(secrets), log::blinder_run(place.number));
  make_due(transaction, {place.strand, log::blinder_run(place.number)});
  return true;
}

std::vector<log::PayloadName> LogTable::staying_payloads(StrandPlace place) {
  const Strand& strand = strands_.at(place.strand);
  const std::uint32_t run = log::blinder_run(place.number);
  const std::uint32_t first = std::max(run * log::kBlinderRun + 1, strand.first);
  const std::uint32_t last = std::min((run + 1) * log::kBlinderRun, strand.last.number);
  std::vector<log::PayloadName> staying;
  for (const log::Change& change : read(place.strand, first, last)) {
    const auto records = log::payload_records(change);
    for (std::uint32_t index = 0; index < records.size(); ++index) {
      if (!std::ranges::binary_search(change.payload_missing, records[index]))
        staying.push_back({change.number, index});
    }
  }
  return staying;
}

}  // namespace plenary::store
