// What the replica tells an application about who may do what: plain values, safe to keep.
#pragma once

#include "core/replica/views.h"

namespace plenary::replica {

// Changes of one device, counted for people. Times are the author's clock.
struct WorkSummary {
  std::size_t changes = 0, notes = 0;  // notes: records of the counted type that they begin
  std::optional<std::int64_t> first_ms, last_ms;
};

// What a removal or a change of role decided now would leave as it is: the work of one device that is here and takes
// effect. Whatever else it wrote or writes lies past the cut.
struct CutView {
  MemberView member;
  WorkSummary kept;
};

// A device that used an invitation and is not granted.
struct ClaimView {
  DeviceKey device;
  std::string name;
  std::string odd;  // why the keeper has to decide; empty: it is granted at the next sync
};

// An open invitation.
struct InvitationView {
  InvitationId invitation;
  Role role = kNoRole;
  std::string for_whom;
  std::optional<std::string> link;      // on the device that made it
  std::optional<PersonId> same_person;  // on the device that made it: whoever joins is this person
  std::vector<ClaimView> claims;
};

struct Removal {
  CutView cut;
  std::vector<InvitationView> voided;
};

enum class Quarantine : std::uint8_t { not_granted, removed, lost, fork };

// A stretch of one log that is here and has no effect. It can be readmitted, unless its author was never granted.
struct QuarantinedWork {
  LogId log;
  std::uint32_t first = 0, last = 0;
  ChainValue chain;  // of `last`
  DeviceKey device;
  std::optional<PersonId> person;  // none: never granted
  std::string name;
  Quarantine why = Quarantine::removed;
  Role role = kNoRole;  // that its author's device had before, and would have again for this stretch
  WorkSummary work;
};

// One of the two who can recover a space together.
struct DeputyView {
  std::string name;
  DeviceKey device;
  bool this_device = false, removed = false;
};

// One of the ways in which a forked log went on.
struct BranchView {
  std::uint32_t first = 0, last = 0;
  ChainValue chain;  // of `last`
  WorkSummary work;
  bool counts = false;  // it takes effect
};

// A log that went on in several ways from one point: its device was copied, or put back from a backup.
struct ForkView {
  LogId log;
  DeviceKey device;
  std::string name;
  std::uint32_t common = 0;  // changes that all branches share
  std::vector<BranchView> branches;
  bool settled = false;  // the keeper named a branch
};

// What is to become of the branches that are not named.
enum class Others : std::uint8_t { set_aside, readmitted };

// A log that colleagues' changes refer to and that is not here in full: they wait for it.
struct MissingLog {
  LogId log;
  std::string name;         // of its author; empty: nothing of it is here
  std::uint32_t here = 0;   // changes of it that are here
  std::uint32_t up_to = 0;  // the newest that somebody refers to
};

// How a space is kept at present.
struct KeepingView {
  std::string keeper;
  DeviceKey device;
  bool this_device = false;
  std::uint32_t epoch = 0;  // 0: the founder's
  enum class Since : std::uint8_t { founding, hand_over, recovery } since = Since::founding;
  std::vector<DeputyView> deputies;        // two, or none
  std::optional<std::int64_t> expires_ms;  // from then on hubs may drop the space
  std::size_t keys = 0;                    // space keys so far; the last is in use
};

// Something that people have to look at.
struct AlarmView {
  // roster_fork: one keeper signed two records in one place; rival_epoch: two opened an epoch with one key;
  // void_records: a former keeper's records do not count; void_erasure: one of these erased something, which is
  // hidden until the keeper decides; double_claim, odd_claim: somebody else may hold an invitation; fork: one device's
  // log has two branches; digest: two tablets that hold the same show different things; other_copy: this profile wrote
  // elsewhere; hub_forked, hub_forgot, hub_withheld, hub_unlinked, hub_other_signer: a hub contradicts what it signed;
  // hub_restored: it says that it was put back from a backup.
  std::string kind;
  std::string text;                           // what happened, to which thing
  std::string advice;                         // what to do next
  std::optional<std::int64_t> since_ms = {};  // where it is known
};

}  // namespace plenary::replica
