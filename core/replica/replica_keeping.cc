// The façade's part about people: everything is done by the space.
#include "core/replica/replica_facade.h"

namespace plenary::replica {
namespace {

tl::unexpected<Error> pass(const Result<Space*>& result) {
  return tl::make_unexpected(result.error());
}

}  // namespace

Result<std::string> ReplicaFacade::invite(const SpaceId& id, Role role, const std::string& for_whom) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->invite(role, for_whom);
}

Result<std::string> ReplicaFacade::invite_again(const SpaceId& id, Role role, const PersonId& person) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->invite(role, (*in)->name_of(person), &person);
}

Result<std::vector<InvitationView>> ReplicaFacade::invitations(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->invitations();
}

Result<void> ReplicaFacade::void_invitation(const SpaceId& id, const InvitationId& invitation) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->void_invitation(invitation);
}

Result<std::vector<Ratification>> ReplicaFacade::ratify(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->ratify();
}

Result<void> ReplicaFacade::admit(const SpaceId& id, const DeviceKey& device) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->admit(device);
}

Result<KeepingView> ReplicaFacade::keeping(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->keeping();
}

Result<CutView> ReplicaFacade::cut(const SpaceId& id, const DeviceKey& device) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->cut(device);
}

Result<Removal> ReplicaFacade::remove(const SpaceId& id, const DeviceKey& device, const std::string& reason) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->remove(device, reason);
}

Result<void> ReplicaFacade::change_role(const SpaceId& id, const DeviceKey& device, Role role) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->change_role(device, role);
}

Result<std::vector<QuarantinedWork>> ReplicaFacade::quarantined(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->quarantined();
}

Result<void> ReplicaFacade::readmit(const SpaceId& id, const QuarantinedWork& work) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->readmit(work);
}

Result<void> ReplicaFacade::rotate(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->rotate();
}

Result<void> ReplicaFacade::expire(const SpaceId& id, std::int64_t not_before_ms) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->expire(not_before_ms);
}

Result<void> ReplicaFacade::hand_over(const SpaceId& id, const DeviceKey& device) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->hand_over(device);
}

Result<std::string> ReplicaFacade::recover(const SpaceId& id, const std::string& code) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->recover(code);
}

Result<void> ReplicaFacade::name_deputies(const SpaceId& id, const std::string& code, const DeviceKey& one,
                                          const DeviceKey& other) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->name_deputies(code, one, other);
}

Result<std::string> ReplicaFacade::deputy_part(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->deputy_part();
}

Result<std::vector<ForkView>> ReplicaFacade::forks(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  return (*in)->forks();
}

Result<void> ReplicaFacade::name_branch(const SpaceId& id, const LogId& log, std::size_t branch, Others others) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  return (*in)->name_branch(log, branch, others);
}

Result<std::vector<MissingLog>> ReplicaFacade::missing_logs(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  return (*in)->missing_logs();
}

Result<void> ReplicaFacade::declare_lost(const SpaceId& id, const LogId& log) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  return (*in)->declare_lost(log);
}

Result<void> ReplicaFacade::mend(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  (*in)->store().mend();
  return {};
}

Result<void> ReplicaFacade::decide_anyway(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  (*in)->decide_anyway();
  return {};
}

Result<std::vector<AlarmView>> ReplicaFacade::alarms(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->alarms();
}

}  // namespace plenary::replica
