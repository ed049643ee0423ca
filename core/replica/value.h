// Values as applications see them: typed, by name, without bytes. The schema says which form a field takes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"

namespace plenary::replica {

// A record's name as text, e.g. "3f9ac2d1.17": unique in its space, the same on every device (docs/protocol.md, "Ids").
struct RecordId {
  std::string text;
  friend auto operator<=>(const RecordId&, const RecordId&) = default;
};

struct Value;
using Message = std::map<std::string, Value>;  // a nested protobuf message: field name -> value

// Enumerations are their value's name in lower case without the enum's own name as prefix (SOURCE_KIND_LESSON_VISIT of
// SourceKind is "lesson_visit"). Times are integers (milliseconds UTC).
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, RecordId, std::vector<Value>, Message> content;

  Value() = default;
  Value(bool b) : content(b) {}
  Value(int n) : content(std::int64_t{n}) {}
  Value(std::int64_t n) : content(n) {}
  Value(double d) : content(d) {}
  Value(const char* text) : content(std::string(text)) {}
  Value(std::string text) : content(std::move(text)) {}
  Value(RecordId id) : content(std::move(id)) {}
  Value(std::vector<Value> list) : content(std::move(list)) {}
  Value(Message message) : content(std::move(message)) {}

  bool empty() const { return std::holds_alternative<std::monostate>(content); }
  // The text of a string, enumeration or id; empty otherwise.
  std::string text() const;
  std::int64_t integer(std::int64_t otherwise = 0) const;
  friend bool operator==(const Value&, const Value&) = default;
};

// Who wrote something and when. `person` is the name label as the roster gives it, or a pseudonym.
struct Authorship {
  std::string person;
  PersonId person_id;
  Role role = kNoRole;
  std::int64_t time_ms = 0;
  std::string change;  // textual name of the change
  friend bool operator==(const Authorship&, const Authorship&) = default;
};

enum class PayloadState : std::uint8_t { here, erased, hidden, missing };

// One value that stands in a field, with its author.
struct Candidate {
  Value value;
  PayloadState payload = PayloadState::here;
  Authorship by;
};

struct FieldView {
  std::string name;
  Value value;                                // what is shown: one value, a list (union, append), or a text
  bool asks = false;                          // a person has to decide between the candidates
  PayloadState payload = PayloadState::here;  // other than here where nothing of the field can be read
  // Registers: all that stand beside each other, the earliest first (by wall time, then by log, the same on every
  // device); append: all entries.
  std::vector<Candidate> candidates;
};

enum class Life : std::uint8_t { live, contested, deleted, erased };

struct RecordView {
  RecordId id;
  std::string type;  // snake_case, e.g. "evidence"
  Life life = Life::live;
  Authorship created;
  std::map<std::string, FieldView> fields;  // only fields with a value

  // The shown value of a field; an empty Value when it has none.
  const Value& operator[](std::string_view field) const;
};

}  // namespace plenary::replica
