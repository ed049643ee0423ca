// Records of a space's roster: one keeper-signed, hash-linked chain per epoch that says who may do what, from when
// to when. Readable by the hub, without names. Source: architecture.md D6; the reference model, section 2.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/log/change.h"

namespace plenary::roster {

// A key that was wrapped for one reader; opaque here (seal/ makes and opens it).
struct KeyBox {
  TransportKey reader;
  Bytes box;
  friend bool operator==(const KeyBox&, const KeyBox&) = default;
};

// A space key as a roster record carries it: its commitment, the key before it wrapped under it (so a newcomer
// reads history with one box), and one box per reader.
struct WrappedKey {
  KeyId key;
  Bytes previous;  // empty for the first key
  std::vector<KeyBox> boxes;
  friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

// The two public keys of one device.
struct DeviceIdentity {
  DeviceKey signing;
  TransportKey transport;
  friend auto operator<=>(const DeviceIdentity&, const DeviceIdentity&) = default;
};

struct Found {
  std::uint32_t kind = 0;  // SpaceKind of proto/log.proto
  DeviceIdentity keeper;
  PersonId person;
  Role role = kNoRole;  // of the keeper
  DeviceKey recovery;   // public key of the printed recovery key
  Bytes label;          // sealed name label of the keeper
  Bytes name;           // sealed name of the space
  WrappedKey key;
  std::array<std::byte, 16> nonce{};
  std::string schema;  // name of the schema, for other programs on the same engine
  friend bool operator==(const Found&, const Found&) = default;
};
struct Grant {
  DeviceIdentity device;
  PersonId person;
  Role role = kNoRole;  // kNoRole when an invitation gives it
  std::optional<InvitationId> invitation;
  Bytes label;                // sealed name label
  std::vector<KeyBox> boxes;  // the current key for the device
  friend bool operator==(const Grant&, const Grant&) = default;
};
struct Invite {
  InvitationId invitation;
  Role role = kNoRole;
  Bytes box;    // the current key, under a key made from the invitation's secret
  Bytes label;  // sealed note to the keeper: for whom
  friend bool operator==(const Invite&, const Invite&) = default;
};
struct VoidInvitation {
  InvitationId invitation;
  friend bool operator==(const VoidInvitation&, const VoidInvitation&) = default;
};
// Last change of a log that keeps its rights: number and chain value.
struct Cut {
  std::uint32_t number = 0;
  ChainValue chain;
  friend bool operator==(const Cut&, const Cut&) = default;
};
using Cuts = std::map<LogId, Cut>;  // logs not named are cut at 0
struct ChangeRole {
  DeviceKey key;
  Role role = kNoRole;
  Cuts cuts;
  friend bool operator==(const ChangeRole&, const ChangeRole&) = default;
};
struct Remove {
  DeviceKey key;
  Cuts cuts;
  std::optional<WrappedKey> rotation;  // the new key, without a box for whom it removes
  Bytes label;                         // sealed: why; may be empty
  friend bool operator==(const Remove&, const Remove&) = default;
};
struct Readmit {
  LogId log;
  std::uint32_t first = 0, last = 0;
  ChainValue chain;  // of `last`
  Role role = kNoRole;
  friend bool operator==(const Readmit&, const Readmit&) = default;
};
struct Branch {
  LogId log;
  std::uint32_t number = 0;
  ChainValue chain;
  friend bool operator==(const Branch&, const Branch&) = default;
};
struct Lost {
  LogId log;
  std::uint32_t number = 0;  // 0: nothing of it is here
  ChainValue chain;
  friend bool operator==(const Lost&, const Lost&) = default;
};
// Erasure of what named changes typed into a record, or (no changes) of all ever typed into it.
struct Erase {
  log::RecordName record;
  std::vector<log::Head> changes;
  friend bool operator==(const Erase&, const Erase&) = default;
};
// Settles a void erasure, or a member's request to hide (named by its change and operation), without erasing.
struct Decline {
  std::variant<RosterHash, std::pair<log::Head, std::uint32_t>> of;
  friend bool operator==(const Decline&, const Decline&) = default;
};
struct Rotate {
  WrappedKey key;
  friend bool operator==(const Rotate&, const Rotate&) = default;
};
struct Expire {
  std::int64_t not_before_ms = 0;  // the hub may drop the space from then on; 0: never
  friend bool operator==(const Expire&, const Expire&) = default;
};
struct HandOver {
  DeviceIdentity keeper;
  std::optional<WrappedKey> rotation;
  friend bool operator==(const HandOver&, const HandOver&) = default;
};
struct Recover {
  DeviceIdentity keeper;
  DeviceKey recovery;  // the next recovery key
  std::optional<WrappedKey> rotation;
  friend bool operator==(const Recover&, const Recover&) = default;
};
// The recovery key in two parts, a box for each of two devices that can recover the space together (decisions/0008).
// Names them anew each time; a recovery, which brings another key, ends it.
struct Deputies {
  std::array<KeyBox, 2> boxes;
  friend bool operator==(const Deputies&, const Deputies&) = default;
};
// Of a newer version: kept and passed on, without effect.
struct UnknownBody {
  std::uint32_t kind = 0;
  friend bool operator==(const UnknownBody&, const UnknownBody&) = default;
};

using Body = std::variant<Found, Grant, Invite, VoidInvitation, ChangeRole, Remove, Readmit, Branch, Lost, Erase,
                          Decline, Rotate, Expire, HandOver, Recover, Deputies, UnknownBody>;

// A record as a value. `hash` names it; signatures and exact bytes live with SignedRecord (roster/codec.h).
struct Record {
  RosterHash hash;
  RosterHash previous;  // zero for the founding
  std::uint32_t epoch = 0;
  DeviceKey signer;
  Body body;
  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace plenary::roster
