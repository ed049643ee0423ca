// What must not happen: strangers, members who were removed, keys and records that are not what they seem.
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

TEST_F(HostileTest, RefusesAHubWithAnotherKey) {
  const TransportKey other = crypto::AgreementKey::generate(environment_).public_key();
  Wire wire(hub_);
  Link& link = wire.connect(ben_, &other);
  wire.run();

  EXPECT_TRUE(link.hub->over());
  EXPECT_TRUE(ben_.changes().empty());
  EXPECT_FALSE(link.event(Event::Kind::connected));
}

TEST_F(HostileTest, ServesNothingToStrangersAndDoesNotSayWhatItHas) {
  MemoryTablet stranger("Stranger"), lost("Lost");
  stranger.join(anna_.space(), crypto::SigningKey::generate(environment_));
  SpaceId nowhere;
  nowhere.bytes[3] = std::byte{1};
  lost.join(nowhere, crypto::SigningKey::generate(environment_));
  Wire wire(hub_);
  Link& first = wire.connect(stranger);
  Link& second = wire.connect(lost);
  wire.run();

  ASSERT_TRUE(first.event(Event::Kind::refused));
  ASSERT_TRUE(second.event(Event::Kind::refused));
  EXPECT_TRUE(stranger.records().empty());
  EXPECT_TRUE(stranger.changes().empty());
}

TEST_F(HostileTest, RefusesAClaimShownByAnotherDevice) {
  const auto invitation = anna_.invite();
  meet(anna_, hub_);
  MemoryTablet dai("Dai"), thief("Thief");
  dai.join(anna_.space(), invitation);
  const Bytes claim = *dai.claim(anna_.space());

  EXPECT_TRUE(hub_.check_claim(anna_.space(), dai.transport().public_key(), claim));
  EXPECT_FALSE(hub_.check_claim(anna_.space(), thief.transport().public_key(), claim));
}

TEST_F(HostileTest, ServesNothingMoreToWhoeverWasRemoved) {
  Wire wire(hub_);
  Link& ben = wire.connect(ben_);
  Link& anna = wire.connect(anna_);
  wire.run();
  ASSERT_EQ(ben_.changes().size(), 20u);

  anna_.remove(ben_);
  wire.tell(anna);
  wire.run();
  const std::uint64_t sent = ben.hub->progress().items_sent;
  anna_.write(5);
  wire.tell(anna);
  wire.run();

  ASSERT_TRUE(ben.event(Event::Kind::refused));
  EXPECT_FALSE(ben.event(Event::Kind::refused)->retry);
  EXPECT_EQ(ben_.changes().size(), 20u);
  EXPECT_TRUE(ben.hub->follows().empty());
  EXPECT_EQ(ben.hub->progress().items_sent, sent) << "whatever the device on the other side makes of it";
  EXPECT_TRUE(ben_.roster().standing().member(ben_.identity().signing)->removed) << "the keeper's word, not the hub's";
  Wire again(hub_);
  Link& later = again.connect(ben_);
  again.run();
  ASSERT_TRUE(later.event(Event::Kind::refused));
  EXPECT_NE(later.event(Event::Kind::refused)->error.message.find("removed"), std::string::npos);
  EXPECT_EQ(later.device->progress().items_sent, 0u);
}

TEST_F(HostileTest, ShowsARemovedDeviceTheRosterUpToItsRemovalAndNothingElse) {
  MemoryTablet dai("Dai");
  meet(ben_, hub_);
  ben_.write(3);
  anna_.remove(ben_);
  anna_.grant(dai);
  anna_.write(5);
  meet(anna_, hub_);
  const std::size_t stored = hub_.stored_segments();

  Wire wire(hub_);
  Link& ben = wire.connect(ben_);
  wire.run();

  ASSERT_TRUE(ben.event(Event::Kind::refused));
  EXPECT_NE(ben.event(Event::Kind::refused)->error.message.find("removed"), std::string::npos);
  EXPECT_TRUE(ben_.roster().standing().member(ben_.identity().signing)->removed);
  EXPECT_EQ(ben_.roster().standing().member(dai.identity().signing), nullptr) << "who came later is not theirs to know";
  EXPECT_EQ(ben_.changes().size(), 23u);
  EXPECT_EQ(hub_.stored_segments(), stored) << "nothing of theirs is taken either";
  EXPECT_TRUE(ben_.alarms.empty());
  Wire again(hub_);
  Link& later = again.connect(ben_);
  again.run();
  EXPECT_EQ(later.device->progress().items_received, 0u);
}

TEST_F(HostileTest, RefusesWhatIsSealedUnderARetiredKeyUntilItIsSealedAnew) {
  Wire wire(hub_);
  Link& anna = wire.connect(anna_);
  wire.run();
  anna_.rotate();
  wire.tell(anna);
  wire.run();
  ben_.write(1);
  const TestLog& log = ben_.logs().at(ben_.own_log());
  StoreRequest request{1, ben_.space(), ben_.transport().public_key(), {}, {}};
  Item item;
  item.bytes = pack(ben_.space(), ben_.roster().standing().keys.back(), log, log.branches.front(), 1, 1);
  request.items.push_back(item);

  const StoreOutcome outcome = hub_.commit(request);
  ASSERT_EQ(outcome.refused.size(), 1u);
  EXPECT_TRUE(outcome.refused[0].retry);
  EXPECT_NE(outcome.refused[0].error.message.find("no longer in use"), std::string::npos);
  meet(ben_, hub_);
  meet(anna_, hub_);

  EXPECT_EQ(anna_.changes(), ben_.changes()) << "sealed anew under the current key, it is taken";
}

TEST_F(HostileTest, AsksFoundersForTheirToken) {
  hub_.founding_token = "swordfish";
  MemoryTablet dai("Dai");
  dai.found();
  Wire without(hub_);
  Link& refused = without.connect(dai);
  without.run();
  Wire with(hub_);
  with.device_options.token = "swordfish";
  Link& welcome = with.connect(dai);
  with.run();

  ASSERT_TRUE(refused.event(Event::Kind::refused));
  EXPECT_NE(refused.event(Event::Kind::refused)->error.message.find("token"), std::string::npos);
  EXPECT_TRUE(welcome.device->up_to_date());
}

// It came by file, and who read it may have cited it: the roster decides what counts of it, not the hub.
TEST_F(HostileTest, PassesOnWhatAMemberHasOfAnAuthorWhoWasNeverGranted) {
  MemoryTablet outsider("Outsider");
  outsider.take_roster_from(anna_);
  outsider.write(2);
  const auto& [id, log] = *outsider.logs().begin();
  anna_.store(anna_.space(),
              {{ItemKind::segment,
                pack(anna_.space(), anna_.roster().standing().keys.back(), log, log.branches.front(), 1, 2),
                {},
                false}});

  meet(anna_, hub_);
  meet(ben_, hub_);

  EXPECT_EQ(hub_.inventory(anna_.space())->frontier.size(), 2u);
  EXPECT_EQ(ben_.changes(), anna_.changes());
}

TEST_F(HostileTest, KeepsNothingOfARecordThatAStrangerSigned) {
  MemoryTablet stranger("Stranger");
  stranger.become_clone_of(ben_);
  const RosterHash tip = anna_.roster().tip();
  const auto signer = crypto::SigningKey::generate(environment_);
  const auto forged = roster::sign_record(
      anna_.space(), {.previous = tip, .body = roster::Remove{.key = anna_.identity().signing}}, signer);
  const auto orphan = roster::sign_record(
      anna_.space(), {.previous = RosterHash{{std::byte{1}}}, .body = roster::Remove{.key = anna_.identity().signing}},
      signer);
  StoreRequest request{1, anna_.space(), ben_.transport().public_key(), "", {}};
  for (const auto& record : {forged, orphan}) {
    request.items.push_back({ItemKind::roster, roster::encode_signed_record(record.signed_record()), {}, false});
  }

  const StoreOutcome outcome = hub_.commit(request);

  ASSERT_EQ(outcome.refused.size(), 2u);
  EXPECT_FALSE(outcome.refused[0].retry);
  EXPECT_TRUE(outcome.refused[1].retry);
  EXPECT_EQ(hub_.access(anna_.space(), anna_.transport().public_key()), Access::member);
}

}  // namespace
}  // namespace plenary::sync
