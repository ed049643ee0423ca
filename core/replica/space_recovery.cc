// Recovery: any member's device becomes the keeper, with the printed code or with a second deputy.
#include "core/replica/space.h"
#include "core/seal/recovery.h"

namespace plenary::replica {
namespace {

const roster::KeyBox* box_for(const roster::Standing& standing, const TransportKey& reader) {
  if (!standing.deputies) return nullptr;
  for (const roster::KeyBox& box : *standing.deputies) {
    if (box.reader == reader) return &box;
  }
  return nullptr;
}

tl::unexpected<Error> not_here() {
  return fail(ErrorCode::not_delivered, "The people of this space are not here yet. Synchronise, or take in a file.");
}

}  // namespace

// The secret key that may open the next epoch here: what was typed, or what was typed joined with this deputy's part.
Result<crypto::SigningKey> Space::recovery_key(const std::string& code) {
  if (store().roster().empty()) return not_here();
  const auto& standing = store_->roster().standing();
  const auto typed = seal::read_code(code);
  if (!typed) return tl::make_unexpected(typed.error());
  auto key = crypto::SigningKey::from_seed(*typed);
  if (key.public_key() == standing.recovery) return key;
  const auto* box = box_for(standing, context_.profile.transport().public_key());
  if (box == nullptr) {
    return fail(ErrorCode::refused,
                "This is not the recovery code of this space. It is the one printed when the space was founded, or "
                "after the last recovery: an earlier one is worth nothing. Compare it digit by digit.");
  }
  const auto part = seal::unwrap_part(id(), standing.recovery, *box, context_.profile.transport());
  if (!part) return tl::make_unexpected(part.error());
  auto together = crypto::SigningKey::from_seed(seal::join(*part, *typed));
  if (together.public_key() == standing.recovery) return together;
  return fail(
      ErrorCode::refused,
      "This is neither the recovery code of this space nor the part of the other deputy. The other deputy reads "
      "the part out with: plenary deputies part");
}

Result<std::string> Space::recover(const std::string& code) {
  const auto key = recovery_key(code);
  if (!key) return tl::make_unexpected(key.error());
  const auto& standing = store_->roster().standing();
  const auto* self = standing.member(context_.profile.signing().public_key());
  if (self == nullptr || self->removed) {
    return fail(ErrorCode::refused,
                "Only a member's device can recover the space. Join it first, or use a colleague's.");
  }
  if (const auto may = may_decide(); !may) return tl::make_unexpected(may.error());
  const auto next = crypto::SigningKey::generate(context_.environment);
  add_record(roster::Recover{self->device, next.public_key(), std::nullopt}, standing.epoch + 1, *key);
  return seal::print_code(next.seed());
}

Result<void> Space::name_deputies(const std::string& code, const DeviceKey& one, const DeviceKey& other) {
  if (!is_keeper()) return add_own_record(roster::Deputies{});  // refuses
  const auto& standing = store_->roster().standing();
  const auto first = member_here(one), second = member_here(other);
  if (!first) return tl::make_unexpected(first.error());
  if (!second) return tl::make_unexpected(second.error());
  const DeviceKey& keeper = standing.keeper.signing;
  if ((*first)->person == (*second)->person || one == keeper || other == keeper) {
    return fail(ErrorCode::invalid_argument, "Deputies are two people, and neither is the keeper.");
  }
  const auto key = recovery_key(code);
  if (!key) return tl::make_unexpected(key.error());
  const auto parts = seal::split(key->seed(), context_.environment);
  const DeviceKey& recovery = standing.recovery;
  auto box = seal::wrap_part(id(), recovery, parts.one, (*first)->device.transport, context_.environment);
  auto other_box = seal::wrap_part(id(), recovery, parts.other, (*second)->device.transport, context_.environment);
  if (!box) return tl::make_unexpected(box.error());
  if (!other_box) return tl::make_unexpected(other_box.error());
  return add_own_record(roster::Deputies{{*std::move(box), *std::move(other_box)}});
}

Result<std::string> Space::deputy_part() {
  if (store().roster().empty()) return not_here();
  const auto& standing = store_->roster().standing();
  const auto* box = box_for(standing, context_.profile.transport().public_key());
  if (box == nullptr) {
    return fail(ErrorCode::not_found, "You are no deputy of this space. The keeper names two: plenary deputies name");
  }
  const auto part = seal::unwrap_part(id(), standing.recovery, *box, context_.profile.transport());
  if (!part) return tl::make_unexpected(part.error());
  return seal::print_code(*part);
}

}  // namespace plenary::replica
