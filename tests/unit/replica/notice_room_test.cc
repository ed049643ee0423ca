// Finding R10: what a hub, or a member through one, cannot fill a tablet with.
#include <gmock/gmock.h>

#include "core/replica/replica_facade.h"
#include "core/roster/claim.h"
#include "core/roster/status.h"
#include "core/seal/invitation.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using sync::ItemKind;
using ::testing::Contains;
using ::testing::IsEmpty;

class NoticeRoomTest : public StoryTest {
 protected:
  void SetUp() override { space_ = team(ann_, {{&ben_, kReviewer}}); }

  const crypto::SigningKey& key_of(Tablet& tablet) {
    return dynamic_cast<ReplicaFacade&>(*tablet.replica).opened(space_).context().profile.signing();
  }
  // A proof that the author forked a log, which has two heads of this number.
  sync::Item fork(const crypto::SigningKey& author, const log::LogDescriptor& descriptor, std::uint32_t number) {
    log::Head one{log::log_id(space_, descriptor), number, {}}, other = one;
    one.chain.bytes[0] = std::byte{1};
    const auto proof =
        log::disagreement(descriptor, log::sign_head(space_, one, author), log::sign_head(space_, other, author));
    return {ItemKind::fork, log::encode_fork(*proof), {}, false};
  }
  std::vector<sync::Item> forks(const crypto::SigningKey& author, std::size_t count) {
    const auto descriptor = log::make_log(author.public_key(), environment_);
    std::vector<sync::Item> proofs;
    for (std::uint32_t i = 1; i <= count; ++i) proofs.push_back(fork(author, descriptor, i));
    return proofs;
  }
  sync::Item claim_of(const crypto::SigningKey& invitation) {
    const auto device = crypto::SigningKey::generate(environment_);
    roster::Claim claim;
    claim.space = space_;
    claim.invitation = *InvitationId::from(invitation.public_key().span());
    claim.device = {device.public_key(), crypto::AgreementKey::generate(environment_).public_key()};
    environment_.random(claim.person.bytes);
    claim.label = Bytes(64);
    return {ItemKind::claim, roster::encode_claim(roster::sign_claim(claim, invitation, device)), {}, false};
  }
  sync::Item status_of(const crypto::SigningKey& device, std::uint64_t number) {
    roster::Status status;
    status.space = space_;
    status.device = device.public_key();
    status.number = number;
    status.sealed = Bytes(100);
    roster::sign_status(status, device);
    return {ItemKind::status, roster::encode_status(status), {}, false};
  }
  // Two heads of one number that a hub signed, and so cannot both be true.
  sync::HubForkProof hub_fork(const crypto::SigningKey& hub, std::uint64_t epoch) {
    Digest other;
    other.bytes[0] = std::byte{1};
    return *sync::hub_disagreement(space_, sync::make_hub_head(space_, {}, epoch, {}, {}, hub),
                                   sync::make_hub_head(space_, {}, epoch, other, {}, hub));
  }
  sync::Item item_of(const sync::HubForkProof& proof) {
    return {ItemKind::hub_fork, sync::encode_hub_fork(proof), {}, false};
  }
  void give(Tablet& tablet, const std::vector<sync::Item>& items) {
    EXPECT_THAT(tablet.replica->sync().store(space_, items).refused, IsEmpty());
  }
  std::size_t kept(Tablet& tablet, ItemKind kind) {
    const auto notices = tablet.replica->sync().inventory(space_).value().notices;
    return static_cast<std::size_t>(std::ranges::count(notices, kind, &sync::NoticeName::kind));
  }
  bool keeps(Tablet& tablet, const sync::Item& item) {
    const auto notices = tablet.replica->sync().inventory(space_).value().notices;
    return std::ranges::find(notices, *sync::name_notice(space_, item.kind, item.bytes)) != notices.end();
  }

  StoryEnvironment environment_{99};
  Tablet& ann_ = tablet("Ann");
  Tablet& ben_ = tablet("Ben");
  SpaceId space_;
};

TEST_F(NoticeRoomTest, KeepsSoManyProofsAgainstOneDeviceAndLeavesRoomForOthers) {
  give(ann_, forks(key_of(ben_), sync::kMaxForksOfAuthor));
  give(ann_, forks(key_of(ben_), 3));
  const auto against_ann = forks(key_of(ann_), 1);

  give(ann_, against_ann);

  EXPECT_EQ(kept(ann_, ItemKind::fork), sync::kMaxForksOfAuthor + 1);
  EXPECT_TRUE(keeps(ann_, against_ann[0]));
}

TEST_F(NoticeRoomTest, KeepsNoProofAgainstADeviceThatWasNeverLetIn) {
  give(ann_, forks(crypto::SigningKey::generate(environment_), 3));

  EXPECT_EQ(kept(ann_, ItemKind::fork), 0u);
}

// Whatever else there is no room for: a tablet whose log forked must know.
TEST_F(NoticeRoomTest, HeedsAProofAgainstItsOwnLogForWhichThereIsNoRoom) {
  const RecordId before = ben_.note(space_, "Before the proof.");
  const LogId own = ben_.replica->sync().inventory(space_).value().frontier.at(0).log;
  const auto& strands = dynamic_cast<ReplicaFacade&>(*ben_.replica).opened(space_).store().log_table();
  const auto descriptor = strands.strand(strands.strands_of(own).at(0)).descriptor;
  give(ben_, forks(key_of(ben_), sync::kMaxForksOfAuthor));

  give(ben_, {fork(key_of(ben_), descriptor, 7)});

  EXPECT_EQ(kept(ben_, ItemKind::fork), sync::kMaxForksOfAuthor);
  EXPECT_NE(ben_.note(space_, "After the proof.").text.substr(0, 8), before.text.substr(0, 8));
}

TEST_F(NoticeRoomTest, KeepsSoManyClaimsAndLeavesRoomForWhoWasInvited) {
  Tablet& cai = tablet("Cai");
  must(cai.replica->join(must(ann_.replica->invite(space_, kReviewer, "Cai"))));
  std::vector<sync::Item> invented;
  for (std::size_t i = 0; i < sync::kMaxUnknownClaims + 6; ++i) {
    invented.push_back(claim_of(crypto::SigningKey::generate(environment_)));
  }

  give(ann_, invented);

  EXPECT_EQ(kept(ann_, ItemKind::claim), sync::kMaxUnknownClaims + 1) << "Ben's, which was granted, is here as well";
  pass_on(cai, ann_, space_);
  EXPECT_EQ(must(ann_.replica->ratify(space_)).size(), 1u);
}

TEST_F(NoticeRoomTest, KeepsSoManyClaimsOfOneInvitation) {
  const std::string text = must(ann_.replica->invite(space_, kReviewer, "Cai"));
  const auto invitation = seal::invitation_key(must(seal::read_link(text)).secret);
  const std::size_t before = kept(ann_, ItemKind::claim);
  std::vector<sync::Item> claims;
  for (std::size_t i = 0; i < sync::kMaxClaimsPerInvitation + 6; ++i) claims.push_back(claim_of(invitation));

  give(ann_, claims);

  EXPECT_EQ(kept(ann_, ItemKind::claim), before + sync::kMaxClaimsPerInvitation);
}

TEST_F(NoticeRoomTest, KeepsTheNewestStatusOfEachMemberAndNoOther) {
  const auto newest = status_of(key_of(ben_), 12);

  give(ann_, {status_of(crypto::SigningKey::generate(environment_), 1), status_of(key_of(ben_), 11), newest});

  EXPECT_EQ(kept(ann_, ItemKind::status), 1u);
  EXPECT_TRUE(keeps(ann_, newest));
}

TEST_F(NoticeRoomTest, KeepsSoManyProofsAgainstInventedHubsAndLeavesRoomForThoseAgainstItsOwn) {
  const auto own_hub = crypto::SigningKey::generate(environment_);
  const auto proof = hub_fork(own_hub, 1);
  ann_.replica->sync().set_hub_head(space_, {}, proof.a);
  std::vector<sync::Item> invented;
  for (std::uint64_t i = 0; i < sync::kMaxHubForks + 6; ++i) {
    invented.push_back(item_of(hub_fork(crypto::SigningKey::generate(environment_), 1)));
  }
  give(ann_, invented);
  EXPECT_EQ(kept(ann_, ItemKind::hub_fork), sync::kMaxHubForks);

  give(ann_, {item_of(proof)});

  EXPECT_TRUE(keeps(ann_, item_of(proof)));
  EXPECT_THAT(must(ann_.replica->alarms(space_)), Contains(testing::Field(&AlarmView::kind, "hub_forked")));
}

// A hub forks again at each head that it shows.
TEST_F(NoticeRoomTest, KeepsSoManyProofsThatItMadeItselfAgainstOneHub) {
  const auto hub = crypto::SigningKey::generate(environment_);
  ann_.replica->sync().set_hub_head(space_, {}, hub_fork(hub, 1).a);

  for (std::uint64_t epoch = 1; epoch <= sync::kMaxHubForks + 3; ++epoch) {
    const auto proof = hub_fork(hub, epoch);
    ann_.replica->sync().raise_alarm(space_, {}, {sync::HubAlarm::Kind::forked, proof.a, proof.b, proof});
  }

  EXPECT_EQ(kept(ann_, ItemKind::hub_fork), sync::kMaxHubForks);
}

}  // namespace
}  // namespace plenary::replica
