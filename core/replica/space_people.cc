// Who belongs to a space, what they are called, and which keys are here.
#include <algorithm>

#include "core/replica/hub_setting.h"
#include "core/replica/space.h"
#include "core/seal/label.h"

namespace plenary::replica {
namespace {

const roster::Found* founding(const roster::Roster& roster) {
  if (roster.empty()) return nullptr;
  return std::get_if<roster::Found>(&roster.chain(roster.tip()).front()->body);
}

// The sealed name label of a member, as the record that granted it has it.
const Bytes* label_of(const roster::Roster& roster, const roster::Member& member) {
  const roster::Record* record = roster.find(member.granted_by);
  if (record == nullptr) return nullptr;
  if (const auto* found = std::get_if<roster::Found>(&record->body)) return &found->label;
  if (const auto* grant = std::get_if<roster::Grant>(&record->body)) return &grant->label;
  return nullptr;
}

}  // namespace

std::vector<roster::WrappedKey> Space::wrapped_keys(const RosterHash& up_to) {
  std::vector<roster::WrappedKey> keys;
  for (const roster::Record* record : store_->roster().chain(up_to)) {
    if (const roster::WrappedKey* key = roster::key_of(*record)) keys.push_back(*key);
    const auto* grant = std::get_if<roster::Grant>(&record->body);
    if (grant == nullptr || keys.empty()) continue;
    // A grant boxes the key that is current there.
    keys.back().boxes.insert(keys.back().boxes.end(), grant->boxes.begin(), grant->boxes.end());
  }
  return keys;
}

// Also keys that a former keeper made and that are void since: colleagues sealed under them meanwhile.
void Space::learn_wrapped_keys() {
  const auto& roster = store_->roster();
  if (roster.empty()) return;
  keys_.learn(wrapped_keys(roster.tip()), context_.profile.transport());
  for (const roster::Record* record : roster.records()) {
    if (roster::key_of(*record) == nullptr || !roster.is_void(record->hash)) continue;
    keys_.learn(wrapped_keys(record->hash), context_.profile.transport());
  }
}

void Space::learn_keys(Writing& writing) {
  const auto& roster = store_->roster();
  if (roster.empty()) return;
  if (const auto bytes = store_->setting("invited by")) {
    const auto secret = seal::InvitationSecret::from(*bytes);
    const InvitationId invitation = secret ? seal::invitation_id(*secret) : InvitationId{};
    for (const roster::Record* record : roster.chain(roster.tip())) {
      const auto* invite = std::get_if<roster::Invite>(&record->body);
      if (invite == nullptr || invite->invitation != invitation) continue;
      if (auto key = seal::unwrap_invitation(invite->box, *secret)) keys_.add(*std::move(key));
    }
  }
  learn_wrapped_keys();
  if (const seal::SpaceKey* first = first_key()) writing.set_digest_key(seal::purpose_key(*first, "digest"));
}

const seal::SpaceKey* Space::first_key() {
  const auto* found = founding(store_->roster());
  return found == nullptr ? nullptr : keys_.find(found->key.key);
}

const seal::SpaceKey* Space::current_key() {
  if (store().roster().empty()) return nullptr;
  const auto& keys = store_->roster().standing().keys;
  return keys.empty() ? nullptr : keys_.find(keys.back());
}

const seal::SpaceKey* Space::sealing_key() {
  if (const auto* key = current_key(); key != nullptr || !is_removed()) return key;
  const auto& keys = store_->roster().standing().keys;
  for (auto id = keys.rbegin(); id != keys.rend(); ++id) {
    if (const auto* key = keys_.find(*id)) return key;
  }
  return nullptr;
}

std::uint32_t Space::kind() {
  const auto* found = founding(store().roster());
  return found == nullptr ? 0 : found->kind;
}

std::string Space::name() {
  const auto* found = founding(store().roster());
  if (found == nullptr) return "";
  return seal::open_label(keys_, seal::LabelUse::space, found->name).value_or("");
}

bool Space::is_keeper() {
  const auto& roster = store().roster();
  return !roster.empty() && roster.standing().keeper.signing == context_.profile.signing().public_key();
}

bool Space::is_granted() {
  const auto& roster = store().roster();
  return !roster.empty() && roster.standing().member(context_.profile.signing().public_key()) != nullptr;
}

bool Space::is_removed() {
  const auto& roster = store().roster();
  const auto* self = roster.empty() ? nullptr : roster.standing().member(context_.profile.signing().public_key());
  return self != nullptr && self->removed;
}

Role Space::role() {
  const auto& roster = store().roster();
  if (roster.empty()) return kNoRole;
  const auto& standing = roster.standing();
  if (const auto* member = standing.member(context_.profile.signing().public_key())) return member->role;
  const auto bytes = store_->setting("invited by");
  const auto secret = bytes ? seal::InvitationSecret::from(*bytes) : std::nullopt;
  if (!secret) return kNoRole;
  const auto open = standing.invitations.find(seal::invitation_id(*secret));
  return open == standing.invitations.end() ? kNoRole : open->second;
}

void Space::read_names() {
  const auto& roster = store().roster();
  if (roster.empty() || (names_at_ == roster.tip() && !names_.empty())) return;
  names_.clear();
  for (const auto& [key, member] : roster.standing().people) {
    const Bytes* label = label_of(roster, member);
    if (label == nullptr) continue;
    if (auto name = seal::open_label(keys_, seal::LabelUse::person, *label)) names_[member.person] = *std::move(name);
  }
  names_at_ = roster.tip();
}

const std::string& Space::name_of(const PersonId& person) {
  read_names();
  auto [name, is_new] = names_.try_emplace(person);
  if (is_new) name->second = "person " + person.hex().substr(0, 8);
  return name->second;
}

MemberView Space::member_view(const DeviceKey& key, const roster::Member& member) {
  MemberView view;
  view.name = name_of(member.person);
  view.person = member.person;
  view.role = member.role;
  view.device = key;
  view.keeper = key == store_->roster().standing().keeper.signing;
  view.removed = member.removed;
  view.this_device = key == context_.profile.signing().public_key();
  for (const roster::Event& event : store_->roster().standing().events) {
    const DeviceKey* of = roster::device_of(*event.record);
    if (of == nullptr || *of != key) continue;
    if (event.kind != roster::Event::Kind::remove) view.roles.push_back(event.role);
    if (const auto* removal = std::get_if<roster::Remove>(&event.record->body)) {
      view.removed_why = seal::open_label(keys_, seal::LabelUse::removal, removal->label).value_or("");
    }
  }
  return view;
}

std::vector<MemberView> Space::members() {
  std::vector<MemberView> members;
  const auto& roster = store().roster();
  if (roster.empty()) return members;
  for (const auto& [key, member] : roster.standing().people) members.push_back(member_view(key, member));
  // Of one person's devices, the one in use first.
  std::ranges::sort(members, {},
                    [](const MemberView& member) { return std::tuple(member.name, member.removed, member.device); });
  return members;
}

std::optional<HubAddress> Space::hub() {
  const auto bytes = store().setting("hub");
  return bytes ? decode_hub(*bytes) : std::nullopt;
}

void Space::set_hub(const HubAddress& hub) {
  set("hub", encode_hub(hub));
}

std::optional<Bytes> Space::claim() {
  if (is_granted()) return std::nullopt;
  return store().setting("claim");
}

}  // namespace plenary::replica
