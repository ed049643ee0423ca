#include "core/merge/view.h"

#include <algorithm>

namespace plenary::merge {
namespace {

using log::OperationKind;

bool fits(OperationKind kind, Policy policy) {
  switch (policy) {
    case Policy::latest:
    case Policy::ask:
    case Policy::ranked:
    case Policy::once:
      return kind == OperationKind::set;
    case Policy::append:
      return kind == OperationKind::append;
    case Policy::set_union:
      return kind == OperationKind::add || kind == OperationKind::remove;
    case Policy::text:
      return kind == OperationKind::insert || kind == OperationKind::strike;
  }
  return false;
}

bool is_for_records(OperationKind kind) {
  return kind == OperationKind::create || kind == OperationKind::discard || kind == OperationKind::keep ||
         kind == OperationKind::hide;
}

}  // namespace

View::View(const log::Causality& causality, const roster::Roster& roster, const Schema& schema, std::uint32_t version)
    : causality_(causality), roster_(roster), schema_(schema), version_(version) {}

// ---- caches

void View::refresh() const {
  const bool reshaped = seen_shape_ != causality_.shape();
  const bool moved = seen_revision_ != roster_.revision();
  const bool grown = secrets_.unresolved && seen_size_ != causality_.size();
  if (!reshaped && !moved && !grown) return;
  if (reshaped) rights_.clear();
  if (reshaped || moved) rights_now_.clear();
  seen_shape_ = causality_.shape();
  seen_revision_ = roster_.revision();
  seen_size_ = causality_.size();

  secrets_ = {};
  if (roster_.empty()) return;
  for (const roster::Record* erasure : roster_.standing().erasures) collect(*erasure, secrets_.erased);
  for (const RosterHash& erasure : roster_.unsettled()) collect(*roster_.find(erasure), secrets_.hidden);
}

void View::collect(const roster::Record& record, Payloads& into) const {
  const auto& erasure = std::get<roster::Erase>(record.body);
  const auto* origin = std::get_if<log::WriteName>(&erasure.record.origin);
  if (origin && !causality_.resolve(origin->change)) {
    secrets_.unresolved = true;  // nothing is here that it could concern
    return;
  }
  std::set<ChainValue>& changes = into[causality_.canonical(erasure.record)];
  for (const log::Head& change : erasure.changes) changes.insert(change.chain);
  if (erasure.changes.empty()) changes.insert(ChainValue{});
}

const roster::LogRights& View::cached(std::vector<Rights>& by_lane, std::uint32_t lane, const RosterHash& at) const {
  if (by_lane.size() <= lane) by_lane.resize(causality_.lane_count());
  if (!by_lane[lane]) {
    const roster::Standing* standing = roster_.standing_at(at);
    by_lane[lane] = std::make_unique<roster::LogRights>(standing ? roster::rights_of_log(causality_, lane, *standing)
                                                                 : roster::LogRights{});
  }
  return *by_lane[lane];
}

// ---- effect

roster::Right View::right(log::Place place) const {
  refresh();
  const roster::LogRights& rights = cached(rights_now_, place.lane, roster_.tip());
  return roster::right_of(causality_, place, rights, log::Horizon::everything());
}

// The right with which a change was in effect on the screen of another change's author. Where that author saw a fork
// of which one branch is lost, nothing of the log counts as seen: rather ask than bury.
roster::Right View::right_seen_by(log::Place reader, log::Place place) const {
  if (causality_.is_unclear(reader, place.lane)) return {};
  const std::uint32_t cited = causality_.roster_of(reader);
  if (rights_.size() <= cited) rights_.resize(cited + 1);
  const roster::LogRights& rights = cached(rights_[cited], place.lane, causality_.roster_at(cited));
  return roster::right_of(causality_, place, rights, log::Horizon::of(reader));
}

Verdict View::judge(const log::Operation& operation, std::uint32_t written_with, Role role,
                    std::uint32_t version) const {
  if (role == kNoRole) return Verdict::quarantined;
  const RecordType* type = schema_.type(operation.record.type, version);
  if (!type || !log::is_known(operation.kind)) return Verdict::unknown;
  if (operation.field != 0) {
    const auto field = type->fields.find(operation.field);
    if (field == type->fields.end() || field->second.since > version) return Verdict::unknown;
    if (!fits(operation.kind, field->second.policy)) return Verdict::malformed;
  } else if (!is_for_records(operation.kind)) {
    return Verdict::malformed;
  }
  if (operation.kind == OperationKind::hide) return Verdict::effective;
  // The limits of the version it was written with, where the reader knows that one and it knew the type.
  const std::uint32_t limits = std::min(version, written_with);
  return type->writers_at(type->since > limits ? version : limits).contains(role) ? Verdict::effective : Verdict::role;
}

Effect View::effect(const Write& write) const {
  const roster::Right now = right(write.place);
  const Verdict verdict = judge(*write.operation, causality_.schema_of(write.place), now.role, version_);
  return {verdict, now.quarantine, now.role};
}

bool View::saw(const Write& later, const Write& earlier, const Effect& now) const {
  if (later.place == earlier.place) return earlier.index < later.index;
  if (!causality_.in_history(later.place, earlier.place)) return false;
  refresh();
  const Role role = right_seen_by(later.place, earlier.place).role;
  const std::uint32_t version = causality_.schema_of(later.place);
  if (role != kNoRole && role == now.role && version == version_) return now.verdict == Verdict::effective;
  return judge(*earlier.operation, causality_.schema_of(earlier.place), role, version) == Verdict::effective;
}

// Is this the change at which a cut or stretch of the roster ends?
static bool names(const roster::Event& event, const log::Head& head) {
  const auto ends_at = [&](std::uint32_t number, const ChainValue& chain) {
    return number == head.number && chain == head.chain;
  };
  const auto cuts_at = [&](const roster::Cuts& cuts) {
    const auto cut = cuts.find(head.log);
    return cut != cuts.end() && ends_at(cut->second.number, cut->second.chain);
  };
  const roster::Body& body = event.record->body;
  if (const auto* change = std::get_if<roster::ChangeRole>(&body)) return cuts_at(change->cuts);
  if (const auto* removal = std::get_if<roster::Remove>(&body)) return cuts_at(removal->cuts);
  if (const auto* stretch = std::get_if<roster::Readmit>(&body)) return ends_at(stretch->last, stretch->chain);
  if (const auto* branch = std::get_if<roster::Branch>(&body)) return ends_at(branch->number, branch->chain);
  if (const auto* lost = std::get_if<roster::Lost>(&body)) return ends_at(lost->number, lost->chain);
  return false;
}

std::vector<LogId> View::logs_decided_by(std::span<const log::Place> delivered) const {
  refresh();
  std::set<LogId> logs;
  for (const log::Place place : delivered) {
    const roster::LogRights& rights = cached(rights_now_, place.lane, roster_.tip());
    if (rights.is_plain) continue;
    const log::Head head = causality_.head_of(place);
    const bool is_named = std::any_of(rights.events.begin(), rights.events.end(),
                                      [&](const roster::Event& event) { return names(event, head); }) ||
                          std::find(rights.names.begin(), rights.names.end(), head) != rights.names.end();
    if (is_named) logs.insert(head.log);
  }
  return {logs.begin(), logs.end()};
}

// ---- erasure

bool View::nothing_is_secret() const {
  refresh();
  return secrets_.erased.empty() && secrets_.hidden.empty();
}

template <class Payloads>
static bool holds(const Payloads& payloads, const log::RecordName& record, const ChainValue& change) {
  const auto found = payloads.find(record);
  return found != payloads.end() && (found->second.contains(change) || found->second.contains(ChainValue{}));
}

bool View::is_erased(const log::RecordName& record) const {
  refresh();
  return holds(secrets_.erased, record, ChainValue{});
}
bool View::is_erased(const log::RecordName& record, log::Place change) const {
  refresh();
  return holds(secrets_.erased, record, causality_.chain_of(change));
}
bool View::is_hidden(const log::RecordName& record) const {
  refresh();
  return holds(secrets_.hidden, record, ChainValue{});
}
bool View::is_hidden(const log::RecordName& record, log::Place change) const {
  refresh();
  return holds(secrets_.hidden, record, causality_.chain_of(change));
}

bool View::is_settled(const Write& hide) const {
  return roster_.standing().settled_requests.contains({causality_.head_of(hide.place), hide.index});
}

const PersonId* View::person(log::Place place) const {
  const roster::Member* member = roster_.standing().member(causality_.author_of(place.lane));
  return member ? &member->person : nullptr;
}

}  // namespace plenary::merge
