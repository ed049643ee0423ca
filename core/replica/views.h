// What the replica tells an application: plain values, safe to keep.
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/replica/value.h"

namespace plenary::replica {

struct HubAddress {
  std::string host;
  std::uint16_t port = 0;
  TransportKey key;
  friend bool operator==(const HubAddress&, const HubAddress&) = default;
};

struct FoundedSpace {
  SpaceId space;
  std::string recovery_code;  // to be printed and put away; shown only once
};

struct SpaceSummary {
  SpaceId space;
  std::string kind, name;
  Role role = kNoRole;  // of this profile; kNoRole while not ratified
  bool keeper = false;
  std::optional<HubAddress> hub;
};

// A space of this profile whose file is damaged. What is in it is not shown, nor is its name known.
struct DamagedSpace {
  std::string digits;  // the first 32 of the space's id
  std::filesystem::path file;
  Error error;  // what is wrong, and what to do
};

struct MemberView {
  std::string name;
  PersonId person;
  Role role = kNoRole;
  DeviceKey device;
  bool keeper = false, removed = false, this_device = false;
  std::vector<Role> roles;  // in the order in which they were given; the one in force before a removal is the last
  std::string removed_why;  // as the keeper said it
};

struct Ratification {
  std::string name;
  DeviceKey device;
  Role role = kNoRole;
  bool granted = false;
  std::string why_not;
};

// Registers and references compare equal; unions contain. Empty: all. Deleted records only when asked for.
struct Query {
  std::string type;
  std::map<std::string, Value> where;
  std::string order_by;  // a field; default: creation
  bool include_deleted = false;
  std::size_t limit = 0;  // 0: all
};

struct SearchHit {
  RecordId id;
  std::string type, field;
  std::string snippet;  // the words found stand between [ and ]
};

struct Conflict {
  RecordId id;
  std::string type;
  std::string field;                  // empty: the record's life (deleted here, edited there)
  std::string question;               // one sentence for a person
  std::vector<Candidate> candidates;  // the earliest first, the same on every device; for a life: none
  std::vector<Authorship> deleted_by, edited_by;
};

struct Resolution {
  RecordId id;
  std::string field;                  // empty: the record's life
  std::optional<std::size_t> choose;  // index of a candidate
  std::optional<Value> value;         // or another value
  bool keep_record = true;            // for a life
  std::string reason;
};

struct HistoryEntry {
  Authorship by;
  std::string field;  // empty: the record itself
  // created, set, added, removed, deleted, kept, asked to erase; of a text, one entry for all that a change did to it:
  // wrote, rewrote, struck out, confirmed.
  std::string what;
  Value value;         // of a text: the sentences that the change touched, as it left them
  std::string before;  // of a text: those sentences as the author had them; empty where there were none
  PayloadState payload = PayloadState::here;
  std::string standing;  // shown, superseded, not chosen, came after, erased, hidden, done, set aside, quarantined
  std::string reason;    // of a decision
};

// "On this tablet 37 · handed over 0": counts of this profile's own records since the day began.
struct SpaceStatus {
  bool admitted = true;     // false until the keeper's device confirms who joined: what is written here counts then
  std::size_t records = 0;  // of everybody, that are shown
  std::size_t own_changes = 0, unsent_changes = 0;
  std::size_t notes_here = 0, notes_handed_over = 0;  // own records of the schema's counted type (evidence)
  std::size_t waiting = 0, quarantined = 0, held = 0, conflicts = 0, alarms = 0;
  std::optional<std::int64_t> last_sync_ms;
  bool removed = false;  // the keeper removed this device: what is here can be read and exported
};

struct DeviceStatus {
  DeviceKey device;
  PersonId person;
  std::string name;
  std::int64_t time_ms = 0;
  bool sealed = false;                      // the day was sealed by its owner
  std::optional<std::size_t> notes_sealed;  // N, unknown until sealed
  std::size_t notes_received = 0;           // n here
  std::size_t unsent = 0;
  std::size_t logs_ahead = 0;  // of which it held something then that is not shown here: absent, or waiting
  Digest digest;
  bool same_position = false, same_digest = false;  // then, as this tablet now
};

struct ImportSummary {
  SpaceId space;
  bool receipt = false;
  std::size_t changes_new = 0, changes_known = 0, waiting = 0;
};

// Somebody asked that words be erased, or a keeper did whose record does not count any more: they are hidden until the
// keeper erases or declines.
struct EraseRequest {
  std::string id;  // names the request, for declining
  RecordId record;
  std::string type;
  std::vector<std::string> changes;  // what only these typed; empty: the whole record
  Authorship by;                     // without a person where it is a void erasure of the roster
  bool by_roster = false;
};

// What an erasure did beside the record itself.
struct ErasureSummary {
  std::size_t copies_erased = 0;  // in other spaces that this profile keeps
  std::size_t copies_asked = 0;   // in others: hidden, for their keepers to decide
};

struct TextSplice {
  std::size_t at = 0, remove = 0;  // in Unicode scalar values of the visible text
  std::string insert;
};

struct CommitSummary {
  std::string change;  // textual name; empty when there was nothing to write
  std::size_t operations = 0;
};

}  // namespace plenary::replica
