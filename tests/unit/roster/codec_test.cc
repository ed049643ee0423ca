#include "core/roster/codec.h"

#include <gtest/gtest.h>

#include "core/roster/claim.h"
#include "core/roster/status.h"
#include "log.pb.h"
#include "tests/unit/log/mutation.h"

namespace plenary::roster {
namespace {

using log::random_id;
using log::SeededEnvironment;

class RosterCodecTest : public testing::Test {
 protected:
  Bytes some_bytes(std::size_t size) {
    Bytes bytes(size);
    environment_.random(bytes);
    return bytes;
  }
  DeviceIdentity device() { return {random_id<DeviceKey>(environment_), random_id<TransportKey>(environment_)}; }
  WrappedKey wrapped() {
    return {random_id<KeyId>(environment_),
            some_bytes(72),
            {{random_id<TransportKey>(environment_), some_bytes(112)}, {random_id<TransportKey>(environment_), {}}}};
  }
  Found founding() {
    Found found;
    found.kind = 2;
    found.keeper = {keeper_.public_key(), random_id<TransportKey>(environment_)};
    found.person = random_id<PersonId>(environment_);
    found.role = 3;
    found.recovery = random_id<DeviceKey>(environment_);
    found.label = some_bytes(80);
    found.name = some_bytes(80);
    found.key = wrapped();
    environment_.random(found.nonce);
    found.schema = "review";
    return found;
  }
  Cuts cuts() {
    return {{random_id<LogId>(environment_), {12, random_id<ChainValue>(environment_)}},
            {random_id<LogId>(environment_), {0, {}}}};
  }
  log::Head head() { return {random_id<LogId>(environment_), 9, random_id<ChainValue>(environment_)}; }

  std::vector<Body> every_body() {
    const log::RecordName by_write{70, log::WriteName{{random_id<LogId>(environment_), 4, 99}, 2}};
    const log::RecordName by_tag{70, random_id<OriginTag>(environment_)};
    return {
        Grant{device(), random_id<PersonId>(environment_), 4, random_id<InvitationId>(environment_), some_bytes(80),
              wrapped().boxes},
        Grant{device(), random_id<PersonId>(environment_), 4, std::nullopt, {}, {}},
        Invite{random_id<InvitationId>(environment_), 5, some_bytes(72), some_bytes(80)},
        VoidInvitation{random_id<InvitationId>(environment_)},
        ChangeRole{random_id<DeviceKey>(environment_), 2, cuts()},
        Remove{random_id<DeviceKey>(environment_), cuts(), wrapped()},
        Remove{random_id<DeviceKey>(environment_), {}, std::nullopt, some_bytes(80)},
        Readmit{random_id<LogId>(environment_), 3, 9, random_id<ChainValue>(environment_), 1},
        Branch{random_id<LogId>(environment_), 3, random_id<ChainValue>(environment_)},
        Lost{random_id<LogId>(environment_), 0, {}},
        Erase{by_write, {head(), head()}},
        Erase{by_tag, {}},
        Decline{random_id<RosterHash>(environment_)},
        Decline{std::pair{head(), 3u}},
        Rotate{wrapped()},
        Expire{1'790'000'000'000},
        HandOver{device(), wrapped()},
        Recover{device(), random_id<DeviceKey>(environment_), std::nullopt},
        Deputies{{wrapped().boxes.front(), wrapped().boxes.front()}},
    };
  }
  Record record(Body body) {
    Record record;
    record.previous = founded_.record().hash;
    record.body = std::move(body);
    return record;
  }

  SeededEnvironment environment_{41};
  crypto::SigningKey keeper_ = crypto::SigningKey::generate(environment_);
  VerifiedRecord founded_ = sign_record({}, {{}, {}, 0, {}, founding()}, keeper_);
};

TEST_F(RosterCodecTest, AFoundingRecordNamesItsSpace) {
  const auto verified = verify_founding(founded_.signed_record());

  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->record(), founded_.record());
  EXPECT_EQ(verified->space(), space_of_founding(founded_.signed_record().bytes));
  EXPECT_TRUE(verify_record(founded_.space(), founded_.signed_record()));
  EXPECT_EQ(verify_record(random_id<SpaceId>(environment_), founded_.signed_record()).error().code, ErrorCode::refused);
}

TEST_F(RosterCodecTest, EveryBodyComesBackAsItWas) {
  for (const Body& body : every_body()) {
    const VerifiedRecord signed_record = sign_record(founded_.space(), record(body), keeper_);

    const auto decoded = decode_signed_record(encode_signed_record(signed_record.signed_record()));
    ASSERT_TRUE(decoded);
    const auto verified = verify_record(founded_.space(), *decoded);

    ASSERT_TRUE(verified) << verified.error().message << ", body " << body.index();
    EXPECT_EQ(verified->record().body, body);
    EXPECT_EQ(verified->record(), signed_record.record());
    EXPECT_EQ(verified->record().signer, keeper_.public_key());
  }
}

TEST_F(RosterCodecTest, OnlyTheNamedSignersSignatureCounts) {
  SignedRecord forged = sign_record(founded_.space(), record(Expire{5}), keeper_).signed_record();
  forged.signature =
      crypto::SigningKey::generate(environment_).sign({"plenary roster signature", 1, founded_.space()}, forged.bytes);

  EXPECT_EQ(verify_record(founded_.space(), forged).error().code, ErrorCode::refused);
  EXPECT_TRUE(trust_stored_record(founded_.space(), forged)) << "what this device stored was verified before";
}

TEST_F(RosterCodecTest, ARecordOfOneSpaceIsNotOneOfAnother) {
  const VerifiedRecord here = sign_record(founded_.space(), record(Expire{5}), keeper_);
  const SpaceId elsewhere = random_id<SpaceId>(environment_);

  EXPECT_EQ(verify_record(elsewhere, here.signed_record()).error().code, ErrorCode::refused);
  EXPECT_EQ(verify_founding(here.signed_record()).error().code, ErrorCode::refused);
}

TEST_F(RosterCodecTest, ABodyOfANewerKindIsKeptWithItsBytes) {
  wire::RosterRecord message;
  message.ParseFromString(
      std::string(as_text(sign_record(founded_.space(), record(Expire{5}), keeper_).signed_record().bytes)));
  message.clear_expire();
  message.set_kind(4711);
  SignedRecord newer{to_bytes(message.SerializeAsString() + "\xfa\x7f\x05newer"), {}};
  newer.signature = keeper_.sign({"plenary roster signature", 1, founded_.space()}, newer.bytes);

  const auto verified = verify_record(founded_.space(), newer);

  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(std::get<UnknownBody>(verified->record().body).kind, 4711u);
  EXPECT_EQ(verified->signed_record(), newer);
}

TEST_F(RosterCodecTest, AKindThatIsNotTheBodysIsMalformed) {
  wire::RosterRecord message;
  message.ParseFromString(
      std::string(as_text(sign_record(founded_.space(), record(Expire{5}), keeper_).signed_record().bytes)));
  message.set_kind(4711);
  SignedRecord record{to_bytes(message.SerializeAsString()), {}};
  record.signature = keeper_.sign({"plenary roster signature", 1, founded_.space()}, record.bytes);

  EXPECT_EQ(verify_record(founded_.space(), record).error().code, ErrorCode::malformed);
}

TEST_F(RosterCodecTest, DamagedRecordsAreErrors) {
  for (const Body& body : every_body()) {
    const SignedRecord whole = sign_record(founded_.space(), record(body), keeper_).signed_record();
    for (int i = 0; i < 400; ++i) {
      const SignedRecord broken{damaged(whole.bytes, environment_), whole.signature};
      if (broken.bytes == whole.bytes) continue;
      (void)trust_stored_record(founded_.space(), broken);
      if (i % 40 == 0) {
        EXPECT_FALSE(verify_record(founded_.space(), broken));
      }
    }
  }
}

class ClaimTest : public RosterCodecTest {
 protected:
  ClaimTest() {
    claim_ = {founded_.space(),
              InvitationId{invitation_.public_key().bytes},
              {device_.public_key(), random_id<TransportKey>(environment_)},
              random_id<PersonId>(environment_),
              some_bytes(80)};
  }
  crypto::SigningKey invitation_ = crypto::SigningKey::generate(environment_);
  crypto::SigningKey device_ = crypto::SigningKey::generate(environment_);
  Claim claim_;
};

TEST_F(ClaimTest, ShowsTheInvitationAndTheDevice) {
  const SignedClaim claim = sign_claim(claim_, invitation_, device_);

  EXPECT_TRUE(verify_claim(claim));
  EXPECT_EQ(*decode_claim(encode_claim(claim)), claim);
  EXPECT_EQ(hash_claim(claim), hash_claim(*decode_claim(encode_claim(claim))));
}

TEST_F(ClaimTest, NeedsBothSecrets) {
  const auto thief = crypto::SigningKey::generate(environment_);
  EXPECT_EQ(verify_claim(sign_claim(claim_, thief, device_)).error().code, ErrorCode::refused);
  EXPECT_EQ(verify_claim(sign_claim(claim_, invitation_, thief)).error().code, ErrorCode::refused);
  SignedClaim other_space = sign_claim(claim_, invitation_, device_);
  other_space.claim.space = random_id<SpaceId>(environment_);
  EXPECT_EQ(verify_claim(other_space).error().code, ErrorCode::refused);
}

TEST_F(ClaimTest, DamagedClaimsAreErrors) {
  const SignedClaim claim = sign_claim(claim_, invitation_, device_);
  for (int i = 0; i < 2'000; ++i) {
    const Bytes bytes = damaged(encode_claim(claim), environment_);
    const auto decoded = decode_claim(bytes);
    if (!decoded) continue;
    EXPECT_EQ(encode_claim(*decoded), bytes);
    EXPECT_TRUE(*decoded == claim || !verify_claim(*decoded));
  }
}

TEST_F(ClaimTest, AStatusIsItsDevicesOwn) {
  Status status{founded_.space(), device_.public_key(), 7, random_id<KeyId>(environment_), some_bytes(600), {}};
  sign_status(status, device_);
  EXPECT_TRUE(verify_status(status));
  EXPECT_EQ(*decode_status(encode_status(status)), status);

  Status later = status;
  later.number = 8;
  EXPECT_EQ(verify_status(later).error().code, ErrorCode::refused);
  for (int i = 0; i < 2'000; ++i) (void)decode_status(damaged(encode_status(status), environment_));
}

}  // namespace
}  // namespace plenary::roster
