// A hub's store in memory.
#pragma once

#include "core/crypto/random.h"
#include "core/sync/gate.h"
#include "core/sync/session.h"

namespace plenary::sync {

class MemoryHub final : public HubSpaces {
 public:
  MemoryHub();

  const crypto::AgreementKey& transport() const { return transport_; }
  const DeviceKey& signing() const { return signing_.public_key(); }

  // Checks and stores, as one transaction.
  StoreOutcome commit(const StoreRequest& request);
  // Goes back to an earlier moment, as a restored backup does.
  struct Backup;
  std::shared_ptr<Backup> back_up() const;
  void restore(const Backup& backup, std::uint64_t epoch);

  std::string founding_token;  // empty: open
  std::size_t stored_segments() const;
  std::size_t duplicates = 0;
  int commits = 0;
  std::uint64_t lookups = 0;  // of missing segments
  // A hub that lies: leaves this log out of the inventories that it shows.
  std::optional<LogId> withheld;

  std::optional<Inventory> inventory(const SpaceId& space) override;
  std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) override;
  std::optional<Bytes> notice(const SpaceId& space, const NoticeName& name) override;
  std::vector<SegmentRef> missing_segments(const SpaceId& space, std::span<const LogWant> wants) override;
  std::optional<Bytes> segment(const SpaceId& space, const SegmentRef& ref) override;
  Access access(const SpaceId& space, const TransportKey& device) override;
  Result<void> check_claim(const SpaceId& space, const TransportKey& device, ByteSpan claim) override;
  std::vector<RosterHash> roster_until_removal(const SpaceId& space, const TransportKey& device) override;
  std::optional<HubHead> head(const SpaceId& space) override;
  std::vector<HubContent> links(const SpaceId& space, std::uint64_t epoch, std::uint64_t after,
                                std::uint64_t last) override;
  std::vector<StoredItem> items_after(const SpaceId& space, std::int64_t sequence, std::size_t byte_limit) override;

 private:
  struct StoredSegment {
    std::int64_t sequence = 0;
    log::Envelope envelope;
    log::SignedHead head;
    std::optional<log::Head> continues;
  };
  struct Space;
  class Lookup;
  std::optional<Refusal> take(Space& space, const StoreRequest& request, const Item& item, StoreOutcome& outcome);
  void keep(Space& space, const Item& item, StoreOutcome& outcome);
  StoreOutcome refuse_founding(const StoreRequest& request) const;

  crypto::SystemEnvironment environment_;
  crypto::SigningKey signing_;
  crypto::AgreementKey transport_;
  std::map<SpaceId, std::shared_ptr<Space>> spaces_;
  std::uint64_t epoch_ = 1;
};

}  // namespace plenary::sync
