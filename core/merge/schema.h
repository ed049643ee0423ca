// What the engine knows of an application: record types, their fields, how each field merges, and who may write.
// Built from protobuf descriptors (descriptor_schema.h) or by hand; immutable once built.
// Source: architecture.md D1; proto/merge.proto; the reference model, sections 3 and 4.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace plenary::merge {

enum class Policy : std::uint8_t { latest = 1, ask = 2, ranked = 3, set_union = 4, text = 5, append = 6, once = 7 };
enum class RankBy : std::uint8_t { none = 0, value = 1, role = 2 };

// How a field's value bytes are to be read (docs/protocol.md, "Values").
enum class ValueKind : std::uint8_t {
  integer = 1,
  text = 2,
  boolean = 3,
  enumeration = 4,
  reference = 5,
  bytes = 6,
  message = 7,
  real = 8
};

struct Field {
  std::uint32_t number = 0;
  std::string name;
  Policy policy = Policy::latest;
  ValueKind kind = ValueKind::text;
  RankBy rank_by = RankBy::none;
  // ranked: the rank of a value's bytes, or of a role; what is not listed ranks below everything.
  std::map<std::string, int> value_ranks;
  std::map<Role, int> role_ranks;
  std::uint32_t since = 1;      // first schema version that has the field
  std::uint32_t max_bytes = 0;  // limit of one value, enforced when editing; 0: the default of its kind
  bool indexed = false;         // the merged table gets an index on it
  bool searched = false;        // its words go into full-text search
  std::string target;           // reference: the record type it points to; message: full name; enum: full name
};

struct RecordType {
  std::uint32_t number = 0;
  std::string name;  // snake_case: the merged table's name
  std::uint32_t since = 1;
  std::map<std::uint32_t, std::set<Role>> writers;  // schema version -> who may write, from that version on
  std::map<std::uint32_t, Field> fields;

  // Writers in force at a version: the entry with the greatest version not above it.
  const std::set<Role>& writers_at(std::uint32_t version) const;
  const Field* field_named(std::string_view name) const;
};

struct Schema {
  std::string name;
  std::uint32_t newest = 1;
  std::map<std::uint32_t, RecordType> types;
  std::map<Role, std::string> roles;

  // The type or field as a reader of `version` knows it; null when unknown to that version.
  const RecordType* type(std::uint32_t number, std::uint32_t version) const;
  const Field* field(std::uint32_t type, std::uint32_t number, std::uint32_t version) const;
  const RecordType* type_named(std::string_view name) const;
};

}  // namespace plenary::merge
