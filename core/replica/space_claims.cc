// Invitations, and the claims of those who hold one.
#include <algorithm>

#include "core/replica/hub_setting.h"
#include "core/replica/space.h"
#include "core/seal/label.h"
#include "core/sync/space_log.h"

namespace plenary::replica {
namespace {

std::string secret_setting(const InvitationId& invitation) {
  return "invitation " + invitation.hex();
}
// Set for an invitation of somebody who is or was here.
std::string person_setting(const InvitationId& invitation) {
  return "invitation person " + invitation.hex();
}

std::optional<seal::InvitationSecret> secret_of(store::SpaceStore& store, const InvitationId& invitation) {
  const auto bytes = store.setting(secret_setting(invitation));
  return bytes ? seal::InvitationSecret::from(*bytes) : std::nullopt;
}

std::optional<PersonId> person_of(store::SpaceStore& store, const InvitationId& invitation) {
  const auto bytes = store.setting(person_setting(invitation));
  return bytes ? PersonId::from(*bytes) : std::nullopt;
}

std::string link_to(Space& space, seal::InvitationSecret secret) {
  seal::InvitationLink link;
  link.space = space.id();
  if (const auto address = space.hub()) {
    link.hub = address->key;
    link.addresses.push_back({address->host, address->port});
  }
  link.secret = std::move(secret);
  return seal::write_link(link);
}

// The sealed note for whom an open invitation is.
const Bytes* note_of(const roster::Roster& roster, const InvitationId& invitation) {
  for (const roster::Record* record : roster.chain(roster.tip())) {
    const auto* invite = std::get_if<roster::Invite>(&record->body);
    if (invite != nullptr && invite->invitation == invitation) return &invite->label;
  }
  return nullptr;
}

}  // namespace

Result<std::string> Space::invite(Role role, const std::string& for_whom, const PersonId* same_person) {
  const auto known = store().schema().roles.find(role);
  if (known == store_->schema().roles.end()) return fail(ErrorCode::invalid_argument, "There is no such role.");
  if (auto fits = seal::check_label(for_whom, "For whom the invitation is"); !fits) {
    return tl::make_unexpected(fits.error());
  }
  const seal::SpaceKey* key = current_key();
  if (!is_keeper() || key == nullptr) {
    return fail(ErrorCode::refused, "Only the keeper of this space can invite. Ask whoever keeps it.");
  }
  if (const auto may = may_decide(); !may) return tl::make_unexpected(may.error());
  auto secret = seal::make_invitation_secret(context_.environment);
  roster::Invite invite;
  invite.invitation = seal::invitation_id(secret);
  invite.role = role;
  invite.box = seal::wrap_for_invitation(*key, secret, context_.environment);
  invite.label = seal::seal_label(*key, seal::LabelUse::invitation, for_whom, context_.environment);
  set(secret_setting(invite.invitation), secret.span());
  if (same_person != nullptr) set(person_setting(invite.invitation), same_person->span());
  if (auto done = add_own_record(std::move(invite)); !done) return tl::make_unexpected(done.error());
  return link_to(*this, std::move(secret));
}

Result<void> Space::void_invitation(const InvitationId& invitation) {
  if (store().roster().empty() || !store_->roster().standing().invitations.contains(invitation)) {
    return fail(ErrorCode::not_found, "That invitation is not open.");
  }
  return add_own_record(roster::VoidInvitation{invitation});
}

std::map<InvitationId, std::vector<roster::Claim>> Space::open_claims() {
  std::map<InvitationId, std::vector<roster::Claim>> claims;
  if (store().roster().empty()) return claims;
  const auto& open = store_->roster().standing().invitations;
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::claim)) continue;
    const auto claim = roster::decode_claim(notice.bytes);
    if (claim && open.contains(claim->claim.invitation)) claims[claim->claim.invitation].push_back(claim->claim);
  }
  return claims;
}

// The name that a claim says; where another keeper made the invitation, for whom that keeper meant it.
std::string Space::name_in(const roster::Claim& claim) {
  if (const auto secret = secret_of(*store_, claim.invitation)) {
    seal::KeyRing ring;
    ring.add(claim_label_key(*secret));
    return seal::open_label(ring, seal::LabelUse::person, claim.label).value_or("");
  }
  const Bytes* note = note_of(store_->roster(), claim.invitation);
  return note == nullptr ? "" : seal::open_label(keys_, seal::LabelUse::invitation, *note).value_or("");
}

// Why a claim is not granted by itself; empty when nothing is odd.
std::string Space::oddness(const roster::Claim& claim, const std::string& name, std::size_t claims) {
  const auto& standing = store_->roster().standing();
  if (const auto* member = standing.member(claim.device.signing)) {
    return member->removed ? "This device was removed. It is never let in again: its person needs a new profile."
                           : "This device is a member already.";
  }
  if (standing.member(claim.device.transport) != nullptr) return "It shows the transport key of another member.";
  if (claims > 1) return "Two devices used one invitation: somebody else has seen the link.";
  if (name.empty()) return "It does not say a name.";
  const auto same = person_of(*store_, claim.invitation);
  for (const auto& [key, member] : standing.people) {
    // Where the invitation is for somebody, the claim has no say in who it is.
    if (!same && member.person == claim.person) return "It says that it belongs to a person who is a member already.";
    if (member.person != same && name_of(member.person) == name) return "A member of this space has that name already.";
  }
  return "";
}

std::vector<InvitationView> Space::invitations() {
  std::vector<InvitationView> views;
  if (store().roster().empty()) return views;
  const auto claims = open_claims();
  for (const auto& [invitation, role] : store_->roster().standing().invitations) {
    InvitationView view;
    view.invitation = invitation;
    view.role = role;
    if (const Bytes* note = note_of(store_->roster(), invitation)) {
      view.for_whom = seal::open_label(keys_, seal::LabelUse::invitation, *note).value_or("");
    }
    if (auto secret = secret_of(*store_, invitation)) view.link = link_to(*this, *std::move(secret));
    view.same_person = person_of(*store_, invitation);
    if (const auto found = claims.find(invitation); found != claims.end()) {
      for (const roster::Claim& claim : found->second) {
        const std::string name = name_in(claim);
        view.claims.push_back({claim.device.signing, name, oddness(claim, name, found->second.size())});
      }
      std::ranges::sort(view.claims, {}, [](const ClaimView& one) { return std::pair(one.name, one.device); });
    }
    views.push_back(std::move(view));
  }
  std::ranges::sort(views, {}, [](const InvitationView& view) { return std::pair(view.for_whom, view.invitation); });
  return views;
}

Result<void> Space::grant(const roster::Claim& claim, const std::string& name) {
  const seal::SpaceKey* key = current_key();
  if (key == nullptr) return fail(ErrorCode::not_delivered, "The key of this space is not here. Synchronise first.");
  roster::Grant grant;
  grant.device = claim.device;
  grant.person = person_of(*store_, claim.invitation).value_or(claim.person);
  grant.invitation = claim.invitation;
  grant.label = seal::seal_label(*key, seal::LabelUse::person, name.empty() ? "somebody" : name, context_.environment);
  grant.boxes.push_back(seal::wrap_for_reader(*key, claim.device.transport, context_.environment));
  return add_own_record(std::move(grant));
}

Result<std::vector<Ratification>> Space::ratify() {
  std::vector<Ratification> done;
  if (!is_keeper()) return done;
  for (const auto& [invitation, claimants] : open_claims()) {
    const roster::Claim& claim = claimants.front();
    Ratification result;
    result.device = claim.device.signing;
    result.role = store_->roster().standing().invitations.at(invitation);
    result.name = name_in(claim);
    result.why_not = oddness(claim, result.name, claimants.size());
    // Waits for the exchange that shows the roster: the claim may be granted already.
    if (const auto may = may_decide(); !may && result.why_not.empty()) result.why_not = may.error().message;
    if (result.why_not.empty()) {
      if (auto granted = grant(claim, result.name); !granted) return tl::make_unexpected(granted.error());
      result.granted = true;
    }
    done.push_back(std::move(result));
  }
  return done;
}

Result<void> Space::admit(const DeviceKey& device) {
  for (const auto& [invitation, claimants] : open_claims()) {
    const auto claim = std::ranges::find(claimants, device, [](const roster::Claim& c) { return c.device.signing; });
    if (claim == claimants.end()) continue;
    if (store_->roster().standing().member(device) != nullptr) {
      return fail(ErrorCode::refused, oddness(*claim, "", claimants.size()));
    }
    return grant(*claim, name_in(*claim));
  }
  return fail(ErrorCode::not_found, "No open invitation was used by that device. See: plenary invitations");
}

}  // namespace plenary::replica
