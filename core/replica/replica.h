// The façade that applications use: one person's profile on one device, with the spaces it belongs to.
//
// A Replica owns its folder: nobody else may open it at the same time (ErrorCode::busy). One thread at a time. An edit
// is durable before commit() returns. Nothing here opens a socket; clients/link carries its sync() over a connection.
// Broken environments (disk full, corrupt file) are exceptions: sqlite::Failure.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "core/base/environment.h"
#include "core/merge/schema.h"
#include "core/replica/roster_views.h"
#include "core/replica/value.h"

namespace plenary::crypto {
class AgreementKey;
}
namespace plenary::sync {
class DeviceSpaces;
}

namespace plenary::replica {

class Edit;
class Unlock;

class Replica {
 public:
  // Makes a new profile in `folder`, which must not exist or be empty. `person` is the name shown to the others.
  // `unlock`: a new passphrase, or a key that the caller keeps (unlock.h).
  static Result<std::unique_ptr<Replica>> create(const std::filesystem::path& folder, const std::string& person,
                                                 const merge::Schema& schema, Environment& environment,
                                                 const Unlock& unlock);
  // ErrorCode::not_found, unsupported (made by a newer version), busy (open in another process), refused (`unlock` does
  // not open it: a wrong passphrase). A damaged space does not keep the others from opening: damaged_spaces().
  static Result<std::unique_ptr<Replica>> open(const std::filesystem::path& folder, const merge::Schema& schema,
                                               Environment& environment, const Unlock& unlock);
  virtual ~Replica() = default;
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  virtual const std::string& person() const = 0;
  // Of this profile on this device; its first digits are what people compare.
  virtual const DeviceKey& device() const = 0;
  virtual const merge::Schema& schema() const = 0;

  // ---- spaces and the people in them
  // `kind` is a name of proto/log.proto's SpaceKind in lower case: partnership, review_team, review_shared,
  // host_school.
  virtual Result<FoundedSpace> found_space(const std::string& kind, const std::string& name, Role role) = 0;
  virtual std::vector<SpaceSummary> spaces() = 0;
  // Spaces that could not be opened because their file is damaged: not among spaces(), and every call about one of
  // them fails with its error. The others work; nothing was changed.
  virtual const std::vector<DamagedSpace>& damaged_spaces() const = 0;
  // Where this space's hub is; goes into invitations. Founders set it, joiners get it from their invitation.
  virtual Result<void> set_hub(const SpaceId& space, const HubAddress& hub) = 0;
  // A link that lets one person join once. Only the keeper can.
  virtual Result<std::string> invite(const SpaceId& space, Role role, const std::string& for_whom) = 0;
  // The same for another device of somebody who is or was here (a lost tablet's person): one person's work.
  virtual Result<std::string> invite_again(const SpaceId& space, Role role, const PersonId& person) = 0;
  virtual Result<std::vector<InvitationView>> invitations(const SpaceId& space) = 0;
  virtual Result<void> void_invitation(const SpaceId& space, const InvitationId& invitation) = 0;
  virtual Result<SpaceId> join(const std::string& link) = 0;
  virtual Result<std::vector<MemberView>> members(const SpaceId& space) = 0;
  // Keeper: grants whoever claimed an open invitation and nothing is odd; returns what was granted and what was not.
  // Called by itself after each sync. Grants nothing while decide_anyway() says that nothing is decided.
  virtual Result<std::vector<Ratification>> ratify(const SpaceId& space) = 0;
  // Keeper: grants one device that holds an open invitation though something is odd (two used it, a known name).
  virtual Result<void> admit(const SpaceId& space, const DeviceKey& device) = 0;

  // ---- keeping a space: docs/using-plenary.md, "Keeping a space". What changes it is the keeper's alone (refused to
  // others), signed, and in force on every device that holds it, whatever was written meanwhile.
  virtual Result<KeepingView> keeping(const SpaceId& space) = 0;
  // What a removal or a change of role now would leave in effect. For everybody; ask before either.
  virtual Result<CutView> cut(const SpaceId& space, const DeviceKey& device) = 0;
  // For ever: the device reads nothing that is written from now on, what it wrote past the cut is quarantined. Changes
  // the space's key in the same record and voids open invitations.
  virtual Result<Removal> remove(const SpaceId& space, const DeviceKey& device, const std::string& reason) = 0;
  virtual Result<void> change_role(const SpaceId& space, const DeviceKey& device, Role role) = 0;
  // What is here and has no effect, by device and stretch.
  virtual Result<std::vector<QuarantinedWork>> quarantined(const SpaceId& space) = 0;
  // Lets a stretch take effect after all, with its `role`.
  virtual Result<void> readmit(const SpaceId& space, const QuarantinedWork& work) = 0;
  virtual Result<std::vector<ForkView>> forks(const SpaceId& space) = 0;
  // Names the branch on which a forked log counts from now on; the others are quarantined, or readmitted beside it.
  virtual Result<void> name_branch(const SpaceId& space, const LogId& log, std::size_t branch, Others others) = 0;
  // Logs for which changes that are here wait.
  virtual Result<std::vector<MissingLog>> missing_logs(const SpaceId& space) = 0;
  // Nothing more of the log is waited for, and what turns up of it later is quarantined.
  virtual Result<void> declare_lost(const SpaceId& space, const LogId& log) = 0;
  virtual Result<void> rotate(const SpaceId& space) = 0;
  // From then on hubs may drop the space; 0: never.
  virtual Result<void> expire(const SpaceId& space, std::int64_t not_before_ms) = 0;
  virtual Result<void> hand_over(const SpaceId& space, const DeviceKey& device) = 0;
  // Any member's device becomes the keeper of a new epoch, with the printed recovery code, or on a deputy's device
  // with the other deputy's part. Returns the next code, to be printed: the used one is worth nothing now.
  virtual Result<std::string> recover(const SpaceId& space, const std::string& code) = 0;
  // Keeper, with the printed code: two devices that can recover the space together, neither alone (decisions/0008).
  virtual Result<void> name_deputies(const SpaceId& space, const std::string& code, const DeviceKey& one,
                                     const DeviceKey& other) = 0;
  // On a deputy's device: its part, to be typed on the other deputy's.
  virtual Result<std::string> deputy_part(const SpaceId& space) = 0;
  // A keeper's tablet that was put back from a backup, or copied, decides nothing (ErrorCode::not_delivered) before a
  // hub or a colleague's file has shown it the roster: it could lack its own decisions, and only one of two in one
  // place counts. After this call it decides all the same, until the replica is closed: somebody wants it in spite of
  // that.
  virtual Result<void> decide_anyway(const SpaceId& space) = 0;
  // What people have to look at. Empty is good.
  virtual Result<std::vector<AlarmView>> alarms(const SpaceId& space) = 0;
  // Those that somebody here has looked at, or that explained themselves (a hub that was put back from a backup).
  virtual Result<std::vector<AlarmView>> past_alarms(const SpaceId& space) = 0;
  // Somebody has looked at the alarms of hubs, digests and copies. The others stay until their cause is settled.
  virtual Result<void> acknowledge_alarms(const SpaceId& space) = 0;

  // ---- editing
  // Begins an edit; drop it to abandon. Nothing of it is visible before commit.
  virtual std::unique_ptr<Edit> edit(const SpaceId& space) = 0;

  // ---- reading
  virtual Result<RecordView> get(const SpaceId& space, const RecordId& id) = 0;
  // The tag under which copies of this record stand in other spaces: a keyed hash of its name under a key of this
  // space's first space key, so that every member makes the same tag and nobody else can tell whose copy it is
  // (architecture.md D5). A copy's id as text is made from the tag, so a program can tell which copy is whose.
  virtual Result<OriginTag> origin_tag(const SpaceId& space, const RecordId& id) = 0;
  // Completes a prefix that a person typed to the one record it names; the error lists those it could mean.
  virtual Result<RecordId> find(const SpaceId& space, const std::string& prefix) = 0;
  virtual Result<std::vector<RecordView>> list(const SpaceId& space, const Query& query) = 0;
  virtual Result<std::vector<SearchHit>> search(const SpaceId& space, const std::string& words, std::size_t limit) = 0;
  virtual Result<std::vector<Conflict>> conflicts(const SpaceId& space) = 0;
  // Settles one conflict: for a field, one of its candidates, or another value; for a contested record keep or delete;
  // for a text written apart, the text as it is or another one. The reason is kept in history with who and when.
  virtual Result<void> resolve(const SpaceId& space, const Resolution& resolution) = 0;
  virtual Result<std::vector<HistoryEntry>> history(const SpaceId& space, const RecordId& id) = 0;
  virtual Result<SpaceStatus> status(const SpaceId& space) = 0;
  virtual Result<Digest> digest(const SpaceId& space) = 0;
  // What every member's device last said of itself (sealed statuses), newest per device.
  virtual Result<std::vector<DeviceStatus>> device_statuses(const SpaceId& space) = 0;
  // ---- erasing
  // Keeper: takes what was typed into the record from every device that exchanges with the others, from their logs,
  // search and files, and from the hub, for ever, also what is typed into it later; or, where `changes` are named (as
  // history names them), what those typed. Copies of it in other spaces follow.
  virtual Result<ErasureSummary> erase(const SpaceId& space, const RecordId& id,
                                       const std::vector<std::string>& changes) = 0;
  virtual Result<std::vector<EraseRequest>> erase_requests(const SpaceId& space) = 0;
  // Keeper: shows again what a request hides.
  virtual Result<void> decline_request(const SpaceId& space, const std::string& request) = 0;

  // Seals the day on this device: the status says from now on how many notes of it there are ("n of N").
  virtual Result<void> seal_day(const SpaceId& space, std::int64_t day_start_ms) = 0;

  // ---- passing on
  // What sync::DeviceSession talks to. Valid as long as the replica.
  virtual sync::DeviceSpaces& sync() = 0;
  // The device's transport key pair, for the connection that carries sync(). Valid as long as the replica.
  virtual const crypto::AgreementKey& transport_key() const = 0;
  // An encrypted file with what the hub or a colleague may lack; `for_receipt_of` names who it is for.
  virtual Result<Bytes> export_day_end(const SpaceId& space) = 0;
  // Takes a day-end file or a receipt in, any number of times.
  virtual Result<ImportSummary> import_day_end(ByteSpan file) = 0;
  virtual Result<Bytes> receipt(const SpaceId& space) = 0;

  // Makes the tables anew from the log: what check() finds is mended by it.
  virtual Result<void> mend(const SpaceId& space) = 0;
  // Rebuilds the tables from the log in memory and compares. Lists the differences; empty is good.
  virtual Result<std::vector<std::string>> check(const SpaceId& space) = 0;

 protected:
  Replica() = default;
};

// Collects operations against what is on the screen now; commit() makes one change of them.
class Edit {
 public:
  virtual ~Edit() = default;
  // References may point into any space of this profile (a team's note to an activity that is shared with the host): an
  // id is looked up in the edit's space first, then in the others; one that is nowhere here is refused.
  // All refuse an unknown type or field, a value of the wrong kind or over its limit (naming the limit), a role that
  // may not write. A refused call leaves the edit as it was. A call that would change nothing (the value is the only
  // one that stands, the text reads so already) writes nothing; where others stand beside it, writing it decides.
  virtual Result<RecordId> create(const std::string& type) = 0;
  // A copy from another space: the same origin is one record, whoever copies it (architecture.md D5).
  virtual Result<RecordId> create_copy(const std::string& type, const OriginTag& origin) = 0;
  virtual Result<void> set(const RecordId& id, const std::string& field, const Value& value) = 0;     // registers
  virtual Result<void> add(const RecordId& id, const std::string& field, const Value& value) = 0;     // union, append
  virtual Result<void> remove(const RecordId& id, const std::string& field, const Value& value) = 0;  // union
  // Replaces a text by another: only the difference is written.
  virtual Result<void> set_text(const RecordId& id, const std::string& field, const std::string& text) = 0;
  virtual Result<void> splice_text(const RecordId& id, const std::string& field, TextSplice splice) = 0;
  virtual Result<void> discard(const RecordId& id) = 0;
  virtual Result<void> keep(const RecordId& id) = 0;
  virtual Result<void> ask_to_erase(const RecordId& id) = 0;
  // Writes one change, durably. An edit without operations writes nothing.
  virtual Result<CommitSummary> commit() = 0;
};

}  // namespace plenary::replica
