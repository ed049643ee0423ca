// Who belongs to a space, and how people come in.
#include <algorithm>

#include "core/replica/hub_setting.h"
#include "core/replica/space.h"
#include "core/roster/claim.h"
#include "core/seal/label.h"
#include "core/sync/space_log.h"

namespace plenary::replica {
namespace {

std::string invitation_setting(const InvitationId& invitation) {
  return "invitation " + invitation.hex();
}

const roster::Found* founding(const roster::Roster& roster) {
  if (roster.empty()) return nullptr;
  return std::get_if<roster::Found>(&roster.chain(roster.tip()).front()->body);
}

const roster::WrappedKey* key_in(const roster::Body& body) {
  const auto of = [](const std::optional<roster::WrappedKey>& key) { return key ? &*key : nullptr; };
  if (const auto* found = std::get_if<roster::Found>(&body)) return &found->key;
  if (const auto* rotate = std::get_if<roster::Rotate>(&body)) return &rotate->key;
  if (const auto* remove = std::get_if<roster::Remove>(&body)) return of(remove->rotation);
  if (const auto* hand_over = std::get_if<roster::HandOver>(&body)) return of(hand_over->rotation);
  if (const auto* recover = std::get_if<roster::Recover>(&body)) return of(recover->rotation);
  return nullptr;
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

std::vector<roster::WrappedKey> Space::wrapped_keys() {
  const auto& roster = store_->roster();
  std::vector<roster::WrappedKey> keys;
  if (roster.empty()) return keys;
  for (const roster::Record* record : roster.chain(roster.tip())) {
    if (const roster::WrappedKey* key = key_in(record->body)) keys.push_back(*key);
    const auto* grant = std::get_if<roster::Grant>(&record->body);
    if (grant == nullptr || keys.empty()) continue;
    // A grant boxes the key that is current there.
    keys.back().boxes.insert(keys.back().boxes.end(), grant->boxes.begin(), grant->boxes.end());
  }
  return keys;
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
  keys_.learn(wrapped_keys(), context_.profile.transport());
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

std::vector<MemberView> Space::members() {
  std::vector<MemberView> members;
  const auto& roster = store().roster();
  if (roster.empty()) return members;
  const auto& standing = roster.standing();
  for (const auto& [key, member] : standing.people) {
    MemberView view;
    view.name = name_of(member.person);
    view.person = member.person;
    view.role = member.role;
    view.device = key;
    view.keeper = key == standing.keeper.signing;
    view.removed = member.removed;
    view.this_device = key == context_.profile.signing().public_key();
    members.push_back(std::move(view));
  }
  std::ranges::sort(members, {}, [](const MemberView& member) { return std::pair(member.name, member.device); });
  return members;
}

Result<void> Space::add_own_record(roster::Body body) {
  if (!is_keeper()) {
    return fail(ErrorCode::refused, "Only the keeper of this space can do that. Ask whoever founded it.");
  }
  roster::Record record;
  record.previous = store_->roster().tip();
  record.epoch = store_->roster().standing().epoch;
  record.body = std::move(body);
  const auto signed_record = roster::sign_record(id(), std::move(record), context_.profile.signing());
  Writing writing(*store_);
  const auto admission = writing.add_record(signed_record);
  CHECK(admission == roster::Admission::admitted);
  learn_keys(writing);
  writing.commit();
  return {};
}

Result<std::string> Space::invite(Role role, const std::string& for_whom) {
  const auto known = store().schema().roles.find(role);
  if (known == store_->schema().roles.end()) return fail(ErrorCode::invalid_argument, "There is no such role.");
  if (for_whom.size() > seal::kMaxLabelText) {
    return fail(ErrorCode::limit_exceeded, "Say in at most 512 bytes for whom the invitation is.");
  }
  const seal::SpaceKey* key = current_key();
  if (!is_keeper() || key == nullptr) {
    return fail(ErrorCode::refused, "Only the keeper of this space can invite. Ask whoever founded it.");
  }
  auto secret = seal::make_invitation_secret(context_.environment);
  roster::Invite invite;
  invite.invitation = seal::invitation_id(secret);
  invite.role = role;
  invite.box = seal::wrap_for_invitation(*key, secret, context_.environment);
  invite.label = seal::seal_label(*key, seal::LabelUse::invitation, for_whom, context_.environment);
  set(invitation_setting(invite.invitation), secret.span());
  if (auto done = add_own_record(std::move(invite)); !done) return tl::make_unexpected(done.error());
  seal::InvitationLink link;
  link.space = id();
  if (const auto address = hub()) {
    link.hub = address->key;
    link.addresses.push_back({address->host, address->port});
  }
  link.secret = std::move(secret);
  return seal::write_link(link);
}

Result<void> Space::void_invitation(const InvitationId& invitation) {
  if (store().roster().empty() || !store_->roster().standing().invitations.contains(invitation)) {
    return fail(ErrorCode::not_found, "That invitation is not open.");
  }
  return add_own_record(roster::VoidInvitation{invitation});
}

Result<std::vector<Ratification>> Space::ratify() {
  std::vector<Ratification> done;
  if (!is_keeper()) return done;
  std::map<InvitationId, std::vector<roster::Claim>> claims;
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::claim)) continue;
    if (const auto claim = roster::decode_claim(notice.bytes)) {
      claims[claim->claim.invitation].push_back(claim->claim);
    }
  }
  for (const auto& [invitation, claimants] : claims) {
    const auto& standing = store().roster().standing();
    if (!standing.invitations.contains(invitation)) continue;
    const auto bytes = store_->setting(invitation_setting(invitation));
    const auto secret = bytes ? seal::InvitationSecret::from(*bytes) : std::nullopt;
    const roster::Claim& claim = claimants.front();
    Ratification result;
    result.device = claim.device.signing;
    result.role = standing.invitations.at(invitation);
    result.name = "somebody";
    if (secret) {
      seal::KeyRing ring;
      ring.add(claim_label_key(*secret));
      result.name = seal::open_label(ring, seal::LabelUse::person, claim.label).value_or("somebody");
    }
    if (claimants.size() > 1) {
      result.why_not = "Two devices used one invitation. Void it, and invite again.";
    } else if (standing.member(claim.device.signing) != nullptr) {
      result.why_not = "This device is a member already.";
    } else if (const seal::SpaceKey* key = current_key(); key != nullptr) {
      roster::Grant grant;
      grant.device = claim.device;
      grant.person = claim.person;
      grant.invitation = invitation;
      grant.label = seal::seal_label(*key, seal::LabelUse::person, result.name, context_.environment);
      grant.boxes.push_back(seal::wrap_for_reader(*key, claim.device.transport, context_.environment));
      if (auto added = add_own_record(std::move(grant)); !added) return tl::make_unexpected(added.error());
      result.granted = true;
    }
    done.push_back(std::move(result));
  }
  return done;
}

Result<void> Space::erase(const log::RecordName& record) {
  return add_own_record(roster::Erase{record, {}});
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
