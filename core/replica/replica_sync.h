// ReplicaSync: what sync::DeviceSession and day-end files ask of a replica's spaces.
#pragma once

#include "core/replica/hub_witness.h"
#include "core/replica/space.h"
#include "core/sync/space_log.h"

namespace plenary::replica {

using Spaces = std::map<SpaceId, std::unique_ptr<Space>>;

class ReplicaSync final : public sync::DeviceSpaces {
 public:
  // `spaces` outlives it.
  explicit ReplicaSync(Spaces& spaces) : spaces_(spaces) {}

  std::optional<sync::Inventory> inventory(const SpaceId& space) override;
  std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) override;
  std::optional<Bytes> notice(const SpaceId& space, const sync::NoticeName& name) override;
  std::vector<sync::SegmentRef> missing_segments(const SpaceId& space, std::span<const sync::LogWant> wants) override;
  std::optional<Bytes> segment(const SpaceId& space, const sync::SegmentRef& ref) override;

  bool holds(const SpaceId& space, const log::Head& head) override;
  std::vector<SpaceId> spaces(const TransportKey& hub) override;
  std::optional<Bytes> claim(const SpaceId& space) override;
  sync::StoreSummary store(const SpaceId& space, const std::vector<sync::Item>& items) override;
  void peer_shows(const SpaceId& space, const TransportKey& hub, std::span<const log::Head> heads) override;
  void acknowledged(const SpaceId& space, const TransportKey& hub, std::span<const log::Head> heads) override;
  std::optional<sync::HubHead> hub_head(const SpaceId& space, const TransportKey& hub) override;
  std::vector<sync::HubHead> witnessed(const SpaceId& space, const DeviceKey& hub) override;
  void set_hub_head(const SpaceId& space, const TransportKey& hub, const sync::HubHead& head) override;
  void raise_alarm(const SpaceId& space, const TransportKey& hub, const sync::HubAlarm& alarm) override;
  std::vector<LogId> logs_to_repack(const SpaceId& space, const TransportKey& hub) override;
  std::vector<sync::SegmentRef> replacements(const SpaceId& space, std::span<const sync::LogLayout> layout) override;
  void replaced(const SpaceId& space, const LogId& log) override;
  void roster_is_same(const SpaceId& space, const TransportKey& hub) override;
  void settled(const SpaceId& space, const TransportKey& hub) override;

 private:
  struct Batch;

  Space* find(const SpaceId& space);
  void store_item(Batch& batch, const sync::Item& item);
  void store_record(Batch& batch, const sync::Item& item);
  void store_segment(Batch& batch, const sync::Item& item);
  void store_notice(Batch& batch, const sync::Item& item);

  Spaces& spaces_;
  VerifiedHeads verified_heads_;
};

}  // namespace plenary::replica
