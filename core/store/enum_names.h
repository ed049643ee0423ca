// Names of enumeration values, for people and SQL: lower case, without the enumeration's own name as prefix
// (SOURCE_KIND_LESSON_VISIT of SourceKind is "lesson_visit").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/merge/schema.h"

namespace plenary::store {

// The values of one enumeration. A number without a name (of a newer version, or of an enumeration that this program
// has no descriptor of) is named by its digits.
class EnumNames {
 public:
  EnumNames() = default;
  // Looks `full_name` up among the messages compiled into this program.
  explicit EnumNames(const std::string& full_name);

  std::string name(std::uint64_t number) const;
  std::optional<std::uint64_t> number(std::string_view name) const;
  // All names, comma separated, for messages to people.
  std::string listed() const;

 private:
  std::map<std::uint64_t, std::string> names_;
};

// The enumerations of a schema's fields, by full name. Immutable once made.
class EnumDirectory {
 public:
  explicit EnumDirectory(const merge::Schema& schema);
  const EnumNames& of(const merge::Field& field) const;

 private:
  std::map<std::string, EnumNames> enums_;
  EnumNames none_;
};

}  // namespace plenary::store
