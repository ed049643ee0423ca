// Space: one space as this profile sees it: its store, its keys, its people. The façade (replica_facade.h) and sync
// (replica_sync.h) are made of these. Settings of the space, by name, are listed in docs/storage.md, "Settings".
#pragma once

#include <functional>
#include <set>

#include "core/replica/profile.h"
#include "core/replica/roster_views.h"
#include "core/roster/claim.h"
#include "core/seal/invitation.h"
#include "core/seal/status_seal.h"
#include "core/store/space_store.h"
#include "core/sync/space_log.h"

namespace plenary::replica {

// What all spaces of a replica share; outlives them.
struct SpaceContext {
  Profile& profile;
  Environment& environment;
  store::StoreSchema schema;
  // The record that an id names in any other space of the profile than the one given.
  std::function<Result<log::RecordName>(const std::string& id, const SpaceId& except)> find_elsewhere;
};

// A log of ours and how far others hold it.
struct OwnLog {
  std::uint32_t strand = 0;
  LogId log;
  std::uint32_t last = 0;         // its newest change
  std::uint32_t handed_over = 0;  // a hub, or the reader of a day-end file, confirmed it up to here
};

class Space {
 public:
  using Writing = store::SpaceStore::Writing;

  // A space founded by this profile.
  static Result<std::unique_ptr<Space>> found(SpaceContext& context, std::uint32_t kind, const std::string& name,
                                              Role role, std::string& recovery_code);
  // A space to which an invitation leads; nothing of it is here yet.
  static Result<std::unique_ptr<Space>> join(SpaceContext& context, const seal::InvitationLink& link);
  // As SpaceStore::open; not_found also where founding or joining was never completed.
  static Result<std::unique_ptr<Space>> open(SpaceContext& context, const std::filesystem::path& path);

  const SpaceId& id() const { return store_->space(); }
  // Every public function of a Space begins with this: see SpaceStore::settle.
  store::SpaceStore& store();
  const seal::KeyRing& keys() const { return keys_; }
  SpaceContext& context() { return context_; }

  // What a reference's id names: here, or else in another space of the profile.
  Result<log::RecordName> find_reference(const std::string& id);

  // ---- people (space_people.cc)
  std::uint32_t kind();
  std::string name();
  bool is_keeper();
  // The role with which this device may write now; before ratification the one that its invitation promises.
  Role role();
  bool is_granted();
  bool is_removed();
  const std::string& name_of(const PersonId& person);
  std::vector<MemberView> members();
  std::optional<HubAddress> hub();
  void set_hub(const HubAddress& hub);
  std::optional<Bytes> claim();
  // The newest key: what new things are sealed under. Null while no key is here.
  const seal::SpaceKey* current_key();
  // The current key; on a removed device, which lacks those made since, its newest: for files to the keeper.
  const seal::SpaceKey* sealing_key();
  // The founding's key, from which keys that must never change are made. Null while it is not here.
  const seal::SpaceKey* first_key();
  // Opens what the roster wraps for this device; call after roster records came.
  void learn_keys(Writing& writing);

  // ---- invitations and claims (space_claims.cc)
  Result<std::string> invite(Role role, const std::string& for_whom, const PersonId* same_person = nullptr);
  Result<void> void_invitation(const InvitationId& invitation);
  std::vector<InvitationView> invitations();
  Result<std::vector<Ratification>> ratify();
  Result<void> admit(const DeviceKey& device);

  // ---- the keeper's acts (space_keeper.cc, space_quarantine.cc, space_recovery.cc)
  KeepingView keeping();
  Result<CutView> cut(const DeviceKey& device);
  Result<Removal> remove(const DeviceKey& device, const std::string& reason);
  Result<void> change_role(const DeviceKey& device, Role role);
  std::vector<QuarantinedWork> quarantined();
  Result<void> readmit(const QuarantinedWork& work);
  Result<void> rotate();
  Result<void> expire(std::int64_t not_before_ms);
  Result<void> hand_over(const DeviceKey& device);
  Result<std::string> recover(const std::string& code);
  Result<void> name_deputies(const std::string& code, const DeviceKey& one, const DeviceKey& other);
  Result<std::string> deputy_part();
  std::vector<AlarmView> alarms();  // space_alarms.cc

  // ---- a keeper's tablet that was put back from a backup (space_restored.cc)
  // May the roster here lack decisions that this device took? Nothing is decided then before note_roster_shown().
  bool is_roster_restored();
  // A hub, or a colleague's file, showed the roster: what this device decided before is here again.
  void note_roster_shown();
  // Decisions are taken from now on, until the space is closed, whether or not the roster may be old.
  void decide_anyway() { decides_anyway_ = true; }

  // ---- own logs (space_logs.cc)
  std::vector<OwnLog> own_logs();
  // Signs the newest changes, so that they can be passed on.
  void sign_heads();
  void handed_over(std::span<const log::Head> heads);
  // A segment of these changes, under the sealing key. Nothing while there is no key.
  std::optional<Bytes> pack(std::uint32_t strand, std::uint32_t first, const log::SignedHead& last);

  // ---- the log that this device writes (space_incarnation.cc)
  // Where the next change goes: into a new log where it must not continue the last (architecture.md D11).
  struct NextChange {
    log::LogDescriptor descriptor;
    LogId log;
    std::uint32_t number = 1;
    std::optional<std::uint32_t> strand;  // nothing: the log is begun with this change
  };
  NextChange next_change();
  // `next` as next_change() says it now.
  log::Change append(const NextChange& next, std::vector<log::Operation> operations);
  // Does somebody hold more, or other, of the log that this device writes than this device?
  bool is_behind(std::span<const log::Head> heads);
  bool writes(const LogId& log);
  // The next change begins a new log.
  void forsake_own_log(Writing& writing);

  // ---- notices (space_notices.cc)
  struct Notice {
    int kind = 0;
    Bytes subject;
    std::uint64_t number = 0;
    Bytes bytes;
  };
  std::vector<Notice> notices();
  // True if it is newer than what is kept.
  bool keep_notice(Writing& writing, const Notice& notice);
  // What a device says of itself; nothing where it cannot be opened.
  std::optional<seal::StatusContent> read_status(ByteSpan bytes);
  // Writes this device's status if it says something new.
  void update_status();
  void seal_day(std::int64_t day_start_ms);
  std::vector<DeviceStatus> device_statuses();
  SpaceStatus status();
  // Remembers that this device and a hub held the same just now.
  void note_sync();
  // Records of the counted type by one person since a moment.
  std::size_t count_notes(const PersonId* person, std::int64_t since_ms);

  // ---- forks and losses (space_forks.cc)
  std::vector<ForkView> forks();
  Result<void> name_branch(const LogId& log, std::size_t branch, Others others);
  std::vector<MissingLog> missing_logs();
  Result<void> declare_lost(const LogId& log);

  // ---- erasing (space_erasure.cc)
  // Keeper: erases what the named changes typed into the record, or (none named) all that was or will be typed into it.
  Result<void> erase(const log::RecordName& record, const std::vector<std::string>& changes);
  // What members asked to hide, and erasures that a new epoch made void, as far as nobody has decided.
  std::vector<EraseRequest> erase_requests();
  // Keeper: what a request hides is shown again. `id` is that of a request.
  Result<void> decline(const std::string& id);
  // Under which copies of the record stand in other spaces. Nothing while the first key is not here.
  std::optional<OriginTag> origin_tag(const log::RecordName& record);

  // ---- how the hub keeps the logs (space_packing.cc)
  std::vector<LogId> logs_to_repack();
  std::vector<sync::SegmentRef> replacements(std::span<const sync::LogLayout> layouts);
  void replaced(const LogId& log);

  // ---- alarms that are kept (space_kept_alarms.cc)
  // Keeps an alarm, once for each kind and subject.
  void raise_alarm(Writing& writing, const std::string& kind, ByteSpan subject, const std::string& detail = "");
  // Those that nobody has looked at and nothing has explained, or the others.
  std::vector<AlarmView> kept_alarms(bool open);
  // Alarms of this kind are explained now: nobody needs to look at them any more.
  void settle_alarms(Writing& writing, const std::string& kind);
  void acknowledge_alarms();
  // Changes of a log came: a proof where it forked, an alarm where this profile wrote them elsewhere.
  void note_arrival(Writing& writing, const LogId& log, std::uint32_t strand);
  // Raises an alarm where a colleague's tablet was at a position where this one was and shows something else, or was
  // shown something else by a hub.
  void look_for_alarms();

  std::optional<std::int64_t> number_setting(std::string_view name);
  void set(std::string_view name, ByteSpan value);

 private:
  Space(SpaceContext& context, std::unique_ptr<store::SpaceStore> store);
  struct Continued {
    LogId log;
    Bytes mark;
  };
  std::optional<Continued> continued();
  bool is_same_file(const Continued& own);
  bool is_cut(const LogId& log, std::uint32_t strand);
  bool holds_what_it_claims(std::uint32_t strand);
  std::optional<std::uint32_t> own_strand();
  Result<void> may_decide();
  void mark_roster(Writing& writing);
  Result<void> add_own_record(roster::Body body);
  void add_record(roster::Body body, std::uint32_t epoch, const crypto::SigningKey& signer);
  std::vector<roster::WrappedKey> wrapped_keys(const RosterHash& up_to);
  void learn_wrapped_keys();
  roster::WrappedKey next_key(const seal::SpaceKey& key, const DeviceKey* without);
  Result<const roster::Member*> member_here(const DeviceKey& device);
  // The member that a roster's view shows for this key.
  MemberView member_view(const DeviceKey& key, const roster::Member& member);
  roster::Cuts cuts_of(const DeviceKey& device);
  std::optional<roster::Cut> cut_of_log(const LogId& log);
  void summarise(WorkSummary& work, std::uint32_t strand, std::uint32_t first, std::uint32_t last);
  Result<crypto::SigningKey> recovery_key(const std::string& code);
  std::map<InvitationId, std::vector<roster::Claim>> open_claims();
  std::string name_in(const roster::Claim& claim);
  std::string oddness(const roster::Claim& claim, const std::string& name, std::size_t claims);
  Result<void> grant(const roster::Claim& claim, const std::string& name);
  Result<log::Head> change_named(const store::LoadedRecord& record, const std::string& text);
  void count_pieces(Writing& writing, const LogId& log, std::uint32_t pieces);
  void replace_due(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs);
  bool has_void_keys();
  std::vector<LogId> logs_to_reseal();
  void reseal(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs);
  void join_pieces(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs);
  bool is_unconfirmed(const OwnLog& log);
  void replace_unconfirmed(const sync::LogLayout& layout, std::vector<sync::SegmentRef>& refs);
  void read_names();
  std::string writer_name(const DeviceKey& device);
  ForkView fork(const LogId& log);
  void prove_fork(Writing& writing, const LogId& log);
  void add_fork_alarms(std::vector<AlarmView>& alarms);
  std::vector<store::StatePosition> recent_positions();
  std::size_t count_unsent_notes(const OwnLog& own);
  std::size_t count_created_notes(const OwnLog& own, std::uint32_t first);
  std::optional<seal::StatusContent> own_status(std::uint64_t& number);
  seal::StatusContent status_content();

  SpaceContext& context_;
  std::unique_ptr<store::SpaceStore> store_;
  seal::KeyRing keys_;
  std::map<PersonId, std::string> names_;
  RosterHash names_at_;                         // roster tip at which names_ was read
  std::optional<log::LogDescriptor> next_log_;  // made for an edit, not written yet
  std::optional<Bytes> mark_;                   // the install mark, once it was looked at
  bool mark_renewed_ = false;                   // by this process
  std::optional<bool> roster_restored_;         // once it was looked at
  bool decides_anyway_ = false;
  std::map<LogId, std::vector<store::StrandRun>> replacing_;  // what the hub is given now makes these no longer due
  std::map<LogId, log::Head> confirming_;  // own work that the hub is given now in place of what somebody else packed
  std::optional<LogId> written_log_;       // this process knows that its file is the one that was written last
};

// A varint as a setting.
Bytes number_bytes(std::uint64_t number);

}  // namespace plenary::replica
