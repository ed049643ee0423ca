#include "core/replica/value.h"

namespace plenary::replica {

std::string Value::text() const {
  if (const auto* text = std::get_if<std::string>(&content)) return *text;
  if (const auto* id = std::get_if<RecordId>(&content)) return id->text;
  return {};
}

std::int64_t Value::integer(std::int64_t otherwise) const {
  if (const auto* number = std::get_if<std::int64_t>(&content)) return *number;
  if (const auto* truth = std::get_if<bool>(&content)) return *truth ? 1 : 0;
  return otherwise;
}

const Value& RecordView::operator[](std::string_view field) const {
  static const Value none;
  const auto found = fields.find(std::string(field));
  return found == fields.end() ? none : found->second.value;
}

}  // namespace plenary::replica
