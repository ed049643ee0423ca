#include "core/store/enum_names.h"

#include <google/protobuf/descriptor.h>

#include <charconv>

namespace plenary::store {
namespace {

std::string upper_snake(std::string_view camel) {
  std::string snake;
  for (std::size_t i = 0; i < camel.size(); ++i) {
    const char c = camel[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && i > 0) snake += '_';
    snake += is_upper || c < 'a' || c > 'z' ? c : static_cast<char>(c - 'a' + 'A');
  }
  return snake;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace

EnumNames::EnumNames(const std::string& full_name) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName(full_name);
  if (descriptor == nullptr) return;
  const std::string prefix = upper_snake(descriptor->name()) + "_";
  for (int i = 0; i < descriptor->value_count(); ++i) {
    std::string_view name = descriptor->value(i)->name();
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    names_.emplace(static_cast<std::uint64_t>(descriptor->value(i)->number()), lower(name));
  }
}

std::string EnumNames::name(std::uint64_t number) const {
  const auto found = names_.find(number);
  return found == names_.end() ? std::to_string(number) : found->second;
}

std::optional<std::uint64_t> EnumNames::number(std::string_view name) const {
  for (const auto& [number, known] : names_) {
    if (known == name) return number;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || name.empty()) return std::nullopt;
  return number;
}

std::string EnumNames::listed() const {
  std::string list;
  for (const auto& [number, name] : names_) {
    if (name == "unspecified") continue;
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

EnumDirectory::EnumDirectory(const merge::Schema& schema) {
  for (const auto& [type_number, type] : schema.types) {
    for (const auto& [number, field] : type.fields) {
      if (field.kind == merge::ValueKind::enumeration) enums_.try_emplace(field.target, field.target);
    }
  }
}

const EnumNames& EnumDirectory::of(const merge::Field& field) const {
  const auto found = enums_.find(field.target);
  return found == enums_.end() ? none_ : found->second;
}

}  // namespace plenary::store
