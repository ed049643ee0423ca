#include "tests/contract/model_vectors.h"

#include <algorithm>
#include <fstream>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/contract/example_schema.h"

namespace plenary::contract {

using merge::MergedSpace;
using nlohmann::json;

json read_histories(const std::string& path) {
  std::ifstream file(path);
  CHECK(file.good());
  return json::parse(file);
}

ModelHistory::ModelHistory(const json& history) : json_(history), names_(history) {
  for (const json& in : history.at("changes")) {
    log::Change change = read_change(in);
    for (const json& op : in.at("ops")) change.operations.push_back(read_operation(in.at("id"), op));
    keys_[in.at("log")] = id_from_label<DeviceKey>(in.at("key"));
    changes_.emplace(in.at("id"), std::move(change));
  }
  for (const json& in : history.at("roster")) records_.emplace(in.at("id"), read_record(in));
}

// ---- reading

// The model lists the whole frontier; a header carries what is different from the log's previous change.
std::vector<log::Head> ModelHistory::seen_difference(const json& in) const {
  const auto by_log = [](const json& change) {
    std::map<std::string, std::vector<log::Head>> heads;
    for (const json& head : change.at("seen")) {
      heads[head.at(0)].push_back(
          {id_from_label<LogId>(head.at(0)), head.at(1), id_from_label<ChainValue>(head.at(2))});
    }
    for (auto& [log, list] : heads) std::sort(list.begin(), list.end());
    return heads;
  };
  const json& all = json_.at("changes");
  const auto previous =
      std::find_if(all.begin(), all.end(), [&](const json& other) { return other.at("id") == in.at("after"); });
  const auto before = previous == all.end() ? decltype(by_log(in)){} : by_log(*previous);
  std::vector<log::Head> seen;
  for (const auto& [log, heads] : by_log(in)) {
    const auto then = before.find(log);
    if (then == before.end() || then->second != heads) seen.insert(seen.end(), heads.begin(), heads.end());
  }
  std::sort(seen.begin(), seen.end());
  return seen;
}

log::Change ModelHistory::read_change(const json& in) const {
  log::Change change;
  change.log = id_from_label<LogId>(in.at("log"));
  change.number = in.at("number");
  change.chain = id_from_label<ChainValue>(in.at("id"));
  change.previous = id_from_label<ChainValue>(in.at("after"));
  change.seen = seen_difference(in);
  change.roster = id_from_label<RosterHash>(in.at("roster"));
  change.time_ms = in.at("time");
  change.schema = in.at("schema");
  return change;
}

log::Operation ModelHistory::read_operation(const std::string& change, const json& in) {
  using log::OperationKind;
  static const std::map<std::string, OperationKind> kinds{
      {"create", OperationKind::create}, {"set", OperationKind::set},        {"append", OperationKind::append},
      {"add", OperationKind::add},       {"remove", OperationKind::remove},  {"insert", OperationKind::insert},
      {"strike", OperationKind::strike}, {"delete", OperationKind::discard}, {"keep", OperationKind::keep},
      {"hide", OperationKind::hide}};
  log::Operation operation;
  operation.kind = kinds.at(in.at("op"));
  operation.record = names_.record(change, in.at("record"));
  written_.emplace(operation.record, in.at("record"));
  if (in.contains("field")) operation.field = field_number(operation.record.type, in.at("field").get<std::string>());
  if (in.contains("value")) operation.value = in.at("value").get<std::string>();
  if (operation.kind == OperationKind::insert) {
    operation.length = static_cast<std::uint32_t>(count_scalars(*operation.value).value());
    const auto anchor = [&](const json& place) -> std::optional<log::Anchor> {
      if (place.is_null()) return std::nullopt;
      return log::Anchor{names_.write(change, place.at(0)), place.at(1)};
    };
    operation.left = anchor(in.at("left"));
    operation.right = anchor(in.at("right"));
  }
  for (const json& target : in.value("targets", json::array())) {
    if (operation.kind == OperationKind::remove) operation.targets.push_back(names_.write(change, target));
    if (operation.kind == OperationKind::hide) operation.changes.push_back(names_.change(change, target));
    if (operation.kind == OperationKind::strike) {
      operation.ranges.push_back({names_.write(change, target.at(0)), target.at(1), target.at(2)});
    }
  }
  return operation;
}

roster::Record ModelHistory::read_record(const json& in) const {
  roster::Record record;
  record.hash = id_from_label<RosterHash>(in.at("id"));
  record.previous = id_from_label<RosterHash>(in.at("after"));
  record.epoch = in.at("epoch");
  record.signer = id_from_label<DeviceKey>(in.at("signer"));
  record.body = read_body(in.at("kind"), in.at("args"));
  return record;
}

roster::Body ModelHistory::read_body(const std::string& kind, const json& args) const {
  const auto text = [&](const char* name) { return args.at(name).get<std::string>(); };
  const auto device = [&](const char* name) {
    return roster::DeviceIdentity{id_from_label<DeviceKey>(text(name)), id_from_label<TransportKey>(text(name))};
  };
  const auto role = [&] { return args.contains("role") ? role_named(text("role")) : kNoRole; };
  const auto cuts = [&] {
    roster::Cuts cuts;
    for (const auto& [log, cut] : args.at("cuts").items()) {
      cuts[id_from_label<LogId>(log)] = {cut.at(0), id_from_label<ChainValue>(cut.at(1))};
    }
    return cuts;
  };
  const auto log = [&] { return id_from_label<LogId>(text("log")); };
  const auto chain = [&] { return id_from_label<ChainValue>(text("chain")); };
  if (kind == "found") {
    roster::Found found;
    found.keeper = device("keeper");
    found.person = id_from_label<PersonId>(text("person"));
    found.role = role();
    found.recovery = id_from_label<DeviceKey>(text("recovery"));
    return found;
  }
  if (kind == "grant") {
    roster::Grant grant;
    grant.device = device("key");
    grant.person = id_from_label<PersonId>(text("person"));
    grant.role = role();
    if (args.contains("invitation")) grant.invitation = id_from_label<InvitationId>(text("invitation"));
    return grant;
  }
  if (kind == "invite") return roster::Invite{id_from_label<InvitationId>(text("invitation")), role(), {}, {}};
  if (kind == "role") return roster::ChangeRole{id_from_label<DeviceKey>(text("key")), role(), cuts()};
  if (kind == "remove") return roster::Remove{id_from_label<DeviceKey>(text("key")), cuts(), std::nullopt};
  if (kind == "readmit") return roster::Readmit{log(), args.at("first"), args.at("last"), chain(), role()};
  if (kind == "branch") return roster::Branch{log(), args.at("number"), chain()};
  if (kind == "lost") return roster::Lost{log(), args.at("number"), chain()};
  if (kind == "erase") {
    roster::Erase erase{names_.record(text("record")), {}};
    for (const std::string change : args.value("changes", json::array())) erase.changes.push_back(names_.head(change));
    return erase;
  }
  if (kind == "decline") {
    const std::string of = text("of");
    if (of.find('.') == std::string::npos) return roster::Decline{id_from_label<RosterHash>(of)};
    const auto [change, index] = ModelNames::split_write(of);
    return roster::Decline{std::pair{names_.head(change), index}};
  }
  if (kind == "rotate") return roster::Rotate{};
  if (kind == "handover") return roster::HandOver{device("keeper"), std::nullopt};
  CHECK(kind == "recover");
  return roster::Recover{device("keeper"), id_from_label<DeviceKey>(text("recovery")), std::nullopt};
}

// ---- what the engine shows, in the model's words

std::string ModelHistory::write_label(const MergedSpace& space, const merge::Write& write) const {
  return label_from_id(space.causality().chain_of(write.place)) + "." + std::to_string(write.index);
}

std::string ModelHistory::record_label(const MergedSpace& space, const log::RecordName& name) const {
  const std::string type = example_schema().types.at(name.type).name;
  if (const auto* tag = std::get_if<OriginTag>(&name.origin)) return type + "@" + label_from_id(*tag);
  const auto& origin = std::get<log::WriteName>(name.origin);
  if (const auto place = space.causality().resolve(origin.change)) {
    return type + ":" + label_from_id(space.causality().chain_of(*place)) + "." + std::to_string(origin.index);
  }
  // Work on what its author did not hold: the engine marks the name in the index's highest bit.
  return written_.at({name.type, log::WriteName{origin.change, origin.index & 0x7fff'ffff}});
}

json ModelHistory::field_state(const MergedSpace& space, const MergedSpace::Entry& entry,
                               const merge::MergedField& field) const {
  static const std::map<merge::Reason, std::string> reasons{{merge::Reason::superseded, "superseded"},
                                                            {merge::Reason::not_chosen, "not chosen"},
                                                            {merge::Reason::came_after, "came after"},
                                                            {merge::Reason::missing, "missing"},
                                                            {merge::Reason::hidden, "hidden"},
                                                            {merge::Reason::erased, "erased"},
                                                            {merge::Reason::done, "done"}};
  json out;
  out["history"] = json::object();
  for (const merge::Past& past : field.history) {
    out["history"][write_label(space, entry.writes[past.write])] = reasons.at(past.reason);
  }
  if (field.text) {
    out["text"] = field.text->placed.shown;
    out["ask"] = field.ask;
    return out;
  }
  std::vector<std::pair<std::string, json>> shown;
  for (const merge::WriteIndex write : field.shown) {
    const merge::Payload payload = entry.merged.payloads[write];
    json value = entry.writes[write].operation->value.value_or("");
    if (payload == merge::Payload::erased) value = {{"payload", "erased"}};
    if (payload == merge::Payload::hidden) value = {{"payload", "hidden"}};
    shown.emplace_back(write_label(space, entry.writes[write]), value);
  }
  if (field.policy != merge::Policy::append) std::sort(shown.begin(), shown.end());
  out["values"] = json::array();
  for (const auto& [label, value] : shown) out["values"].push_back(value);
  if (field.policy == merge::Policy::set_union) {
    std::set<json> distinct(out["values"].begin(), out["values"].end());
    out["values"] = distinct;
    return out;
  }
  out["by"] = json::array();
  for (const auto& [label, value] : shown) out["by"].push_back(label);
  if (field.policy != merge::Policy::append) out["ask"] = field.ask;
  return out;
}

json ModelHistory::record_state(const MergedSpace& space, const log::RecordName& name,
                                const MergedSpace::Entry& entry) const {
  static const std::map<merge::Life, std::string> lives{{merge::Life::live, "live"},
                                                        {merge::Life::contested, "contested"},
                                                        {merge::Life::deleted, "deleted"},
                                                        {merge::Life::erased, "erased"}};
  json out{{"life", lives.at(entry.merged.life)}};
  const auto labels = [&](const std::vector<merge::WriteIndex>& writes) {
    std::vector<std::string> sorted;
    for (const merge::WriteIndex write : writes) sorted.push_back(write_label(space, entry.writes[write]));
    std::sort(sorted.begin(), sorted.end());
    return json(sorted);
  };
  if (entry.merged.life == merge::Life::contested) {
    out["deletions"] = labels(entry.merged.deletions);
    out["unseen"] = labels(entry.merged.unseen);
  }
  if (entry.merged.life == merge::Life::contested || entry.merged.life == merge::Life::live) {
    out["fields"] = json::object();
    const auto& fields = example_schema().types.at(name.type).fields;
    for (const merge::MergedField& field : entry.merged.fields) {
      out["fields"][fields.at(field.number).name] = field_state(space, entry, field);
    }
  }
  return out;
}

json ModelHistory::state(const MergedSpace& space) const {
  static const std::map<roster::Quarantine, std::string> quarantines{{roster::Quarantine::not_granted, "not granted"},
                                                                     {roster::Quarantine::removed, "removed"},
                                                                     {roster::Quarantine::lost, "lost"},
                                                                     {roster::Quarantine::fork, "fork"}};
  static const std::map<merge::Verdict, std::string> verdicts{
      {merge::Verdict::role, "role"}, {merge::Verdict::unknown, "unknown"}, {merge::Verdict::malformed, "malformed"}};
  json out{{"records", json::object()},
           {"held", json::object()},
           {"quarantine", json::object()},
           {"set_aside", json::object()}};
  for (const auto& [name, entry] : space.records()) {
    std::set<std::string> effective;
    for (std::size_t i = 0; i < entry.writes.size(); ++i) {
      const merge::Verdict verdict = entry.merged.effects[i].verdict;
      const std::string label = write_label(space, entry.writes[i]);
      if (verdict == merge::Verdict::effective) effective.insert(label);
      if (verdicts.contains(verdict)) out["set_aside"][label] = verdicts.at(verdict);
    }
    const std::string label = record_label(space, name);
    if (entry.merged.life == merge::Life::held) out["held"][label] = effective;
    if (entry.merged.life > merge::Life::held) out["records"][label] = record_state(space, name, entry);
  }
  for (const auto& [place, why] : space.quarantine()) {
    out["quarantine"][label_from_id(space.causality().chain_of(place))] = quarantines.at(why);
  }
  std::set<std::string> waiting;
  for (const log::Head& head : space.causality().waiting()) waiting.insert(label_from_id(head.chain));
  out["waiting"] = waiting;
  out["roster_tip"] = label_from_id(space.roster().tip());
  return out;
}

std::string ModelHistory::name(std::size_t moment) const {
  return json_.at("name").get<std::string>() + " / " + json_.at("moments").at(moment).at("name").get<std::string>();
}

std::string ModelHistory::difference(std::size_t index) const {
  const json& moment = json_.at("moments").at(index);
  MergedSpace space(example_schema(), moment.at("schema"));
  for (const auto& [log, key] : keys_) space.learn_author(id_from_label<LogId>(log), key);
  for (const std::string id : moment.at("changes")) space.add(changes_.at(id));
  for (const std::string id : moment.at("roster")) space.add(records_.at(id));
  const json shown = state(space);
  if (shown == moment.at("expect")) return "";
  return json::diff(moment.at("expect"), shown).dump(1).substr(0, 1'500);
}

}  // namespace plenary::contract
