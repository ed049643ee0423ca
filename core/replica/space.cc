#include "core/replica/space.h"

#include "core/base/byte_codec.h"
#include "core/replica/hub_setting.h"
#include "core/roster/claim.h"
#include "core/seal/label.h"
#include "core/seal/recovery.h"

namespace plenary::replica {
Bytes number_bytes(std::uint64_t number) {
  ByteWriter writer;
  writer.varint(number);
  return std::move(writer).take();
}

Space::Space(SpaceContext& context, std::unique_ptr<store::SpaceStore> store)
    : context_(context), store_(std::move(store)) {
  learn_wrapped_keys();
  if (const auto secret = store_->setting("invited by")) {
    // Also what the invitation wraps, until the keeper's grant brings a box of its own.
    Writing writing(*store_);
    learn_keys(writing);
    writing.commit();
  }
}

store::SpaceStore& Space::store() {
  store_->settle();
  return *store_;
}

Result<std::unique_ptr<Space>> Space::found(SpaceContext& context, std::uint32_t kind, const std::string& name,
                                            Role role, std::string& recovery_code) {
  Environment& environment = context.environment;
  const auto key = seal::make_space_key(environment);
  const auto recovery = crypto::SigningKey::generate(environment);
  roster::Found found;
  found.kind = kind;
  found.keeper = context.profile.identity();
  environment.random(found.person.bytes);
  found.role = role;
  found.recovery = recovery.public_key();
  found.label = seal::seal_label(key, seal::LabelUse::person, context.profile.person(), environment);
  found.name = seal::seal_label(key, seal::LabelUse::space, name, environment);
  const TransportKey reader = found.keeper.transport;
  found.key = seal::wrap_key(key, nullptr, {&reader, 1}, environment);
  environment.random(found.nonce);
  found.schema = context.schema.schema.name;
  const auto record = roster::sign_record({}, roster::Record{.body = found}, context.profile.signing());

  auto store = store::SpaceStore::create(context.profile.space_path(record.space()), record.space(), context.schema,
                                         &context.profile.seal());
  if (!store) return tl::make_unexpected(store.error());
  std::unique_ptr<Space> space(new Space(context, *std::move(store)));
  Writing writing(*space->store_);
  const auto admission = writing.add_record(record);
  CHECK(admission == roster::Admission::admitted);
  space->learn_keys(writing);
  space->mark_roster(writing);
  writing.commit();
  recovery_code = seal::print_code(recovery.seed());
  return space;
}

Result<std::unique_ptr<Space>> Space::join(SpaceContext& context, const seal::InvitationLink& link) {
  const auto path = context.profile.space_path(link.space);
  auto store = store::SpaceStore::create(path, link.space, context.schema, &context.profile.seal());
  if (!store && store.error().code == ErrorCode::conflict) {
    return fail(ErrorCode::conflict, "This profile has joined that space already.");
  }
  if (!store) return tl::make_unexpected(store.error());
  std::unique_ptr<Space> space(new Space(context, *std::move(store)));
  roster::Claim claim;
  claim.space = link.space;
  claim.invitation = seal::invitation_id(link.secret);
  claim.device = context.profile.identity();
  context.environment.random(claim.person.bytes);
  claim.label = seal::seal_label(claim_label_key(link.secret), seal::LabelUse::person, context.profile.person(),
                                 context.environment);
  const auto signed_claim = roster::sign_claim(claim, seal::invitation_key(link.secret), context.profile.signing());
  Writing writing(*space->store_);
  writing.set("invited by", link.secret.span());
  writing.set("claim", roster::encode_claim(signed_claim));
  if (!link.addresses.empty()) {
    writing.set("hub", encode_hub({link.addresses.front().host, link.addresses.front().port, link.hub}));
  }
  writing.commit();
  return space;
}

Result<std::unique_ptr<Space>> Space::open(SpaceContext& context, const std::filesystem::path& path) {
  auto store = store::SpaceStore::open(path, context.schema, &context.profile.seal());
  if (!store) return tl::make_unexpected(store.error());
  if ((*store)->roster().empty() && !(*store)->setting("claim"))
    return fail(ErrorCode::not_found, path.string() + " was never completed: neither founded nor joined.");
  return std::unique_ptr<Space>(new Space(context, *std::move(store)));
}

Result<log::RecordName> Space::find_reference(const std::string& id_text) {
  auto here = store().find(id_text);
  if (here || here.error().code != ErrorCode::not_found) return here;
  auto elsewhere = context_.find_elsewhere(id_text, id());
  return elsewhere ? elsewhere : here;
}

std::optional<std::int64_t> Space::number_setting(std::string_view name) {
  const auto bytes = store().setting(name);
  if (!bytes) return std::nullopt;
  ByteReader reader(*bytes);
  const auto number = static_cast<std::int64_t>(reader.varint());
  return reader.finished() ? std::optional(number) : std::nullopt;
}

void Space::set(std::string_view name, ByteSpan value) {
  Writing writing(store());
  writing.set(name, value);
  writing.commit();
}

}  // namespace plenary::replica
