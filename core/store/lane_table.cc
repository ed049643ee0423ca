#include "core/store/lane_table.h"

#include "core/base/byte_codec.h"

namespace plenary::store {
namespace {

//   lane = log (16), author (32), u8 has parent, [varint lane, varint number], varint count, chain values (32 each),
//          varint count, (varint from, roster hash (32)) each, varint count, (varint from, varint schema) each,
//          varint count, (varint by, log (16), varint number, chain (32)) each
Bytes encode(const log::LaneSnapshot& lane) {
  ByteWriter writer;
  writer.reserve(256 + lane.chains.size() * ChainValue::kSize);
  writer.id(lane.log);
  writer.id(lane.author);
  writer.u8(lane.parent ? 1 : 0);
  if (lane.parent) {
    writer.varint(lane.parent->lane);
    writer.varint(lane.parent->number);
  }
  writer.varint(lane.chains.size());
  for (const ChainValue& chain : lane.chains) writer.id(chain);
  writer.varint(lane.rosters.size());
  for (const auto& [from, hash] : lane.rosters) {
    writer.varint(from);
    writer.id(hash);
  }
  writer.varint(lane.schemas.size());
  for (const auto& [from, schema] : lane.schemas) {
    writer.varint(from);
    writer.varint(schema);
  }
  writer.varint(lane.cited.size());
  for (const auto& cited : lane.cited) {
    writer.varint(cited.by);
    writer.id(cited.head.log);
    writer.varint(cited.head.number);
    writer.id(cited.head.chain);
  }
  return std::move(writer).take();
}

std::uint32_t number(ByteReader& reader) {
  return static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
}

// How many entries follow, none of them smaller than `smallest` bytes.
std::size_t count(ByteReader& reader, std::size_t smallest) {
  return reader.bounded(reader.remaining() / smallest);
}

std::optional<log::LaneSnapshot> decode(ByteSpan bytes) {
  ByteReader reader(bytes);
  log::LaneSnapshot lane;
  lane.log = reader.id<LogId>();
  lane.author = reader.id<DeviceKey>();
  if (reader.u8() != 0) {
    const std::uint32_t parent = number(reader);
    lane.parent = log::Place{parent, number(reader)};
  }
  lane.chains.resize(count(reader, ChainValue::kSize));
  for (ChainValue& chain : lane.chains) chain = reader.id<ChainValue>();
  for (std::size_t left = count(reader, RosterHash::kSize); left > 0; --left) {
    const std::uint32_t from = number(reader);
    lane.rosters.emplace_back(from, reader.id<RosterHash>());
  }
  for (std::size_t left = count(reader, 2); left > 0; --left) {
    const std::uint32_t from = number(reader);
    lane.schemas.emplace_back(from, number(reader));
  }
  for (std::size_t left = count(reader, ChainValue::kSize); left > 0; --left) {
    log::LaneSnapshot::Cited cited;
    cited.by = number(reader);
    cited.head.log = reader.id<LogId>();
    cited.head.number = number(reader);
    cited.head.chain = reader.id<ChainValue>();
    lane.cited.push_back(cited);
  }
  if (!reader.finished()) return std::nullopt;
  return lane;
}

}  // namespace

void create_lane_table(sqlite::Transaction& transaction) {
  transaction.execute("CREATE TABLE plenary_lane (lane INTEGER PRIMARY KEY, graph BLOB NOT NULL)");
}

void write_lanes(sqlite::Transaction& transaction, const std::vector<log::LaneSnapshot>& lanes) {
  transaction.execute("DELETE FROM plenary_lane");
  sqlite::Statement insert(transaction.database(), "INSERT INTO plenary_lane (lane, graph) VALUES (?, ?)");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    insert.run(transaction, static_cast<std::int64_t>(i), encode(lanes[i]));
  }
}

std::vector<log::LaneSnapshot> read_lanes(sqlite::Database& database) {
  std::vector<log::LaneSnapshot> lanes;
  sqlite::Statement select(database, "SELECT graph FROM plenary_lane ORDER BY lane");
  for (auto rows = select.query(); rows.next();) {
    auto lane = decode(rows.blob(0));
    if (!lane) return {};
    lanes.push_back(*std::move(lane));
  }
  return lanes;
}

}  // namespace plenary::store
