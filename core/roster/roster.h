// Roster: the tree of validly signed records of one space, the chain of it that applies, and what that chain says.
// Records come here verified (roster/codec.h checks signatures). Source: the reference model, section 2; D6.
//
// One thread at a time. References to records stay valid for the life of the object; those to standings until the next
// call that is not const or asks for another one.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <unordered_map>

#include "core/log/causality.h"
#include "core/roster/record.h"

namespace plenary::roster {

// One device that was ever granted.
struct Member {
  DeviceIdentity device;
  PersonId person;
  Role role = kNoRole;  // in force for new changes; kNoRole once removed
  bool removed = false;
  RosterHash granted_by;  // the record that holds its sealed name label
  friend bool operator==(const Member&, const Member&) = default;
};

// A record that gives or takes rights, as it counts at some position. `record` lives as long as the Roster.
struct Event {
  enum class Kind : std::uint8_t { grant, role, remove, readmit, lost, branch };
  Kind kind = Kind::grant;
  Role role = kNoRole;  // grant (also by invitation), role, readmit
  const Record* record = nullptr;
};

// The device whose rights a record gives or takes; null for records about logs, keys and the rest.
const DeviceKey* device_of(const Record& record);
// The space key that a record makes, wrapped; null where it makes none.
const WrappedKey* key_of(const Record& record);

// What the chain of records up to one position says. Void or not: it is what an author knew who cites that record.
struct Standing {
  RosterHash at;
  std::uint32_t epoch = 0;
  std::map<DeviceKey, Member> people;             // every key ever granted on this chain
  std::vector<Event> events;                      // in chain order
  std::map<LogId, std::vector<log::Head>> names;  // points that are on a log's line, in chain order
  std::vector<const Record*> erasures;
  std::set<RosterHash> settled_records;                            // void erasures that were declined
  std::set<std::pair<log::Head, std::uint32_t>> settled_requests;  // hide operations that were declined
  std::map<InvitationId, Role> invitations;                        // open ones
  DeviceIdentity keeper;
  DeviceKey recovery;
  std::vector<KeyId> keys;  // space keys in order; the last is current
  std::optional<std::int64_t> expires_ms;
  std::optional<std::array<KeyBox, 2>> deputies;  // with their parts of the recovery key

  const Member* member(const DeviceKey& key) const;
  const Member* member(const TransportKey& key) const;
  // The role in force for new changes of a device; kNoRole when it was never granted, or removed.
  Role role_of(const DeviceKey& key) const;
};

// What became of a record that was added.
enum class Admission : std::uint8_t {
  admitted,
  known,    // was here already
  waiting,  // follows a record that is not here; of those that wait, kMaxWaiting are kept
  invalid,  // its signer is not keeper there, or its epoch does not fit: has no effect, for ever
};

// Who may sign what follows a record.
struct Signers {
  DeviceKey keeper, recovery;
};

// Records that wait for another: more are forgotten, and come again.
inline constexpr std::size_t kMaxWaiting = 1'024;

class Roster {
 public:
  Roster() = default;
  Roster(Roster&&) = default;
  Roster& operator=(Roster&&) = default;

  // Adds one record; those that waited for it follow. `admitted`, when given, receives all that became valid, in
  // chain order: the caller tells Causality of each (learn_roster, and declare_lost for a Lost).
  Admission add(const Record& record, std::vector<const Record*>* admitted = nullptr);

  bool empty() const { return nodes_.empty(); }
  std::size_t size() const { return nodes_.size(); }
  // Zero while there is no founding record.
  RosterHash tip() const;
  // The standing at the tip. Must not be empty().
  const Standing& standing() const;
  // The standing at any valid record; null for one that is not here.
  const Standing* standing_at(const RosterHash& record) const;
  // Nothing for a record that is not here. Costs nothing, unlike a standing.
  std::optional<Signers> signers_after(const RosterHash& record) const;
  const Record* find(const RosterHash& record) const;
  // The records from the founding to `record`.
  std::vector<const Record*> chain(const RosterHash& record) const;
  // Is `earlier` the record `later`, or before it?
  bool on_chain(const RosterHash& earlier, const RosterHash& later) const;
  bool is_void(const RosterHash& record) const { return !on_chain(record, tip()); }

  // Erasures that a new epoch made void. They hide until the keeper erases or declines.
  std::vector<const Record*> void_erasures() const;
  // Void erasures that are not settled: part of the position at which digests must agree. Sorted.
  std::vector<RosterHash> unsettled() const;
  // Every declared loss, void or not.
  std::vector<log::Loss> losses() const;
  // Proofs against a keeper: two records, or two openings of an epoch, by one signer in one place. Sorted.
  std::vector<std::vector<RosterHash>> alarms() const;
  // Every valid record, in an order in which each follows its predecessor.
  std::vector<const Record*> records() const;
  // Grows with every record admitted.
  std::uint64_t revision() const { return revision_; }

 private:
  struct Node {
    Record record;
    std::uint32_t parent = UINT32_MAX;
    std::uint32_t depth = 0;
    std::vector<std::uint32_t> children;
    Signers signers;  // after this record
  };
  // The standing after a record, made from that of an earlier one.
  struct Held {
    std::uint32_t node = UINT32_MAX;
    std::unique_ptr<Standing> standing;
  };
  using Opening = bool (*)(const Body&);

  Admission admit(const Record& record, std::vector<const Record*>* admitted);
  void find_tip();
  std::vector<std::uint32_t> beyond(std::uint32_t base, Opening kind, Opening barrier) const;
  std::uint32_t follow_keeper(std::uint32_t base) const;
  std::vector<std::uint32_t> path(std::uint32_t from, std::uint32_t to) const;
  const Standing& keep(Held held) const;

  std::vector<std::unique_ptr<Node>> nodes_;
  std::unordered_map<RosterHash, std::uint32_t> index_;
  std::unordered_map<RosterHash, std::vector<Record>> waiting_;  // by the record they follow
  std::size_t waiting_count_ = 0;
  mutable Held at_tip_;
  mutable std::deque<Held> elsewhere_;  // oldest first; as many as have kHeldEntries together, and at least one
  std::set<RosterHash> invalid_;
  std::uint32_t tip_ = 0;
  std::uint64_t revision_ = 0;
};

// Why a delivered change has no effect.
enum class Quarantine : std::uint8_t { none = 0, not_granted = 1, removed = 2, lost = 3, fork = 4 };

// The role with which a change takes effect, or why it does not (role is then kNoRole).
struct Right {
  Role role = kNoRole;
  Quarantine quarantine = Quarantine::not_granted;
  friend bool operator==(const Right&, const Right&) = default;
};

// The events of a standing that concern one log, and whether they alone decide.
struct LogRights {
  // With no event but a grant, or none at all, every change of a log that is not forked has this right.
  Right plain;
  bool is_plain = true;
  std::vector<Event> events;
  std::vector<log::Head> names;  // points that are on the log's line
};
LogRights rights_of_log(const log::Causality& causality, std::uint32_t lane, const Standing& standing);

// The right of one change, at a roster position, as far as a horizon shows.
Right right_of(const log::Causality& causality, log::Place place, const LogRights& rights, log::Horizon horizon);

}  // namespace plenary::roster
