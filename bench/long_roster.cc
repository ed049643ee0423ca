#include "bench/long_roster.h"

#include <stdexcept>

#include "bench/taken.h"
#include "clients/link/connection.h"
#include "core/replica/unlock.h"
#include "core/review/schema.h"
#include "core/sync/space_log.h"

namespace plenary::bench {
namespace {

using replica::Replica;

void pass_on(sync::ItemKind kind, std::optional<Bytes> bytes, const SpaceId& space, Replica& to) {
  sync::Item item;
  item.kind = kind;
  item.bytes = std::move(bytes).value();
  for (const Error& error : to.sync().store(space, {item}).refused) {
    throw std::runtime_error("refused: " + error.message);
  }
}

// Whoever kept the space before the day. What a hub would carry between these devices is handed to them directly; the
// hub gets the roster from the predecessor, since it takes records from members that it knows only.
class Predecessor {
 public:
  Predecessor(const std::filesystem::path& folder, const replica::HubAddress& hub, Environment& environment)
      : folder_(folder), hub_(hub), environment_(environment), replica_(new_replica("Predecessor")) {
    space_ = taken(replica_->found_space("review_team", "A review", review::role_named("lead_reviewer"))).space;
    taken(replica_->set_hub(space_, hub));
  }

  void live_through_the_past() {
    std::vector<DeviceKey> team;
    for (std::size_t i = 1; i <= kPastGrants; ++i) {
      const auto colleague = new_replica("Colleague " + std::to_string(i));
      grant(*colleague, "peer_reviewer");
      team.push_back(colleague->device());
      if (i % (kPastGrants / kPastRoleChanges) == 0) {
        taken(replica_->change_role(space_, team.back(), review::role_named("shadow_reviewer")));
      }
      if (i % (kPastGrants / kPastRemovals) == 0) {
        taken(replica_->remove(space_, team.front(), "left the partnership"));
        team.erase(team.begin());
      }
    }
  }

  SpaceId hand_over(Replica& heir) {
    grant(heir, "lead_reviewer");
    taken(replica_->hand_over(space_, heir.device()));
    const auto inventory = replica_->sync().inventory(space_).value();
    for (const RosterHash& hash : inventory.roster) {
      pass_on(sync::ItemKind::roster, replica_->sync().roster_record(space_, hash), space_, heir);
    }
    tell_hub();
    return space_;
  }

 private:
  std::unique_ptr<Replica> new_replica(const std::string& person) {
    return taken(Replica::create(folder_ / person, person, review::review_schema(), environment_,
                                 replica::Unlock::with(seal::PageKey::random(environment_))));
  }

  void grant(Replica& joiner, std::string_view role) {
    taken(joiner.join(taken(replica_->invite(space_, review::role_named(role), joiner.person()))));
    pass_on(sync::ItemKind::claim, joiner.sync().claim(space_), space_, *replica_);
    const auto granted = taken(replica_->ratify(space_));
    if (granted.size() != 1 || !granted[0].granted) throw std::runtime_error("nobody was granted");
  }

  void tell_hub() {
    link::Connection connection(replica_->sync(), replica_->transport_key(), environment_,
                                {hub_.host, hub_.port, hub_.key}, {});
    if (!taken(connection.run()).refused.empty()) throw std::runtime_error("the hub refused the roster");
  }

  std::filesystem::path folder_;
  replica::HubAddress hub_;
  Environment& environment_;
  std::unique_ptr<Replica> replica_;
  SpaceId space_;
};

}  // namespace

SpaceId inherit_space_with_long_roster(Replica& heir, const replica::HubAddress& hub,
                                       const std::filesystem::path& folder, Environment& environment) {
  SpaceId space;
  {
    Predecessor predecessor(folder, hub, environment);
    predecessor.live_through_the_past();
    space = predecessor.hand_over(heir);
  }
  std::filesystem::remove_all(folder);
  return space;
}

}  // namespace plenary::bench
