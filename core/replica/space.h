// Space: one space as this profile sees it: its store, its keys, its people. The façade (replica_facade.h) and sync
// (replica_sync.h) are made of these. Settings of the space, by name, are listed in docs/storage.md, "Settings".
#pragma once

#include <functional>

#include "core/replica/profile.h"
#include "core/replica/views.h"
#include "core/seal/invitation.h"
#include "core/seal/status_seal.h"
#include "core/store/space_store.h"

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
  const std::string& name_of(const PersonId& person);
  std::vector<MemberView> members();
  Result<std::string> invite(Role role, const std::string& for_whom);
  Result<void> void_invitation(const InvitationId& invitation);
  Result<std::vector<Ratification>> ratify();
  // Keeper: erases everything that was or will be typed into the record, on every device.
  Result<void> erase(const log::RecordName& record);
  std::optional<HubAddress> hub();
  void set_hub(const HubAddress& hub);
  std::optional<Bytes> claim();
  // The newest key: what new things are sealed under. Null while no key is here.
  const seal::SpaceKey* current_key();
  // The founding's key, from which keys that must never change are made. Null while it is not here.
  const seal::SpaceKey* first_key();
  // Opens what the roster wraps for this device; call after roster records came.
  void learn_keys(Writing& writing);

  // ---- own logs (space_logs.cc)
  std::vector<OwnLog> own_logs();
  // The log that this device writes now; a new one where it must not continue the last (architecture.md D11).
  // Nothing is written before the first change.
  log::LogDescriptor own_log();
  std::uint32_t next_number();
  Result<log::Change> append(std::vector<log::Operation> operations);
  // Signs the newest changes, so that they can be passed on.
  void sign_heads();
  void handed_over(std::span<const log::Head> heads);
  // A segment of these changes, sealed under the current key. Nothing while there is no key.
  std::optional<Bytes> pack(std::uint32_t strand, std::uint32_t first, const log::SignedHead& last);

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
  // Writes this device's status if it says something new.
  void update_status();
  void seal_day(std::int64_t day_start_ms);
  std::vector<DeviceStatus> device_statuses();
  SpaceStatus status();
  // Remembers that this device and a hub held the same just now.
  void note_sync();
  // Records of the counted type by one person since a moment.
  std::size_t count_notes(const PersonId* person, std::int64_t since_ms);

  std::optional<std::int64_t> number_setting(std::string_view name);
  void set(std::string_view name, ByteSpan value);

 private:
  Space(SpaceContext& context, std::unique_ptr<store::SpaceStore> store);
  roster::Record next_record(roster::Body body);
  Result<void> add_own_record(roster::Body body);
  std::vector<roster::WrappedKey> wrapped_keys();
  void read_names();
  std::vector<store::StatePosition> recent_positions();
  std::size_t count_unsent_notes(const OwnLog& own);
  std::optional<seal::StatusContent> own_status(std::uint64_t& number);
  seal::StatusContent status_content();

  SpaceContext& context_;
  std::unique_ptr<store::SpaceStore> store_;
  seal::KeyRing keys_;
  std::map<PersonId, std::string> names_;
  RosterHash names_at_;                         // roster tip at which names_ was read
  std::optional<log::LogDescriptor> next_log_;  // made for an edit, not written yet
};

// A varint as a setting.
Bytes number_bytes(std::uint64_t number);

}  // namespace plenary::replica
