// What must not happen: strangers, members who were removed, keys and records that are not what they seem.
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

TEST_F(HostileTest, RefusesAHubWithAnotherKey) {
  const TransportKey other = crypto::AgreementKey::generate(environment_).public_key();
  Wire wire(hub_);
  Link& link = wire.connect(reviewer_, &other);
  wire.run();

  EXPECT_TRUE(link.hub->over());
  EXPECT_TRUE(reviewer_.changes().empty());
  EXPECT_FALSE(link.event(Event::Kind::connected));
}

TEST_F(HostileTest, ServesNothingToStrangersAndDoesNotSayWhatItHas) {
  MemoryTablet stranger("Stranger"), lost("Lost");
  stranger.join(lead_.space(), crypto::SigningKey::generate(environment_));
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
  const auto invitation = lead_.invite();
  meet(lead_, hub_);
  MemoryTablet newcomer("Newcomer"), thief("Thief");
  newcomer.join(lead_.space(), invitation);
  const Bytes claim = *newcomer.claim(lead_.space());

  EXPECT_TRUE(hub_.check_claim(lead_.space(), newcomer.transport().public_key(), claim));
  EXPECT_FALSE(hub_.check_claim(lead_.space(), thief.transport().public_key(), claim));
}

TEST_F(HostileTest, ServesNothingMoreToWhoeverWasRemoved) {
  Wire wire(hub_);
  Link& reviewer = wire.connect(reviewer_);
  Link& lead = wire.connect(lead_);
  wire.run();
  ASSERT_EQ(reviewer_.changes().size(), 20u);

  lead_.remove(reviewer_);
  wire.tell(lead);
  wire.run();
  const std::uint64_t sent = reviewer.hub->progress().items_sent;
  lead_.write(5);
  wire.tell(lead);
  wire.run();

  ASSERT_TRUE(reviewer.event(Event::Kind::refused));
  EXPECT_FALSE(reviewer.event(Event::Kind::refused)->retry);
  EXPECT_EQ(reviewer_.changes().size(), 20u);
  EXPECT_TRUE(reviewer.hub->follows().empty());
  EXPECT_EQ(reviewer.hub->progress().items_sent, sent) << "whatever the device on the other side makes of it";
  EXPECT_TRUE(reviewer_.roster().standing().member(reviewer_.identity().signing)->removed)
      << "the keeper's word, not the hub's";
  Wire again(hub_);
  Link& later = again.connect(reviewer_);
  again.run();
  ASSERT_TRUE(later.event(Event::Kind::refused));
  EXPECT_NE(later.event(Event::Kind::refused)->error.message.find("removed"), std::string::npos);
  EXPECT_EQ(later.device->progress().items_sent, 0u);
}

TEST_F(HostileTest, ShowsARemovedDeviceTheRosterUpToItsRemovalAndNothingElse) {
  MemoryTablet newcomer("Newcomer");
  meet(reviewer_, hub_);
  reviewer_.write(3);
  lead_.remove(reviewer_);
  lead_.grant(newcomer);
  lead_.write(5);
  meet(lead_, hub_);
  const std::size_t stored = hub_.stored_segments();

  Wire wire(hub_);
  Link& reviewer = wire.connect(reviewer_);
  wire.run();

  ASSERT_TRUE(reviewer.event(Event::Kind::refused));
  EXPECT_NE(reviewer.event(Event::Kind::refused)->error.message.find("removed"), std::string::npos);
  EXPECT_TRUE(reviewer_.roster().standing().member(reviewer_.identity().signing)->removed);
  EXPECT_EQ(reviewer_.roster().standing().member(newcomer.identity().signing), nullptr)
      << "who came later is not theirs to know";
  EXPECT_EQ(reviewer_.changes().size(), 23u);
  EXPECT_EQ(hub_.stored_segments(), stored) << "nothing of theirs is taken either";
  EXPECT_TRUE(reviewer_.alarms.empty());
  Wire again(hub_);
  Link& later = again.connect(reviewer_);
  again.run();
  EXPECT_EQ(later.device->progress().items_received, 0u);
}

TEST_F(HostileTest, RefusesWhatIsSealedUnderARetiredKeyUntilItIsSealedAnew) {
  Wire wire(hub_);
  Link& lead = wire.connect(lead_);
  wire.run();
  lead_.rotate();
  wire.tell(lead);
  wire.run();
  reviewer_.write(1);
  const TestLog& log = reviewer_.logs().at(reviewer_.own_log());
  StoreRequest request{1, reviewer_.space(), reviewer_.transport().public_key(), {}, {}};
  Item item;
  item.bytes = pack(reviewer_.space(), reviewer_.roster().standing().keys.back(), log, log.branches.front(), 1, 1);
  request.items.push_back(item);

  const StoreOutcome outcome = hub_.commit(request);
  ASSERT_EQ(outcome.refused.size(), 1u);
  EXPECT_TRUE(outcome.refused[0].retry);
  EXPECT_NE(outcome.refused[0].error.message.find("no longer in use"), std::string::npos);
  meet(reviewer_, hub_);
  meet(lead_, hub_);

  EXPECT_EQ(lead_.changes(), reviewer_.changes()) << "sealed anew under the current key, it is taken";
}

TEST_F(HostileTest, AsksFoundersForTheirToken) {
  hub_.founding_token = "swordfish";
  MemoryTablet newcomer("Newcomer");
  newcomer.found();
  Wire without(hub_);
  Link& refused = without.connect(newcomer);
  without.run();
  Wire with(hub_);
  with.device_options.token = "swordfish";
  Link& welcome = with.connect(newcomer);
  with.run();

  ASSERT_TRUE(refused.event(Event::Kind::refused));
  EXPECT_NE(refused.event(Event::Kind::refused)->error.message.find("token"), std::string::npos);
  EXPECT_TRUE(welcome.device->up_to_date());
}

// It came by file, and who read it may have cited it: the roster decides what counts of it, not the hub.
TEST_F(HostileTest, PassesOnWhatAMemberHasOfAnAuthorWhoWasNeverGranted) {
  MemoryTablet outsider("Outsider");
  outsider.take_roster_from(lead_);
  outsider.write(2);
  const auto& [id, log] = *outsider.logs().begin();
  lead_.store(lead_.space(),
              {{ItemKind::segment,
                pack(lead_.space(), lead_.roster().standing().keys.back(), log, log.branches.front(), 1, 2),
                {},
                false}});

  meet(lead_, hub_);
  meet(reviewer_, hub_);

  EXPECT_EQ(hub_.inventory(lead_.space())->frontier.size(), 2u);
  EXPECT_EQ(reviewer_.changes(), lead_.changes());
}

TEST_F(HostileTest, KeepsNothingOfARecordThatAStrangerSigned) {
  MemoryTablet stranger("Stranger");
  stranger.become_clone_of(reviewer_);
  const RosterHash tip = lead_.roster().tip();
  const auto signer = crypto::SigningKey::generate(environment_);
  const auto forged = roster::sign_record(
      lead_.space(), {.previous = tip, .body = roster::Remove{.key = lead_.identity().signing}}, signer);
  const auto orphan = roster::sign_record(
      lead_.space(), {.previous = RosterHash{{std::byte{1}}}, .body = roster::Remove{.key = lead_.identity().signing}},
      signer);
  StoreRequest request{1, lead_.space(), reviewer_.transport().public_key(), "", {}};
  for (const auto& record : {forged, orphan}) {
    request.items.push_back({ItemKind::roster, roster::encode_signed_record(record.signed_record()), {}, false});
  }

  const StoreOutcome outcome = hub_.commit(request);

  ASSERT_EQ(outcome.refused.size(), 2u);
  EXPECT_FALSE(outcome.refused[0].retry);
  EXPECT_TRUE(outcome.refused[1].retry);
  EXPECT_EQ(hub_.access(lead_.space(), lead_.transport().public_key()), Access::member);
}

}  // namespace
}  // namespace plenary::sync
