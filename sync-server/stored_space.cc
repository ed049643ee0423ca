#include "sync-server/stored_space.h"

#include <set>

namespace plenary::hub {
namespace {

// Spaces in use at a time; a space is a few kilobytes here, more with a long roster.
constexpr std::size_t kSpacesKept = 512;

[[noreturn]] void throw_damaged(const SpaceId& space, const std::string& what) {
  throw sqlite::Failure(
      sqlite::Failure::Kind::corrupt, 0,
      "The hub's database is damaged: " + what + " of space " + space.hex().substr(0, 8) + " cannot be read.");
}

}  // namespace

Bytes encode_tips(const std::vector<Tip>& tips) {
  ByteWriter writer;
  for (const Tip& tip : tips) {
    writer.varint(static_cast<std::uint64_t>(tip.sequence));
    writer.varint(tip.head.head.number);
    writer.id(tip.head.head.chain);
    writer.id(tip.head.signature);
  }
  return std::move(writer).take();
}

std::vector<Tip> decode_tips(const LogId& log, ByteSpan bytes) {
  ByteReader reader(bytes);
  std::vector<Tip> tips;
  while (reader.ok() && !reader.at_end()) {
    Tip tip;
    tip.sequence = static_cast<std::int64_t>(reader.bounded(kSequenceMax));
    tip.head.head.log = log;
    tip.head.head.number = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
    tip.head.head.chain = reader.id<ChainValue>();
    tip.head.signature = reader.id<Signature>();
    tips.push_back(tip);
  }
  if (!reader.ok()) tips.clear();
  return tips;
}

log::Frontier StoredSpace::frontier() const {
  log::Frontier frontier;
  for (const auto& [log, stored] : logs) {
    for (const Tip& tip : stored.tips) frontier.push_back(tip.head.head);
  }
  std::sort(frontier.begin(), frontier.end());
  return frontier;
}

std::vector<sync::NoticeName> StoredSpace::notice_names() const {
  std::vector<sync::NoticeName> names;
  for (const auto& [name, number] : notices) names.push_back({name.first, name.second, number});
  return names;
}

sync::Inventory StoredSpace::inventory() const {
  return {roster, frontier(), notice_names(), sequence};
}

sync::Position StoredSpace::position() const {
  return {sync::digest_of_roster(space, roster), sync::digest_of_frontier(space, frontier()),
          sync::digest_of_notices(space, notice_names())};
}

StoredSpace* SpaceCache::find(const SpaceId& space) {
  if (const auto kept = spaces_.find(space); kept != spaces_.end()) {
    if (stale_.erase(space) == 0 || update(*kept->second)) return kept->second.get();
    spaces_.erase(kept);
  }
  auto loaded = load(space);
  if (loaded == nullptr) return nullptr;
  return &put(std::move(loaded));
}

StoredSpace& SpaceCache::put(std::unique_ptr<StoredSpace> space) {
  return *(spaces_[space->space] = std::move(space));
}

// Which one goes does not matter much: it is read again when needed.
void SpaceCache::make_room() {
  while (spaces_.size() >= kSpacesKept) spaces_.erase(spaces_.begin());
}

std::unique_ptr<StoredSpace> SpaceCache::load(const SpaceId& space) {
  const sqlite::Snapshot one_moment(database_);
  auto loaded = std::make_unique<StoredSpace>(space);
  if (!read_own_row(*loaded)) return nullptr;
  for (auto row = select_roster_.query(loaded->id); row.next();) {
    read_record(*loaded, row.id<RosterHash>(0), row.blob(1));
  }
  for (auto row = select_logs_.query(loaded->id); row.next();) read_log(*loaded, row);
  for (auto row = select_notices_.query(loaded->id); row.next();) {
    const auto kind = static_cast<sync::ItemKind>(row.integer(0));
    loaded->notices[{kind, row.id<sync::NoticeSubject>(1)}] = static_cast<std::uint64_t>(row.integer(2));
  }
  return loaded;
}

bool SpaceCache::update(StoredSpace& space) {
  const sqlite::Snapshot one_moment(database_);
  const std::int64_t before = space.sequence, id = space.id;
  if (!read_own_row(space) || space.id != id || space.sequence < before) return false;
  read_new_items(space, before);
  return true;
}

void SpaceCache::read_new_items(StoredSpace& space, std::int64_t after) {
  std::set<std::int64_t> logs;
  for (auto row = select_new_.query(row_of(space.id, after), row_of(space.id, space.sequence)); row.next();) {
    const auto kind = static_cast<sync::ItemKind>(row.integer(0));
    if (kind == sync::ItemKind::segment) {
      logs.insert(row.integer(4));
    } else if (row.is_null(1)) {
      continue;
    } else if (kind == sync::ItemKind::roster) {
      read_record(space, row.id<RosterHash>(1), row.blob(3));
    } else {
      space.notices[{kind, row.id<sync::NoticeSubject>(1)}] = static_cast<std::uint64_t>(row.integer(2));
    }
  }
  for (const std::int64_t log : logs) {
    for (auto row = select_log_.query(log); row.next();) read_log(space, row);
  }
}

bool SpaceCache::read_own_row(StoredSpace& space) {
  auto row = select_space_.query(space.space);
  if (!row.next()) return false;
  space.id = row.integer(0);
  // Within a transaction the items may be ahead of the space's own row.
  space.sequence = std::max(row.integer(1), sequence_of(row.integer(3)));
  space.bytes = row.integer(4);
  space.head.reset();
  if (row.is_null(2)) return true;
  auto head = sync::decode_hub_head(row.blob(2));
  if (!head) throw_damaged(space.space, "the head");
  space.head = *head;
  return true;
}

void SpaceCache::read_record(StoredSpace& space, const RosterHash& hash, ByteSpan bytes) {
  if (!space.gate.restore(bytes)) throw_damaged(space.space, "a roster record");
  space.roster.push_back(hash);
}

void SpaceCache::read_log(StoredSpace& space, const sqlite::Rows& row) {
  const auto log = row.id<LogId>(1);
  auto tips = decode_tips(log, row.blob(2));
  if (tips.empty()) throw_damaged(space.space, "a log");
  space.logs[log] = {row.integer(0), std::move(tips), row.optional_id<DeviceKey>(3).value_or(DeviceKey{})};
}

}  // namespace plenary::hub
