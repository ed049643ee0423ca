#include "core/review/schema.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/merge/descriptor_schema.h"
#include "review.pb.h"

namespace plenary::review {

const merge::Schema& review_schema() {
  static const merge::Schema schema = [] {
    auto built = merge::schema_from(*records::School::descriptor()->file());
    CHECK(built.has_value());
    return std::move(*built);
  }();
  return schema;
}

std::vector<std::string> values_of(const merge::Field& field) {
  std::vector<std::string> names;
  if (field.kind != merge::ValueKind::enumeration) return names;
  const auto values = merge::enumeration_values(field.target);
  if (!values) return names;
  for (const auto& [number, name] : *values) names.push_back(name);
  return names;
}

std::vector<std::string> spaces_of(std::string_view type) {
  const auto* known = review_schema().type_named(type);
  if (known == nullptr) return {};
  const auto& file = *records::School::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto& rule = file.message_type(i)->options().GetExtension(merge::record);
    if (rule.number() == known->number) return {rule.spaces().begin(), rule.spaces().end()};
  }
  return {};
}

Role role_named(std::string_view name) {
  const auto& roles = review_schema().roles;
  const auto found = std::ranges::find(roles, name, [](const auto& role) { return std::string_view(role.second); });
  return found == roles.end() ? kNoRole : found->first;
}

std::string role_in_words(Role role) {
  const auto& roles = review_schema().roles;
  const auto found = roles.find(role);
  if (found == roles.end()) return "no role";
  std::string words = found->second;
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace plenary::review
