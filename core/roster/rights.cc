// Rights as intervals of change numbers. Source: the reference model, 2.6 to 2.9, `Model.rights`.
#include "core/roster/roster.h"

namespace plenary::roster {
namespace {

// Does the event concern this log of this key at all?
bool concerns(const Event& event, const LogId& log, const DeviceKey& key) {
  const Body& body = event.record->body;
  switch (event.kind) {
    case Event::Kind::grant:
      if (const auto* found = std::get_if<Found>(&body)) return found->keeper.signing == key;
      return std::get<Grant>(body).device.signing == key;
    case Event::Kind::role:
      return std::get<ChangeRole>(body).key == key;
    case Event::Kind::remove:
      return std::get<Remove>(body).key == key;
    case Event::Kind::readmit:
      return std::get<Readmit>(body).log == log;
    case Event::Kind::lost:
      return std::get<Lost>(body).log == log;
    case Event::Kind::branch:
      return std::get<Branch>(body).log == log;
  }
  return false;
}

// One change's way through the events of its log.
class Course {
 public:
  Course(const log::Causality& causality, log::Place place, log::Horizon horizon)
      : causality_(causality), place_(place), horizon_(horizon) {}

  void meet(const Event& event) {
    const Body& body = event.record->body;
    switch (event.kind) {
      case Event::Kind::grant:
        return give(event.role, false);
      case Event::Kind::role:
        if (!within(std::get<ChangeRole>(body).cuts)) give(event.role, false);
        return;
      case Event::Kind::remove:
        if (!within(std::get<Remove>(body).cuts)) take(Quarantine::removed);
        return;
      case Event::Kind::readmit:
        if (readmits(std::get<Readmit>(body))) give(event.role, true);
        return;
      case Event::Kind::lost: {
        const Lost& lost = std::get<Lost>(body);
        if (!causality_.within(place_, lost.number, lost.chain, horizon_)) take(Quarantine::lost);
        return;
      }
      case Event::Kind::branch: {
        const Branch& branch = std::get<Branch>(body);
        readmitted_ = readmitted_ && causality_.comparable(place_, branch.number, branch.chain, horizon_);
        return;
      }
    }
  }

  Right end(const std::vector<log::Head>& names) const {
    if (right_.role == kNoRole || readmitted_) return right_;
    return causality_.on_line(place_, names, horizon_) ? right_ : Right{kNoRole, Quarantine::fork};
  }

 private:
  bool within(const Cuts& cuts) const {
    const auto cut = cuts.find(causality_.log_of(place_.lane));
    return cut != cuts.end() && causality_.within(place_, cut->second.number, cut->second.chain, horizon_);
  }
  bool readmits(const Readmit& stretch) const {
    const auto last = causality_.find(stretch.log, stretch.last, stretch.chain);
    return last && causality_.sees(horizon_, *last) && place_.number >= stretch.first &&
           causality_.on_path(place_, *last);
  }
  void give(Role role, bool by_readmission) {
    right_ = {role, role == kNoRole ? Quarantine::not_granted : Quarantine::none};
    readmitted_ = by_readmission;
  }
  void take(Quarantine why) {
    right_ = {kNoRole, why};
    readmitted_ = false;
  }

  const log::Causality& causality_;
  log::Place place_;
  log::Horizon horizon_;
  Right right_;
  bool readmitted_ = false;
};

}  // namespace

LogRights rights_of_log(const log::Causality& causality, std::uint32_t lane, const Standing& standing) {
  LogRights rights;
  const DeviceKey& key = causality.author_of(lane);
  if (!standing.people.contains(key)) return rights;
  const LogId& log = causality.log_of(lane);
  for (const Event& event : standing.events) {
    if (concerns(event, log, key)) rights.events.push_back(event);
  }
  if (const auto names = standing.names.find(log); names != standing.names.end()) rights.names = names->second;
  rights.is_plain =
      rights.events.size() == 1 && rights.events.front().kind == Event::Kind::grant && causality.lane_is_alone(lane);
  const Role role = rights.events.empty() ? kNoRole : rights.events.front().role;
  if (rights.is_plain && role != kNoRole) rights.plain = {role, Quarantine::none};
  return rights;
}

Right right_of(const log::Causality& causality, log::Place place, const LogRights& rights, log::Horizon horizon) {
  if (rights.is_plain) return rights.plain;
  Course course(causality, place, horizon);
  for (const Event& event : rights.events) course.meet(event);
  return course.end(rights.names);
}

}  // namespace plenary::roster
