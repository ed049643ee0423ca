// HubReader: what sessions read of the store, on the network's thread, over a connection of its own.
#pragma once

#include "core/sync/space_log.h"
#include "sync-server/missing_segments.h"
#include "sync-server/stored_space.h"

namespace plenary::hub {

class HubReader final : public sync::HubSpaces {
 public:
  // `database` outlives the reader, and is brought up to date already.
  explicit HubReader(sqlite::Database& database) : database_(database) {}

  // The writer has committed something of this space.
  void changed(const SpaceId& space) { cache_.changed(space); }

  std::optional<sync::Inventory> inventory(const SpaceId& space) override;
  std::optional<sync::Position> position(const SpaceId& space) override;
  std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) override;
  std::optional<Bytes> notice(const SpaceId& space, const sync::NoticeName& name) override;
  std::vector<sync::SegmentRef> missing_segments(const SpaceId& space, std::span<const sync::LogWant> wants) override;
  std::optional<Bytes> segment(const SpaceId& space, const sync::SegmentRef& ref) override;
  sync::Access access(const SpaceId& space, const TransportKey& device) override;
  std::optional<std::int64_t> expired(const SpaceId& space) override;
  Result<void> check_claim(const SpaceId& space, const TransportKey& device, ByteSpan claim) override;
  std::vector<RosterHash> roster_until_removal(const SpaceId& space, const TransportKey& device) override;
  std::int64_t last_sequence(const SpaceId& space) override;
  std::optional<sync::HubHead> head(const SpaceId& space) override;
  std::vector<sync::LogLayout> layout(const SpaceId& space, std::span<const LogId> logs) override;
  std::vector<sync::HubContent> links(const SpaceId& space, std::uint64_t epoch, std::uint64_t after,
                                      std::uint64_t last) override;
  std::vector<sync::StoredItem> items_after(const SpaceId& space, std::int64_t sequence,
                                            std::size_t byte_limit) override;

 private:
  // Valid until the next call.
  StoredSpace* find(const SpaceId& space);
  std::vector<SegmentStep> missing_of_log(const StoredLog& log, std::span<const log::Head> have);
  // The log's segments that reach at least `number`.
  std::vector<SegmentStep> steps_from(const StoredLog& log, std::int64_t number);
  std::optional<Bytes> named(const SpaceId& space, sync::ItemKind kind, ByteSpan name, std::uint64_t number_min);

  sqlite::Database& database_;
  SpaceCache cache_{database_};
  sqlite::Statement select_named_{
      database_, "SELECT bytes FROM item WHERE space = ? AND kind = ? AND name = ? AND coalesce(last, 0) >= ?"};
  sqlite::Statement select_segments_{
      database_,
      "SELECT id, first, last, chain, previous, length(bytes) FROM item WHERE log = ? AND last > ? ORDER BY last"};
  sqlite::Statement select_envelope_{database_, "SELECT substr(bytes, 1, 512) FROM item WHERE id = ?"};
  sqlite::Statement select_bytes_{database_, "SELECT bytes FROM item WHERE id = ? AND kind = 2"};
  sqlite::Statement select_dropped_{database_, "SELECT expires FROM dropped WHERE space = ?"};
  sqlite::Statement select_links_{database_, "SELECT content FROM link WHERE id BETWEEN ? AND ? ORDER BY id"};
  sqlite::Statement select_after_{database_, "SELECT id, kind, bytes FROM item WHERE id > ? AND id <= ? ORDER BY id"};
};

}  // namespace plenary::hub
