// A tablet's spaces in memory: what a replica does for sync, without its tables.
#pragma once

#include <set>

#include "core/crypto/random.h"
#include "core/crypto/sign.h"
#include "core/roster/claim.h"
#include "core/roster/codec.h"
#include "core/roster/roster.h"
#include "core/roster/status.h"
#include "core/sync/session.h"
#include "tests/unit/sync/branches.h"

namespace plenary::sync {

inline constexpr Role kReviewer = 2;
inline constexpr Role kLead = 1;

class MemoryTablet final : public DeviceSpaces {
 public:
  explicit MemoryTablet(std::string name);

  // ---- what its owner does
  SpaceId found();
  // The keeper's device grants another one.
  void grant(const MemoryTablet& other);
  void remove(const MemoryTablet& other);
  void rotate();
  // An invitation: the secret key pair that its link carries.
  crypto::SigningKey invite();
  void join(const SpaceId& space, const crypto::SigningKey& invitation);
  // Takes the keeper's roster over by hand, as a day-end file would.
  void take_roster_from(const MemoryTablet& other);
  // Writes changes to its own log and signs the last.
  void write(int count);
  // Signs every change, as live use does.
  void write_one_by_one(int count);
  // A clone: same keys and log, goes its own way from here.
  void become_clone_of(const MemoryTablet& other);
  void write_status();

  // ---- what it has
  const std::string& name() const { return name_; }
  const crypto::AgreementKey& transport() const { return transport_; }
  roster::DeviceIdentity identity() const { return {signing_.public_key(), transport_.public_key()}; }
  const SpaceId& space() const { return space_; }
  LogId own_log() const { return log::log_id(space_, descriptor_); }
  // All changes of all logs and branches, as (log, chain value).
  std::set<std::pair<LogId, ChainValue>> changes() const;
  std::set<RosterHash> records() const;
  const std::map<LogId, TestLog>& logs() const { return logs_; }
  const roster::Roster& roster() const { return roster_; }
  std::size_t statuses() const;
  std::vector<log::ForkProof> forks() const;

  // ---- what it saw
  std::vector<log::Head> handed_over;
  std::vector<HubAlarm> alarms;
  int stores = 0, settles = 0;
  std::size_t changes_stored_twice = 0;
  std::size_t padding = 0;  // bytes added to each segment that it packs
  std::uint32_t run = 500;  // changes in a segment, at most
  bool ratifies = false;    // grants whoever claims an invitation, when settled
  bool status_when_settled = false;
  std::optional<HubHead> trusted_head;  // what it holds of the hub

  // ---- DeviceSpaces
  std::optional<Inventory> inventory(const SpaceId& space) override;
  std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) override;
  std::optional<Bytes> notice(const SpaceId& space, const NoticeName& name) override;
  std::vector<SegmentRef> missing_segments(const SpaceId& space, std::span<const LogWant> wants) override;
  std::optional<Bytes> segment(const SpaceId& space, const SegmentRef& ref) override;
  std::vector<SpaceId> spaces(const TransportKey& hub) override;
  std::optional<Bytes> claim(const SpaceId& space) override;
  bool holds(const SpaceId& space, const log::Head& head) override;
  StoreSummary store(const SpaceId& space, const std::vector<Item>& items) override;
  void acknowledged(const SpaceId&, const TransportKey&, std::span<const log::Head> heads) override;
  std::optional<HubHead> hub_head(const SpaceId&, const TransportKey&) override { return trusted_head; }
  void set_hub_head(const SpaceId&, const TransportKey&, const HubHead& head) override { trusted_head = head; }
  void raise_alarm(const SpaceId&, const TransportKey&, const HubAlarm& alarm) override { alarms.push_back(alarm); }
  void roster_is_same(const SpaceId&, const TransportKey&) override {}
  void settled(const SpaceId&, const TransportKey&) override;
  // What a restored device, other members' statuses and repacking need: the replica's own tests play those.
  void peer_shows(const SpaceId&, const TransportKey&, std::span<const log::Head>) override {}
  std::vector<HubHead> witnessed(const SpaceId&, const DeviceKey&) override { return {}; }
  std::vector<LogId> logs_to_repack(const SpaceId&, const TransportKey&) override { return {}; }
  std::vector<SegmentRef> replacements(const SpaceId&, std::span<const LogLayout>) override { return {}; }
  void replaced(const SpaceId&, const LogId&) override {}

 private:
  void write_record(roster::Body body);
  void keep_record(const roster::VerifiedRecord& record);
  void keep_notice(ItemKind kind, ByteSpan bytes, StoreSummary& summary);
  void take_segment(ByteSpan bytes, StoreSummary& summary);
  void missing_of(const TestLog& log, const LogWant& want, std::vector<SegmentRef>& out) const;
  TestBranch& own_branch();
  void sign_own_tip();

  std::string name_;
  crypto::SystemEnvironment environment_;
  crypto::SigningKey signing_;
  crypto::AgreementKey transport_;
  log::LogDescriptor descriptor_;
  SpaceId space_;
  std::optional<Bytes> claim_;
  roster::Roster roster_;
  std::vector<std::pair<RosterHash, Bytes>> records_;
  std::map<LogId, TestLog> logs_;
  std::map<std::pair<ItemKind, NoticeSubject>, std::pair<std::uint64_t, Bytes>> notices_;
  std::uint64_t status_number_ = 0;
  int written_ = 0;
};

}  // namespace plenary::sync
