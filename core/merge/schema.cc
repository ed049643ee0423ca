#include "core/merge/schema.h"

#include "core/base/check.h"

namespace plenary::merge {

const std::set<Role>& RecordType::writers_at(std::uint32_t version) const {
  static const std::set<Role> kNobody;
  const auto after = writers.upper_bound(version);
  return after == writers.begin() ? kNobody : std::prev(after)->second;
}

const Field* RecordType::field_named(std::string_view name) const {
  for (const auto& [number, field] : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

const RecordType* Schema::type(std::uint32_t number, std::uint32_t version) const {
  const auto found = types.find(number);
  return found == types.end() || found->second.since > version ? nullptr : &found->second;
}

const Field* Schema::field(std::uint32_t type_number, std::uint32_t number, std::uint32_t version) const {
  const RecordType* known = type(type_number, version);
  if (!known) return nullptr;
  const auto found = known->fields.find(number);
  return found == known->fields.end() || found->second.since > version ? nullptr : &found->second;
}

const RecordType* Schema::type_named(std::string_view name) const {
  for (const auto& [number, type] : types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

}  // namespace plenary::merge
