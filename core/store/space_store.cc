#include "core/store/space_store.h"

#include <algorithm>

#include "core/base/words.h"
#include "core/sqlite/migration.h"
#include "core/store/damaged.h"
#include "core/store/lane_table.h"

namespace plenary::store {
namespace {

constexpr std::int32_t kApplication = 0x506c5370;  // "PlSp"
constexpr std::size_t kKeepLanesOnClosing = 256;
constexpr std::string_view kSpaceSetting = "space", kSumSetting = "sum", kDigestKeySetting = "digest key",
                           kTablesSetting = "tables", kScrubSetting = "scrub";

sqlite::OpenOptions open_options(sqlite::Access access, const sqlite::SealedVfs* seal) {
  sqlite::OpenOptions options;
  options.seal = seal;
  options.access = access;
  options.cache_kib = 8192;
  options.checkpoint_pages = 4000;
  return options;
}

Result<void> migrate(sqlite::Database& database) {
  const sqlite::Migration migrations[] = {
      [](sqlite::Transaction& transaction) {
        transaction.execute(
            "CREATE TABLE plenary_setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE plenary_roster (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, record BLOB NOT NULL);"
            "CREATE TABLE plenary_notice (kind INTEGER, subject BLOB, number INTEGER NOT NULL, bytes BLOB NOT NULL,"
            "  PRIMARY KEY (kind, subject)) WITHOUT ROWID");
        LogTable::create(transaction);
        RecordRows::create(transaction);
        create_lane_table(transaction);
      },
      &LogTable::add_due};
  return sqlite::migrate(database, {kApplication, "Plenary space"}, migrations);
}

}  // namespace

Result<std::unique_ptr<SpaceStore>> SpaceStore::create(const std::filesystem::path& path, const SpaceId& space,
                                                       const StoreSchema& schema, const sqlite::SealedVfs* seal) {
  if (std::filesystem::exists(path)) return fail(ErrorCode::conflict, path.string() + " is there already.");
  auto database = sqlite::Database::open(path, open_options(sqlite::Access::create, seal));
  if (!database) return tl::make_unexpected(database.error());
  if (auto done = migrate(**database); !done) return tl::make_unexpected(done.error());
  {
    sqlite::Transaction transaction(**database);
    MergedTables::create(transaction, schema.schema, MergedTables::Search::with);
    sqlite::Statement insert(**database, "INSERT OR REPLACE INTO plenary_setting (name, value) VALUES (?, ?)");
    insert.run(transaction, kSpaceSetting, space);
    insert.run(transaction, kTablesSetting, as_bytes(MergedTables::fingerprint(schema.schema, schema.version)));
    transaction.commit();
  }
  return std::unique_ptr<SpaceStore>(new SpaceStore(*std::move(database), space, schema));
}

Result<std::unique_ptr<SpaceStore>> SpaceStore::open(const std::filesystem::path& path, const StoreSchema& schema,
                                                     const sqlite::SealedVfs* seal) {
  auto database = sqlite::Database::open(path, open_options(sqlite::Access::existing, seal));
  if (!database) return tl::make_unexpected(database.error());
  if (auto done = migrate(**database); !done) return tl::make_unexpected(done.error());
  SpaceId space;
  std::string tables;
  {
    sqlite::Statement select(**database, "SELECT value FROM plenary_setting WHERE name = ?");
    {
      auto rows = select.query(kSpaceSetting);
      if (!rows.next()) return fail(ErrorCode::not_found, path.string() + " was never completed.");
      space = rows.id<SpaceId>(0);
    }
    if (auto rows = select.query(kTablesSetting); rows.next()) tables = as_text(rows.blob(0));
  }
  const bool same_tables = tables == MergedTables::fingerprint(schema.schema, schema.version);
  if (!same_tables) {
    sqlite::Transaction transaction(**database);
    MergedTables::create(transaction, schema.schema, MergedTables::Search::with);
    sqlite::Statement drop(**database, "DELETE FROM plenary_setting WHERE name = ?");
    drop.run(transaction, kTablesSetting);
    transaction.commit();
  }
  std::unique_ptr<SpaceStore> store(new SpaceStore(*std::move(database), space, schema));
  if (!same_tables) store->merge_for_schema();
  if (store->setting(kScrubSetting)) store->scrub();
  return store;
}

SpaceStore::SpaceStore(std::unique_ptr<sqlite::Database> database, const SpaceId& space, const StoreSchema& schema)
    : database_(std::move(database)), space_(space), schema_(schema) {
  reload();
}

SpaceStore::~SpaceStore() {
  if (stale_ || unkept_changes_ < kKeepLanesOnClosing) return;
  try {
    sqlite::Transaction transaction(*database_);
    keep_lanes(transaction);
    transaction.commit();
  } catch (const sqlite::Failure&) {
    // Only the next opening gets slower.
  }
}

std::optional<Bytes> SpaceStore::setting(std::string_view name) {
  auto rows = select_setting_.query(name);
  return rows.next() ? std::optional(to_bytes(rows.blob(0))) : std::nullopt;
}

// Deleting overwrites, but a page that was rearranged may hold words in places that are in use no more: all is written
// anew without them, and the write-ahead log that held them is emptied. Until that succeeded it is still due.
void SpaceStore::scrub() {
  try {
    database_->configure("VACUUM");
    sqlite::Transaction transaction(*database_);
    sqlite::Statement done(*database_, "DELETE FROM plenary_setting WHERE name = ?");
    done.run(transaction, kScrubSetting);
    transaction.commit();
    database_->checkpoint();
  } catch (const sqlite::Failure&) {
    // No room: what was committed stands. Tried again when the space is opened next.
  }
}

void SpaceStore::keep(sqlite::Transaction& transaction, std::string_view name, ByteSpan value) {
  insert_setting_.run(transaction, name, value);
}

void SpaceStore::reload() {
  log_table_.reload();
  merger_.forget();
  auto state = std::make_unique<State>(schema_);
  load_roster(*state);
  load_causality(*state);
  state_ = std::move(state);
  merger_.use(state_->view);
  digest_key_ = DigestKey();
  if (const auto key = setting(kDigestKeySetting)) {
    if (auto secret = DigestKey::from(*key)) digest_key_ = std::move(*secret);
  }
  const auto sum = setting(kSumSetting);
  const auto value = sum ? RecordSum::from(*sum) : std::nullopt;
  merger_.sum = kept_sum_ = value ? StateSum(*value) : StateSum();
  stale_ = false;
}

void SpaceStore::load_roster(State& state) {
  roster_hashes_.clear();
  sqlite::Statement select(*database_, "SELECT record FROM plenary_roster ORDER BY number");
  for (auto rows = select.query(); rows.next();) {
    const auto record = roster::decode_signed_record(rows.blob(0));
    if (!record) throw_damaged("a roster record cannot be read.");
    const auto trusted = roster::trust_stored_record(space_, *record);
    if (!trusted) throw_damaged("a roster record cannot be read.");
    state.roster.add(trusted->record());
    roster_hashes_.push_back(trusted->record().hash);
    state.causality.learn_roster(trusted->record().hash);
  }
  for (const auto& loss : state.roster.losses()) state.causality.declare_lost(loss);
}

void SpaceStore::load_causality(State& state) {
  const auto lanes = read_lanes(*database_);
  unkept_changes_ = 0;
  if (!lanes.empty()) {
    auto restored = log::Causality::restore(lanes, roster_hashes_, state.roster.losses());
    if (restored) state.causality = *std::move(restored);
  }
  load_newer_changes(state);
}

// Adds what the graph does not have yet: of every strand what lies beyond its last delivered change.
void SpaceStore::load_newer_changes(State& state) {
  constexpr std::uint32_t kAtOnce = 256;
  for (const Strand& strand : log_table_.strands()) {
    state.causality.learn_author(strand.log, strand.descriptor.author);
  }
  for (const Strand& strand : log_table_.strands()) {
    std::uint32_t first = first_unknown(state.causality, strand);
    for (; first <= strand.last.number; first += kAtOnce) {
      const std::uint32_t last = std::min(first + kAtOnce - 1, strand.last.number);
      for (const log::Change& change : log_table_.read(strand.number, first, last)) state.causality.add(change);
      unkept_changes_ += last - first + 1;
    }
  }
}

// Delivered changes are a prefix of each strand.
std::uint32_t SpaceStore::first_unknown(const log::Causality& causality, const Strand& strand) {
  const auto knows = [&](std::uint32_t number) {
    const ChainValue chain =
        number == strand.last.number ? strand.last.chain : log_table_.chain({strand.number, number});
    return causality.find(strand.log, number, chain).has_value();
  };
  std::uint32_t low = strand.first, high = strand.last.number + 1;
  if (low < high && knows(high - 1)) return high;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (knows(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void SpaceStore::keep_lanes(sqlite::Transaction& transaction) {
  write_lanes(transaction, state_->causality.snapshot());
  unkept_changes_ = 0;
}

void SpaceStore::rebuild(sqlite::Transaction& transaction) {
  MergedTables::create(transaction, schema_.schema, MergedTables::Search::with);
  merger_.rebuild(transaction);
}

void SpaceStore::merge_for_schema() {
  sqlite::Transaction transaction(*database_);
  merger_.rebuild(transaction);
  keep(transaction, kSumSetting, merger_.sum.value().span());
  keep(transaction, kTablesSetting, as_bytes(MergedTables::fingerprint(schema_.schema, schema_.version)));
  transaction.commit();
}

void SpaceStore::mend() {
  sqlite::Transaction transaction(*database_);
  rebuild(transaction);
  keep(transaction, kSumSetting, merger_.sum.value().span());
  transaction.commit();
  kept_sum_ = merger_.sum;
}

std::optional<roster::SignedRecord> SpaceStore::roster_record(const RosterHash& hash) {
  auto rows = select_record_.query(hash);
  if (!rows.next()) return std::nullopt;
  auto record = roster::decode_signed_record(rows.blob(0));
  if (!record) throw_damaged("a roster record cannot be read.");
  return *std::move(record);
}

StatePosition SpaceStore::position() const {
  crypto::Hasher position({"plenary position", 1, space_}, Digest::kSize);
  const log::Frontier frontier = state_->causality.frontier();
  for (const log::Head& head : frontier) position.update(head.log).update_u64(head.number).update(head.chain);
  position.update(state_->roster.tip());
  for (const RosterHash& record : state_->roster.unsettled()) position.update(record);
  position.update_u64(schema_.version);
  // Keyed, so that the sum itself is never shown.
  crypto::Hasher digest({"plenary state", 1, space_}, Digest::kSize, digest_key_.span());
  digest.update(merger_.sum.value());
  return {position.finish<Digest>(), digest.finish<Digest>()};
}

Result<log::RecordName> SpaceStore::find(const std::string& text) {
  const auto matches = find_all(text);
  if (matches.empty()) return fail(ErrorCode::not_found, "There is no record \"" + text + "\" here.");
  if (matches.size() == 1) return matches.front();
  std::string list;
  for (std::size_t i = 0; i < matches.size() && i < 5; ++i) {
    const auto type = schema_.schema.types.find(matches[i].type);
    list += (i == 0 ? "" : ", ") + record_text(matches[i]);
    if (type != schema_.schema.types.end()) list += " (" + in_words(type->second.name) + ")";
  }
  return fail(ErrorCode::conflict, "\"" + text + "\" could mean " + std::to_string(matches.size()) +
                                       " records: " + list + (matches.size() > 5 ? ", …" : "") + ". Type more of it.");
}

}  // namespace plenary::store
