#include "tests/contract/example_schema.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/check.h"

namespace plenary::contract {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kRoles{"lead", "reviewer", "shadow", "host"};
constexpr std::uint32_t kUnknownField = 9'999;

merge::Policy policy_named(const std::string& name) {
  static const std::map<std::string, merge::Policy> policies{
      {"latest", merge::Policy::latest},   {"ask", merge::Policy::ask},   {"ranked", merge::Policy::ranked},
      {"union", merge::Policy::set_union}, {"text", merge::Policy::text}, {"append", merge::Policy::append},
      {"once", merge::Policy::once}};
  return policies.at(name);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

merge::Field read_field(const std::string& name, const json& in, std::uint32_t number, std::uint32_t since) {
  merge::Field field;
  field.number = number;
  field.name = name;
  field.policy = policy_named(in.at("policy"));
  field.since = since;
  if (field.policy != merge::Policy::ranked) return field;
  field.rank_by = in.at("by") == "role" ? merge::RankBy::role : merge::RankBy::value;
  int rank = 0;
  for (const std::string level : in.at("order")) {
    for (const std::string& token : split(level, '|')) {
      if (field.rank_by == merge::RankBy::role) field.role_ranks[role_named(token)] = rank;
      if (field.rank_by == merge::RankBy::value) field.value_ranks[token] = rank;
    }
    ++rank;
  }
  return field;
}

merge::Schema read_schema() {
  std::ifstream file(PLENARY_SOURCE_DIR "/tests/vectors/model/schema.json");
  const json versions = json::parse(file);
  merge::Schema schema;
  schema.name = "example";
  for (std::uint32_t role = 0; role < kRoles.size(); ++role) schema.roles[role + 1] = kRoles[role];
  const json& newest = versions.at("2");
  schema.newest = 2;
  std::uint32_t type_count = 0;
  for (const auto& [type_name, in] : newest.items()) {
    merge::RecordType& type = schema.types[++type_count];
    type.number = type_count;
    type.name = type_name;
    const json* oldest = versions.at("1").contains(type_name) ? &versions.at("1").at(type_name) : nullptr;
    type.since = oldest ? 1 : 2;
    for (const std::string role : in.at("writers")) type.writers[2].insert(role_named(role));
    for (const std::string role : oldest ? oldest->at("writers") : json::array())
      type.writers[1].insert(role_named(role));
    std::uint32_t field_count = 0;
    for (const auto& [field_name, field] : in.at("fields").items()) {
      ++field_count;
      const bool old = oldest && oldest->at("fields").contains(field_name);
      type.fields[field_count] = read_field(field_name, field, field_count, old ? 1 : 2);
    }
  }
  return schema;
}

}  // namespace

const merge::Schema& example_schema() {
  static const merge::Schema schema = read_schema();
  return schema;
}

Role role_named(std::string_view name) {
  const auto found = std::find(kRoles.begin(), kRoles.end(), name);
  CHECK(found != kRoles.end());
  return static_cast<Role>(found - kRoles.begin()) + 1;
}

std::uint32_t type_number(std::string_view name) {
  const merge::RecordType* type = example_schema().type_named(name);
  CHECK(type != nullptr);
  return type->number;
}

std::uint32_t field_number(std::uint32_t type, std::string_view name) {
  const merge::Field* field = example_schema().types.at(type).field_named(name);
  return field ? field->number : kUnknownField;
}

const std::vector<std::string>& values_of(const std::string& field) {
  static const std::map<std::string, std::vector<std::string>> values{
      {"stance", {"strength", "question"}},
      {"kind", {"strength", "develop"}},
      {"year", {"3", "4"}},
      {"slot", {"9:00", "9:30"}},
      {"status", {"planned", "changed", "done", "dropped"}},
      {"answer", {"agree", "disagree"}},
      {"state", {"granted", "withdrawn"}},
      {"voice", {"heard", "saw"}},
      {"tags", {"t1", "t2", "t3"}},
      {"links", {"q1", "q2"}},
      {"title", {"p1", "p2"}}};
  return values.at(field);
}

}  // namespace plenary::contract
