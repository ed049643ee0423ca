#include "tests/simulation/export_history.h"

#include "core/log/frontier.h"
#include "tests/contract/example_schema.h"

namespace plenary::simulation {
namespace {

using nlohmann::json;
using Label = std::optional<std::string>;

template <class Id>
std::string label(const Id& id) {
  constexpr std::size_t kDigits = 12;
  return id.is_zero() ? "" : id.hex().substr(0, kDigits);
}

std::string role_name(Role role) {
  return contract::example_schema().roles.at(role);
}

class Exporter {
 public:
  explicit Exporter(store::SpaceStore& store) : store_(store), causality_(store.causality()) {}

  // Null when something cannot be said in the model's words.
  json change(const log::Change& change, log::Place place, const log::Frontier& frontier);
  json record(const roster::Record& record);
  // A name as everybody means it.
  Label record_label(const log::RecordName& name) const;
  bool complete() const { return complete_; }

 private:
  json operation(const log::Operation& operation, log::Place author);
  std::string text(const Label& label);
  Label label_of(log::Place author, const log::ChangeName& name) const;
  Label label_of(log::Place author, const log::WriteName& name) const;
  Label label_of(log::Place author, const log::RecordName& name) const;
  json cuts(const roster::Cuts& cuts) const;
  json arguments(const roster::Body& body, std::string& kind);

  store::SpaceStore& store_;
  const log::Causality& causality_;
  bool complete_ = true;
};

std::string Exporter::text(const Label& label) {
  complete_ &= label.has_value();
  return label.value_or("");
}

Label Exporter::label_of(log::Place author, const log::ChangeName& name) const {
  const auto place = causality_.resolve(author, name);
  return place ? Label(label(causality_.chain_of(*place))) : std::nullopt;
}

Label Exporter::label_of(log::Place author, const log::WriteName& name) const {
  const Label change = label_of(author, name.change);
  return change ? Label(*change + "." + std::to_string(name.index)) : std::nullopt;
}

Label Exporter::label_of(log::Place author, const log::RecordName& name) const {
  const auto type = contract::example_schema().types.find(name.type);
  if (type == contract::example_schema().types.end()) return std::nullopt;
  if (const auto* tag = std::get_if<OriginTag>(&name.origin)) return type->second.name + "@" + label(*tag);
  const Label write = label_of(author, std::get<log::WriteName>(name.origin));
  return write ? Label(type->second.name + ":" + *write) : std::nullopt;
}

Label Exporter::record_label(const log::RecordName& name) const {
  const auto type = contract::example_schema().types.find(name.type);
  if (type == contract::example_schema().types.end()) return std::nullopt;
  if (const auto* tag = std::get_if<OriginTag>(&name.origin)) return type->second.name + "@" + label(*tag);
  const auto& write = std::get<log::WriteName>(name.origin);
  const auto place = causality_.resolve(write.change);
  if (!place) return std::nullopt;
  return type->second.name + ":" + label(causality_.chain_of(*place)) + "." + std::to_string(write.index);
}

json Exporter::operation(const log::Operation& operation, log::Place author) {
  static const std::map<log::OperationKind, const char*> kinds{
      {log::OperationKind::create, "create"}, {log::OperationKind::set, "set"},
      {log::OperationKind::append, "append"}, {log::OperationKind::add, "add"},
      {log::OperationKind::remove, "remove"}, {log::OperationKind::insert, "insert"},
      {log::OperationKind::strike, "strike"}, {log::OperationKind::discard, "delete"},
      {log::OperationKind::keep, "keep"},     {log::OperationKind::hide, "hide"}};
  json out{{"op", kinds.at(operation.kind)}, {"record", text(label_of(author, operation.record))}};
  if (!complete_) return out;
  if (operation.field != 0) {
    const auto& fields = contract::example_schema().types.at(operation.record.type).fields;
    const auto field = fields.find(operation.field);
    out["field"] = field == fields.end() ? "unheard" : field->second.name;
  }
  // What was erased is not here: any other characters do as well, for nobody sees them.
  if (log::has_value(operation.kind)) out["value"] = operation.value.value_or(std::string(operation.length, '?'));
  if (operation.kind == log::OperationKind::insert) {
    const auto anchor = [&](const std::optional<log::Anchor>& at) {
      return at ? json{text(label_of(author, at->insertion)), at->offset} : json(nullptr);
    };
    out["left"] = anchor(operation.left);
    out["right"] = anchor(operation.right);
  }
  for (const auto& target : operation.targets) out["targets"].push_back(text(label_of(author, target)));
  for (const auto& change : operation.changes) out["targets"].push_back(text(label_of(author, change)));
  for (const auto& range : operation.ranges) {
    out["targets"].push_back(json{text(label_of(author, range.insertion)), range.first, range.count});
  }
  return out;
}

json Exporter::change(const log::Change& change, log::Place place, const log::Frontier& frontier) {
  json out{{"id", label(change.chain)},
           {"log", label(change.log)},
           {"number", change.number},
           {"after", label(change.previous)},
           {"key", label(causality_.author_of(place.lane))},
           {"seen", json::array()},
           {"roster", label(change.roster)},
           {"time", change.time_ms},
           {"schema", change.schema},
           {"ops", json::array()}};
  for (const log::Head& head : frontier) out["seen"].push_back({label(head.log), head.number, label(head.chain)});
  for (const auto& each : change.operations) {
    complete_ &= log::is_known(each.kind);
    if (complete_) out["ops"].push_back(operation(each, place));
  }
  return out;
}

json Exporter::cuts(const roster::Cuts& cuts) const {
  json out = json::object();
  for (const auto& [log, cut] : cuts) out[label(log)] = {cut.number, label(cut.chain)};
  return out;
}

json Exporter::arguments(const roster::Body& body, std::string& kind) {
  if (const auto* found = std::get_if<roster::Found>(&body)) {
    kind = "found";
    return {{"keeper", label(found->keeper.signing)},
            {"person", label(found->person)},
            {"role", role_name(found->role)},
            {"recovery", label(found->recovery)}};
  }
  if (const auto* grant = std::get_if<roster::Grant>(&body)) {
    kind = "grant";
    json out{{"key", label(grant->device.signing)}, {"person", label(grant->person)}};
    if (grant->invitation) out["invitation"] = label(*grant->invitation);
    if (grant->role != kNoRole) out["role"] = role_name(grant->role);
    return out;
  }
  if (const auto* invite = std::get_if<roster::Invite>(&body)) {
    kind = "invite";
    return {{"invitation", label(invite->invitation)}, {"role", role_name(invite->role)}};
  }
  if (const auto* role = std::get_if<roster::ChangeRole>(&body)) {
    kind = "role";
    return {{"key", label(role->key)}, {"role", role_name(role->role)}, {"cuts", cuts(role->cuts)}};
  }
  if (const auto* remove = std::get_if<roster::Remove>(&body)) {
    kind = "remove";
    return {{"key", label(remove->key)}, {"cuts", cuts(remove->cuts)}};
  }
  if (const auto* readmit = std::get_if<roster::Readmit>(&body)) {
    kind = "readmit";
    return {{"log", label(readmit->log)},
            {"first", readmit->first},
            {"last", readmit->last},
            {"chain", label(readmit->chain)},
            {"role", role_name(readmit->role)}};
  }
  if (const auto* branch = std::get_if<roster::Branch>(&body)) {
    kind = "branch";
    return {{"log", label(branch->log)}, {"number", branch->number}, {"chain", label(branch->chain)}};
  }
  if (const auto* lost = std::get_if<roster::Lost>(&body)) {
    kind = "lost";
    return {{"log", label(lost->log)}, {"number", lost->number}, {"chain", label(lost->chain)}};
  }
  if (const auto* erase = std::get_if<roster::Erase>(&body)) {
    kind = "erase";
    json out{{"record", text(record_label(erase->record))}};
    for (const log::Head& head : erase->changes) out["changes"].push_back(label(head.chain));
    return out;
  }
  if (const auto* decline = std::get_if<roster::Decline>(&body)) {
    kind = "decline";
    if (const auto* hash = std::get_if<RosterHash>(&decline->of)) return {{"of", label(*hash)}};
    const auto& [head, index] = std::get<std::pair<log::Head, std::uint32_t>>(decline->of);
    return {{"of", label(head.chain) + "." + std::to_string(index)}};
  }
  if (const auto* hand_over = std::get_if<roster::HandOver>(&body)) {
    kind = "handover";
    return {{"keeper", label(hand_over->keeper.signing)}};
  }
  if (const auto* recover = std::get_if<roster::Recover>(&body)) {
    kind = "recover";
    return {{"keeper", label(recover->keeper.signing)}, {"recovery", label(recover->recovery)}};
  }
  kind = "rotate";
  complete_ &= std::holds_alternative<roster::Rotate>(body) || std::holds_alternative<roster::Expire>(body);
  return json::object();
}

json Exporter::record(const roster::Record& record) {
  std::string kind;
  json args = arguments(record.body, kind);
  return {{"id", label(record.hash)},
          {"after", label(record.previous)},
          {"epoch", record.epoch},
          {"signer", label(record.signer)},
          {"kind", kind},
          {"args", std::move(args)}};
}

// ---- what the device shows

json shown_value(const replica::Candidate& candidate) {
  if (candidate.payload == replica::PayloadState::erased) return {{"payload", "erased"}};
  if (candidate.payload == replica::PayloadState::hidden) return {{"payload", "hidden"}};
  return candidate.value.text();
}

json shown_field(const replica::FieldView& view, merge::Policy policy) {
  json out;
  if (policy == merge::Policy::text) return {{"text", view.value.text()}, {"ask", view.asks}};
  out["values"] = json::array();
  if (policy != merge::Policy::set_union) {
    for (const auto& candidate : view.candidates) out["values"].push_back(shown_value(candidate));
    if (policy != merge::Policy::append) out["ask"] = view.asks;
    return out;
  }
  if (const auto* list = std::get_if<std::vector<replica::Value>>(&view.value.content)) {
    for (const replica::Value& value : *list) out["values"].push_back(value.text());
  }
  return out;
}

json shown_record(const replica::RecordView& view) {
  static const std::map<replica::Life, const char*> lives{{replica::Life::live, "live"},
                                                          {replica::Life::contested, "contested"},
                                                          {replica::Life::deleted, "deleted"},
                                                          {replica::Life::erased, "erased"}};
  json out{{"life", lives.at(view.life)}};
  const merge::RecordType& type = *contract::example_schema().type_named(view.type);
  for (const auto& [name, field] : view.fields) {
    out["fields"][name] = shown_field(field, type.field_named(name)->policy);
  }
  return out;
}

json shown(SimulatedDevice& device, const SpaceId& space, const Exporter& exporter) {
  json out = json::object();
  for (const auto& [number, type] : contract::example_schema().types) {
    const auto list = device.replica().list(space, {.type = type.name, .include_deleted = true});
    for (const replica::RecordView& view : list.value()) {
      const auto name = device.space(space)->store().find(view.id.text);
      const Label label = name ? exporter.record_label(*name) : std::nullopt;
      if (label) out[*label] = shown_record(view);
    }
  }
  return out;
}

}  // namespace

std::optional<json> export_history(SimulatedDevice& device, const SpaceId& space, const std::string& name) {
  store::SpaceStore& store = device.space(space)->store();
  Exporter exporter(store);
  json out{{"name", name}, {"roster", json::array()}, {"changes", json::array()}};
  json moment{{"name", "on " + device.name},
              {"schema", store.version()},
              {"changes", json::array()},
              {"roster", json::array()}};
  for (const roster::Record* record : store.roster().records()) {
    out["roster"].push_back(exporter.record(*record));
    moment["roster"].push_back(label(record->hash));
  }
  std::map<ChainValue, log::Frontier> frontiers;  // of other logs, after each change
  for (const store::Strand& strand : store.log_table().strands()) {
    for (const log::Change& change : store.log_table().read(strand.number, strand.first, strand.last.number)) {
      const auto place = store.causality().find(change.log, change.number, change.chain);
      if (!place) continue;
      const auto frontier = log::apply_difference(frontiers[change.previous], change.seen);
      out["changes"].push_back(exporter.change(change, *place, frontier));
      moment["changes"].push_back(label(change.chain));
      frontiers[change.chain] = frontier;
    }
  }
  moment["shown"] = shown(device, space, exporter);
  out["moments"] = {std::move(moment)};
  return exporter.complete() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace plenary::simulation
