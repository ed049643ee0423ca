// What the keeper of a space decides about its people. Each act is one signed record of the roster.
#include <algorithm>

#include "core/replica/space.h"
#include "core/seal/label.h"

namespace plenary::replica {

void Space::add_record(roster::Body body, std::uint32_t epoch, const crypto::SigningKey& signer) {
  roster::Record record;
  record.previous = store().roster().tip();
  record.epoch = epoch;
  record.body = std::move(body);
  const auto signed_record = roster::sign_record(id(), record, signer);
  Writing writing(*store_);
  const auto admission = writing.add_record(signed_record);
  CHECK(admission == roster::Admission::admitted);
  learn_keys(writing);
  mark_roster(writing);
  writing.commit();
}

Result<void> Space::add_own_record(roster::Body body) {
  if (!is_keeper()) {
    return fail(ErrorCode::refused, "Only the keeper of this space can do that. Ask whoever keeps it.");
  }
  if (const auto may = may_decide(); !may) return may;
  const std::uint32_t epoch = store_->roster().standing().epoch;
  const bool is_opening = std::holds_alternative<roster::HandOver>(body);
  add_record(std::move(body), is_opening ? epoch + 1 : epoch, context_.profile.signing());
  return {};
}

Result<const roster::Member*> Space::member_here(const DeviceKey& device) {
  const auto* member = store().roster().empty() ? nullptr : store_->roster().standing().member(device);
  if (member == nullptr) return fail(ErrorCode::not_found, "That device is not a member of this space.");
  if (member->removed) {
    return fail(ErrorCode::conflict, name_of(member->person) +
                                         " was removed with that device, for ever. To bring the person back, invite "
                                         "them anew; to let work of theirs count, readmit it.");
  }
  return member;
}

KeepingView Space::keeping() {
  KeepingView view;
  const auto& roster = store().roster();
  if (roster.empty()) return view;
  const auto& standing = roster.standing();
  view.device = standing.keeper.signing;
  if (const auto* keeper = standing.member(view.device)) view.keeper = name_of(keeper->person);
  view.this_device = is_keeper();
  view.epoch = standing.epoch;
  for (const roster::Record* record : roster.chain(roster.tip())) {
    if (std::holds_alternative<roster::HandOver>(record->body)) view.since = KeepingView::Since::hand_over;
    if (std::holds_alternative<roster::Recover>(record->body)) view.since = KeepingView::Since::recovery;
  }
  if (standing.deputies) {
    for (const roster::KeyBox& box : *standing.deputies) {
      const auto* member = standing.member(box.reader);
      if (member == nullptr) continue;
      view.deputies.push_back({name_of(member->person), member->device.signing,
                               box.reader == context_.profile.transport().public_key(), member->removed});
    }
  }
  view.expires_ms = standing.expires_ms;
  view.keys = standing.keys.size();
  return view;
}

// The key, wrapped for everybody who stays.
roster::WrappedKey Space::next_key(const seal::SpaceKey& key, const DeviceKey* without) {
  const auto& standing = store_->roster().standing();
  std::vector<TransportKey> readers;
  for (const auto& [device, member] : standing.people) {
    if (!member.removed && (without == nullptr || device != *without)) readers.push_back(member.device.transport);
  }
  return seal::wrap_key(key, current_key(), readers, context_.environment);
}

Result<Removal> Space::remove(const DeviceKey& device, const std::string& reason) {
  if (auto fits = seal::check_label(reason, "The reason"); !fits) return tl::make_unexpected(fits.error());
  if (is_keeper() && device == context_.profile.signing().public_key()) {
    return fail(ErrorCode::refused,
                "The keeper cannot be removed. Hand the space over first: whoever keeps it then can.");
  }
  auto cut = this->cut(device);
  if (!cut) return tl::make_unexpected(cut.error());
  Removal removal{*std::move(cut), invitations()};
  const seal::SpaceKey key = seal::make_space_key(context_.environment);
  roster::Remove record;
  record.key = device;
  record.cuts = cuts_of(device);
  record.rotation = next_key(key, &device);
  if (!reason.empty()) {
    record.label = seal::seal_label(key, seal::LabelUse::removal, reason, context_.environment);
  }
  if (auto done = add_own_record(std::move(record)); !done) return tl::make_unexpected(done.error());
  return removal;
}

Result<void> Space::change_role(const DeviceKey& device, Role role) {
  if (!store().schema().roles.contains(role)) return fail(ErrorCode::invalid_argument, "There is no such role.");
  const auto member = member_here(device);
  if (!member) return tl::make_unexpected(member.error());
  if ((*member)->role == role) {
    return fail(ErrorCode::conflict, name_of((*member)->person) + " has that role already.");
  }
  return add_own_record(roster::ChangeRole{device, role, cuts_of(device)});
}

Result<void> Space::rotate() {
  if (!is_keeper()) return add_own_record(roster::Rotate{});  // refuses
  const seal::SpaceKey key = seal::make_space_key(context_.environment);
  return add_own_record(roster::Rotate{next_key(key, nullptr)});
}

Result<void> Space::expire(std::int64_t not_before_ms) {
  if (not_before_ms < 0) return fail(ErrorCode::invalid_argument, "A space cannot expire before 1970.");
  return add_own_record(roster::Expire{not_before_ms});
}

Result<void> Space::hand_over(const DeviceKey& device) {
  const auto member = member_here(device);
  if (!member) return tl::make_unexpected(member.error());
  if (device == store_->roster().standing().keeper.signing) {
    return fail(ErrorCode::conflict, name_of((*member)->person) + " keeps this space already.");
  }
  return add_own_record(roster::HandOver{(*member)->device, std::nullopt});
}

}  // namespace plenary::replica
