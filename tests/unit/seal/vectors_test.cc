// The published vectors of roster and seal: tests/vectors/seal/formats.json, described in the README beside it.
#include "core/log/content.h"
#include "core/seal/container.h"
#include "core/seal/invitation.h"
#include "core/seal/label.h"
#include "core/seal/segment_seal.h"
#include "core/seal/status_seal.h"
#include "tests/unit/log/samples.h"
#include "tests/unit/log/vector_file.h"

namespace plenary::seal {
namespace {

using Json = nlohmann::ordered_json;

const char* const kFile = "seal/formats.json";

Bytes bytes_of(const Json& hex) {
  return *from_hex(hex.get<std::string>());
}
std::string hex(ByteSpan bytes) {
  return to_hex(bytes);
}

struct Keys {
  log::SeededEnvironment environment{2027};
  SpaceKey first = make_space_key(environment);
  SpaceKey second = make_space_key(environment);
  crypto::AgreementKey reader = crypto::AgreementKey::generate(environment);
  crypto::SigningKey keeper = crypto::SigningKey::generate(environment);
  crypto::SigningKey joiner = crypto::SigningKey::generate(environment);
  InvitationSecret secret = make_invitation_secret(environment);
};

Json record_of(const roster::VerifiedRecord& record) {
  return {{"bytes", hex(record.signed_record().bytes)},
          {"signature", record.signed_record().signature.hex()},
          {"hash", record.record().hash.hex()}};
}

roster::Found founding_by(Keys& keys) {
  roster::Found found;
  found.kind = 2;
  found.keeper = {keys.keeper.public_key(), keys.reader.public_key()};
  found.person = log::random_id<PersonId>(keys.environment);
  found.role = 1;
  found.recovery = log::random_id<DeviceKey>(keys.environment);
  found.label = seal_label(keys.first, LabelUse::person, "Lead reviewer", keys.environment);
  found.name = seal_label(keys.first, LabelUse::space, "Ysgol y Bryn", keys.environment);
  const TransportKey readers[] = {keys.reader.public_key()};
  found.key = wrap_key(keys.first, nullptr, readers, keys.environment);
  keys.environment.random(found.nonce);
  found.schema = "review";
  return found;
}

Json make_vectors() {
  Keys keys;
  Json made;
  made["space_keys"] = {hex(keys.first.span()), hex(keys.second.span())};
  made["key_ids"] = {key_id(keys.first).hex(), key_id(keys.second).hex()};
  for (const char* purpose : {"segment", "label", "status", "container", "previous key"}) {
    made["purpose_keys_of_first"][purpose] = hex(purpose_key(keys.first, purpose).span());
  }
  made["reader_secret"] = hex(keys.reader.secret().span());
  made["keeper_seed"] = hex(keys.keeper.seed().span());
  made["joiner_seed"] = hex(keys.joiner.seed().span());
  const auto founded = roster::sign_record({}, {{}, {}, 0, {}, founding_by(keys)}, keys.keeper);
  made["space"] = founded.space().hex();
  made["founding"] = record_of(founded);
  made["second_wraps_first"] = hex(wrap_under(keys.second, keys.first, keys.environment));

  made["invitation"]["secret"] = hex(keys.secret.span());
  made["invitation"]["id"] = invitation_id(keys.secret).hex();
  const Bytes box = wrap_for_invitation(keys.first, keys.secret, keys.environment);
  const auto invite = roster::sign_record(
      founded.space(), {{}, founded.record().hash, 0, {}, roster::Invite{invitation_id(keys.secret), 4, box, {}}},
      keys.keeper);
  made["invitation"]["record"] = record_of(invite);
  made["invitation"]["link"] =
      write_link({founded.space(), keys.reader.public_key(), {{"hub.example", 4040}}, keys.secret.duplicate()});
  const roster::Claim claim{founded.space(),
                            invitation_id(keys.secret),
                            {keys.joiner.public_key(), keys.reader.public_key()},
                            log::random_id<PersonId>(keys.environment),
                            seal_label(keys.first, LabelUse::person, "Bethan", keys.environment)};
  made["claim"] = hex(roster::encode_claim(roster::sign_claim(claim, invitation_key(keys.secret), keys.joiner)));

  StatusContent status;
  status.time_ms = 1'790'000'000'000;
  status.roster = invite.record().hash;
  status.unsent_changes = 3;
  status.program = "vectors";
  made["status"] =
      hex(roster::encode_status(seal_status(keys.first, founded.space(), keys.keeper, 1, status, keys.environment)));
  DayEnd day{founded.space(), {founded.signed_record(), invite.signed_record()}, {}, {}, {}, {}};
  made["day_end_file"] = hex(write_day_end(keys.first, day, keys.environment));
  return made;
}

// What zstd makes of the same bytes differs between its versions: published segments are opened, not made again.
Json make_segment() {
  Keys keys;
  log::Author author(keys.environment);
  for (int i = 0; i < 3; ++i) author.note("Pupils explained their reasoning, more than once, and explained it again.");
  const auto segment = seal_segment(keys.first, author.envelope(1, 3), author.pack(1, 3), keys.environment);
  return {{"bytes", hex(log::encode_segment(segment))}, {"content", hex(author.pack(1, 3))}};
}

TEST(SealVectorTest, EveryByteIsAsPublished) {
  Json made = make_vectors();
  made["segment"] = updates_vectors() ? make_segment() : read_vectors(kFile)["segment"];
  expect_vectors(kFile, made);
}

TEST(SealVectorTest, PublishedThingsOpen) {
  const Json vectors = read_vectors(kFile);
  Keys keys;
  KeyRing ring;
  ring.add(keys.first.duplicate());

  const auto segment = log::decode_segment(bytes_of(vectors["segment"]["bytes"]));
  ASSERT_TRUE(segment);
  EXPECT_EQ(*open_segment(ring, segment->envelope, segment->sealed), bytes_of(vectors["segment"]["content"]));
  const auto founded = roster::verify_founding(
      {bytes_of(vectors["founding"]["bytes"]), *Signature::from(bytes_of(vectors["founding"]["signature"]))});
  ASSERT_TRUE(founded) << founded.error().message;
  const auto& body = std::get<roster::Found>(founded->record().body);
  EXPECT_EQ(*open_label(ring, LabelUse::space, body.name), "Ysgol y Bryn");
  EXPECT_EQ(*unwrap(body.key.key, body.key.boxes[0], keys.reader), keys.first);
  const auto claim = roster::decode_claim(bytes_of(vectors["claim"]));
  EXPECT_TRUE(claim && roster::verify_claim(*claim));
  EXPECT_EQ(open_status(ring, *roster::decode_status(bytes_of(vectors["status"])))->unsent_changes, 3u);
  const KeyRing* rings[] = {&ring};
  EXPECT_EQ(std::get<DayEnd>(*read_container(rings, bytes_of(vectors["day_end_file"]))).roster.size(), 2u);
  EXPECT_EQ(read_link(vectors["invitation"]["link"].get<std::string>())->addresses[0].host, "hub.example");
}

}  // namespace
}  // namespace plenary::seal
