// ReplicaFacade: the Replica that create() and open() return.
#pragma once

#include "core/replica/replica.h"
#include "core/replica/replica_sync.h"
#include "core/replica/space.h"

namespace plenary::replica {

class ReplicaFacade final : public Replica {
 public:
  ReplicaFacade(std::unique_ptr<Profile> profile, const merge::Schema& schema, Environment& environment);
  // Opens the spaces of the profile (replica_opening.cc).
  Result<void> open_spaces();

  const std::string& person() const override { return profile_->person(); }
  const DeviceKey& device() const override { return profile_->signing().public_key(); }
  const merge::Schema& schema() const override { return schema_; }

  Result<FoundedSpace> found_space(const std::string& kind, const std::string& name, Role role) override;
  std::vector<SpaceSummary> spaces() override;
  const std::vector<DamagedSpace>& damaged_spaces() const override { return damaged_; }
  Result<void> set_hub(const SpaceId& space, const HubAddress& hub) override;
  Result<std::string> invite(const SpaceId& space, Role role, const std::string& for_whom) override;
  Result<std::string> invite_again(const SpaceId& space, Role role, const PersonId& person) override;
  Result<std::vector<InvitationView>> invitations(const SpaceId& space) override;
  Result<void> void_invitation(const SpaceId& space, const InvitationId& invitation) override;
  Result<SpaceId> join(const std::string& link) override;
  Result<std::vector<MemberView>> members(const SpaceId& space) override;
  Result<std::vector<Ratification>> ratify(const SpaceId& space) override;
  Result<void> admit(const SpaceId& space, const DeviceKey& device) override;

  // replica_keeping.cc
  Result<KeepingView> keeping(const SpaceId& space) override;
  Result<CutView> cut(const SpaceId& space, const DeviceKey& device) override;
  Result<Removal> remove(const SpaceId& space, const DeviceKey& device, const std::string& reason) override;
  Result<void> change_role(const SpaceId& space, const DeviceKey& device, Role role) override;
  Result<std::vector<QuarantinedWork>> quarantined(const SpaceId& space) override;
  Result<void> readmit(const SpaceId& space, const QuarantinedWork& work) override;
  Result<std::vector<ForkView>> forks(const SpaceId& space) override;
  Result<void> name_branch(const SpaceId& space, const LogId& log, std::size_t branch, Others others) override;
  Result<std::vector<MissingLog>> missing_logs(const SpaceId& space) override;
  Result<void> declare_lost(const SpaceId& space, const LogId& log) override;
  Result<void> mend(const SpaceId& space) override;
  Result<void> rotate(const SpaceId& space) override;
  Result<void> expire(const SpaceId& space, std::int64_t not_before_ms) override;
  Result<void> hand_over(const SpaceId& space, const DeviceKey& device) override;
  Result<std::string> recover(const SpaceId& space, const std::string& code) override;
  Result<void> name_deputies(const SpaceId& space, const std::string& code, const DeviceKey& one,
                             const DeviceKey& other) override;
  Result<std::string> deputy_part(const SpaceId& space) override;
  Result<void> decide_anyway(const SpaceId& space) override;
  Result<std::vector<AlarmView>> alarms(const SpaceId& space) override;

  Result<ErasureSummary> erase(const SpaceId& space, const RecordId& id,
                               const std::vector<std::string>& changes) override;
  Result<std::vector<EraseRequest>> erase_requests(const SpaceId& space) override;
  Result<void> decline_request(const SpaceId& space, const std::string& request) override;
  // For tests that look behind the façade. The space must be here.
  Space& opened(const SpaceId& id) const { return *spaces_.at(id); }

  std::unique_ptr<Edit> edit(const SpaceId& space) override;

  Result<RecordView> get(const SpaceId& space, const RecordId& id) override;
  Result<OriginTag> origin_tag(const SpaceId& space, const RecordId& id) override;
  Result<RecordId> find(const SpaceId& space, const std::string& prefix) override;
  Result<std::vector<RecordView>> list(const SpaceId& space, const Query& query) override;
  Result<std::vector<SearchHit>> search(const SpaceId& space, const std::string& words, std::size_t limit) override;
  Result<std::vector<Conflict>> conflicts(const SpaceId& space) override;
  Result<void> resolve(const SpaceId& space, const Resolution& resolution) override;
  Result<std::vector<HistoryEntry>> history(const SpaceId& space, const RecordId& id) override;
  Result<SpaceStatus> status(const SpaceId& space) override;
  Result<Digest> digest(const SpaceId& space) override;
  Result<std::vector<DeviceStatus>> device_statuses(const SpaceId& space) override;
  Result<std::vector<AlarmView>> past_alarms(const SpaceId& space) override;
  Result<void> acknowledge_alarms(const SpaceId& space) override;
  Result<void> seal_day(const SpaceId& space, std::int64_t day_start_ms) override;

  sync::DeviceSpaces& sync() override { return sync_; }
  const crypto::AgreementKey& transport_key() const override { return profile_->transport(); }
  Result<Bytes> export_day_end(const SpaceId& space) override;
  Result<ImportSummary> import_day_end(ByteSpan file) override;
  Result<Bytes> receipt(const SpaceId& space) override;
  Result<std::vector<std::string>> check(const SpaceId& space) override;

  // What the façade is made of, for tests and the simulator, which look beneath it.
  Result<Space*> space(const SpaceId& id);

 private:
  Result<void> open_space(const std::filesystem::path& path);
  void keep_as_damaged(const std::filesystem::path& path, const std::string& what);
  // Its error, if the space is damaged.
  Result<void> check_undamaged(const SpaceId& id) const;
  Result<store::LoadedRecord> load(Space& space, const std::string& id);

  std::unique_ptr<Profile> profile_;
  const merge::Schema& schema_;
  store::EnumDirectory enums_;
  SpaceContext context_;
  Spaces spaces_;
  std::vector<DamagedSpace> damaged_;
  ReplicaSync sync_{spaces_};
};

}  // namespace plenary::replica
