// One operation of a change: what an edit does to one record. Values, without behaviour.
//
// What an operation does to others (kind, record, field, targets, anchors, lengths) is never payload and is never
// erased; `value` is payload and can be. Source: architecture.md D3; docs/protocol.md, "Operations".
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"

namespace plenary::log {

enum class OperationKind : std::uint8_t {
  create = 1,   // begins a record
  set = 2,      // value of a register: latest, ask, ranked, once
  append = 3,   // one more entry of an append field
  add = 4,      // one more element of a union
  remove = 5,   // of a union: `targets` are the additions removed
  insert = 6,   // text: `length` characters between two anchors
  strike = 7,   // text: `ranges` are the characters deleted
  discard = 8,  // deletes the record (people can bring it back)
  keep = 9,     // says that the record stays
  hide = 10,    // asks for erasure; `changes` are the payloads, none means the whole record
};

// Names a change, in the eyes of one author: change `number` of `log`. Where the author knew several branches of a
// forked log, `branch` holds the first 8 bytes of the change's chain value; otherwise it is zero and the name is
// read in the author's own causal history, so it names one branch (architecture.md D2).
struct ChangeName {
  LogId log;
  std::uint32_t number = 0;
  std::uint64_t branch = 0;

  friend auto operator<=>(const ChangeName&, const ChangeName&) = default;
};

// Names operation `index` (from 0) of a change.
struct WriteName {
  ChangeName change;
  std::uint32_t index = 0;

  friend auto operator<=>(const WriteName&, const WriteName&) = default;
};

// A record is named by the operation that created it, or, for a copy from another space, by its origin tag: equal
// tags are one record (architecture.md D5). `type` is the record type's number in the schema.
struct RecordName {
  std::uint32_t type = 0;
  std::variant<WriteName, OriginTag> origin;

  friend auto operator<=>(const RecordName&, const RecordName&) = default;
};

// A character of a text: `offset` (in Unicode scalar values, from 0) within an insertion.
struct Anchor {
  WriteName insertion;
  std::uint32_t offset = 0;

  friend auto operator<=>(const Anchor&, const Anchor&) = default;
};

struct StrikeRange {
  WriteName insertion;
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  friend auto operator<=>(const StrikeRange&, const StrikeRange&) = default;
};

struct Operation {
  OperationKind kind = OperationKind::create;
  RecordName record;
  std::uint32_t field = 0;  // field number in the schema; 0 for create, discard, keep, hide
  // Canonical bytes of the value (docs/protocol.md, "Values"), UTF-8 for insert. Absent: the operation has none,
  // or its payload is not here (erased, or not delivered); see Change::payload_missing.
  std::optional<std::string> value;
  std::uint32_t length = 0;           // insert: Unicode scalar values
  std::vector<WriteName> targets;     // remove
  std::vector<StrikeRange> ranges;    // strike
  std::vector<ChangeName> changes;    // hide
  std::optional<Anchor> left, right;  // insert; absent: the edge of the text
  // A kind of a newer version (a number that the enumeration does not name): what its skeleton carries, verbatim.
  // Such an operation is kept and passed on, without effect; whether it has a value stands in `unknown_has_value`.
  std::string unknown;
  bool unknown_has_value = false;

  friend bool operator==(const Operation&, const Operation&) = default;
};

// True for the kinds that carry a value: set, append, add, insert.
bool has_value(OperationKind kind);
// True for the kinds that this version knows.
bool is_known(OperationKind kind);

}  // namespace plenary::log
