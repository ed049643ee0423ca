#include "core/roster/standing.h"

namespace plenary::roster {
namespace {

class Application {
 public:
  Application(Standing& standing, const Record& record) : standing_(standing), record_(record) {}

  void operator()(const Found& found) {
    standing_.keeper = found.keeper;
    standing_.recovery = found.recovery;
    admit(found.keeper, found.person, found.role);
  }

  // A key's first grant gives its role from the first change of each of its logs. A key that was removed is not
  // granted again: the person returns with a new key, the old work by re-admission.
  void operator()(const Grant& grant) {
    if (standing_.people.contains(grant.device.signing)) return;
    Role role = grant.role;
    if (grant.invitation) {
      const auto open = standing_.invitations.find(*grant.invitation);
      if (open == standing_.invitations.end()) return;
      role = open->second;
      standing_.invitations.erase(open);
    }
    admit(grant.device, grant.person, role);
  }

  void operator()(const Invite& invite) { standing_.invitations[invite.invitation] = invite.role; }
  void operator()(const VoidInvitation& voided) { standing_.invitations.erase(voided.invitation); }

  void operator()(const ChangeRole& change) {
    const auto member = standing_.people.find(change.key);
    if (member == standing_.people.end() || member->second.removed) return;
    member->second.role = change.role;
    cut(change.cuts);
    happen(Event::Kind::role, change.role);
  }

  void operator()(const Remove& removal) {
    const auto member = standing_.people.find(removal.key);
    if (member == standing_.people.end()) return;
    member->second.removed = true;
    member->second.role = kNoRole;
    standing_.invitations.clear();
    cut(removal.cuts);
    happen(Event::Kind::remove, kNoRole);
  }

  void operator()(const Readmit& stretch) { happen(Event::Kind::readmit, stretch.role); }

  void operator()(const Branch& branch) {
    name({branch.log, branch.number, branch.chain});
    happen(Event::Kind::branch, kNoRole);
  }

  void operator()(const Lost& lost) {
    name({lost.log, lost.number, lost.chain});
    happen(Event::Kind::lost, kNoRole);
  }

  void operator()(const Erase&) { standing_.erasures.push_back(&record_); }

  void operator()(const Decline& decline) {
    if (const auto* erasure = std::get_if<RosterHash>(&decline.of)) {
      standing_.settled_records.insert(*erasure);
    } else {
      standing_.settled_requests.insert(std::get<1>(decline.of));
    }
  }

  void operator()(const Rotate&) {}
  void operator()(const Expire& expiry) {
    standing_.expires_ms = expiry.not_before_ms == 0 ? std::nullopt : std::optional(expiry.not_before_ms);
  }

  void operator()(const HandOver& handover) { standing_.keeper = handover.keeper; }

  void operator()(const Recover& recovery) {
    standing_.keeper = recovery.keeper;
    standing_.recovery = recovery.recovery;
    standing_.deputies.reset();
  }

  void operator()(const Deputies& deputies) { standing_.deputies = deputies.boxes; }

  void operator()(const UnknownBody&) {}

 private:
  void admit(const DeviceIdentity& device, const PersonId& person, Role role) {
    standing_.people.emplace(device.signing, Member{device, person, role, false, record_.hash});
    happen(Event::Kind::grant, role);
  }
  void cut(const Cuts& cuts) {
    for (const auto& [log, cut] : cuts) name({log, cut.number, cut.chain});
  }
  void name(const log::Head& point) {
    if (point.number > 0) standing_.names[point.log].push_back(point);
  }
  void happen(Event::Kind kind, Role role) { standing_.events.push_back({kind, role, &record_}); }

  Standing& standing_;
  const Record& record_;
};

}  // namespace

void apply(Standing& standing, const Record& record) {
  standing.at = record.hash;
  standing.epoch = record.epoch;
  if (const WrappedKey* key = key_of(record)) standing.keys.push_back(key->key);
  std::visit(Application(standing, record), record.body);
}

const DeviceKey* device_of(const Record& record) {
  if (const auto* found = std::get_if<Found>(&record.body)) return &found->keeper.signing;
  if (const auto* grant = std::get_if<Grant>(&record.body)) return &grant->device.signing;
  if (const auto* change = std::get_if<ChangeRole>(&record.body)) return &change->key;
  if (const auto* removal = std::get_if<Remove>(&record.body)) return &removal->key;
  return nullptr;
}

const WrappedKey* key_of(const Record& record) {
  const auto of = [](const std::optional<WrappedKey>& key) { return key ? &*key : nullptr; };
  if (const auto* found = std::get_if<Found>(&record.body)) return &found->key;
  if (const auto* rotation = std::get_if<Rotate>(&record.body)) return &rotation->key;
  if (const auto* removal = std::get_if<Remove>(&record.body)) return of(removal->rotation);
  if (const auto* handover = std::get_if<HandOver>(&record.body)) return of(handover->rotation);
  if (const auto* recovery = std::get_if<Recover>(&record.body)) return of(recovery->rotation);
  return nullptr;
}

const Member* Standing::member(const DeviceKey& key) const {
  const auto found = people.find(key);
  return found == people.end() ? nullptr : &found->second;
}

const Member* Standing::member(const TransportKey& key) const {
  for (const auto& [signing, member] : people) {
    if (member.device.transport == key) return &member;
  }
  return nullptr;
}

Role Standing::role_of(const DeviceKey& key) const {
  const Member* found = member(key);
  return found ? found->role : kNoRole;
}

}  // namespace plenary::roster
