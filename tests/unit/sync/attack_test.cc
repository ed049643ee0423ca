// What a few bytes may not cost whoever receives them: findings R1 to R4 of docs/threat-model.md, and their kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sync/channel.h"
#include "core/sync/message_parts.h"
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

using ::testing::HasSubstr;

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80));
  out.push_back(static_cast<std::byte>(value));
}

// A message of one body, as bytes: what an honest program would not send.
Bytes message_of(std::uint64_t body, const Bytes& content) {
  Bytes bytes;
  put_varint(bytes, body << 3 | 2);
  put_varint(bytes, content.size());
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

// A device that has shaken hands with the hub and says what it likes.
class Intruder {
 public:
  Intruder(MemoryHub& hub, const crypto::AgreementKey& key)
      : channel_(Channel::to_hub(key, hub.transport().public_key(), environment_)),
        session_(hub, hub.transport(), hub.signing(), environment_, {}) {
    Bytes first, third;
    EXPECT_TRUE(channel_.start(first));
    EXPECT_TRUE(channel_.receive(session_.receive(first, 0).send, third));
    EXPECT_FALSE(session_.receive(third, 0).close);
  }

  // What the hub does with it.
  Output say(const Message& message) {
    channel_.send(message);
    return flush();
  }
  Output open(const SpaceId& space, std::uint64_t window = 1'000) {
    Open open;
    open.space = space;
    return say(Hello{"", window, "", {open}});
  }
  Output flush() {
    Bytes bytes;
    EXPECT_TRUE(channel_.flush(bytes));
    return session_.receive(bytes, 0);
  }
  // The messages in it, as bytes.
  std::vector<Bytes> hear(const Output& output) {
    Bytes nothing;
    std::vector<Bytes> heard;
    EXPECT_TRUE(channel_.receive(output.send, nothing));
    for (auto message = channel_.next(); message && *message; message = channel_.next()) {
      heard.push_back(encode_message(**message));
    }
    return heard;
  }
  HubSession& session() { return session_; }
  Channel& channel() { return channel_; }

 private:
  crypto::SystemEnvironment environment_;
  Channel channel_;
  HubSession session_;
};

std::string reason_of(const Output& output) {
  for (const Event& event : output.events) {
    if (event.kind == Event::Kind::closed) return event.error.message;
  }
  return "";
}

class AttackTest : public HostileTest {};

// An empty message is one byte on the wire; 65,000 of them fit into a frame.
TEST_F(AttackTest, EndsAtAFrameFullOfEmptyMessages) {
  crypto::SystemEnvironment environment;
  crypto::AgreementKey hub_key = crypto::AgreementKey::generate(environment);
  Channel device = Channel::to_hub(reviewer_.transport(), hub_key.public_key(), environment);
  Channel hub = Channel::from_device(hub_key, environment);
  Bytes first, second, third, nothing;
  ASSERT_TRUE(device.start(first) && hub.receive(first, second) && device.receive(second, third));
  ASSERT_TRUE(hub.receive(third, nothing));

  Bytes frames;
  for (int i = 0; i < 40; ++i) {
    device.send_bytes(Bytes(65'000));
    ASSERT_TRUE(device.flush(frames));
  }
  ASSERT_TRUE(hub.receive(frames, nothing));
  const auto message = hub.next();

  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::limit_exceeded);
}

TEST_F(AttackTest, PassesOverAFewMessagesOfANewerVersion) {
  crypto::SystemEnvironment environment;
  crypto::AgreementKey hub_key = crypto::AgreementKey::generate(environment);
  Channel device = Channel::to_hub(reviewer_.transport(), hub_key.public_key(), environment);
  Channel hub = Channel::from_device(hub_key, environment);
  Bytes first, second, third, nothing;
  ASSERT_TRUE(device.start(first) && hub.receive(first, second) && device.receive(second, third));
  device.send_bytes(Bytes(kMaxPassedOver));
  device.send(Ping{});
  ASSERT_TRUE(device.flush(third));
  ASSERT_TRUE(hub.receive(third, nothing));

  const auto message = hub.next();

  ASSERT_TRUE(message && *message);
  EXPECT_TRUE(std::holds_alternative<Ping>(**message));
  EXPECT_EQ(hub.unfinished(), 0u);
}

TEST_F(AttackTest, RefusesItemsThatAreTooShortToBeAny) {
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space());
  const Output output =
      reviewer.say(Items{0, std::vector<Item>(100, Item{ItemKind::segment, Bytes(kMinItem - 1), {}, false}), true, {}});

  EXPECT_TRUE(output.close);
  EXPECT_TRUE(output.store.empty());
}

// 0.8 MB of empty items took 430 MB: they are counted before anything is made of them.
TEST_F(AttackTest, CountsItemsBeforeItMakesAnyOfThem) {
  Bytes items;
  for (std::size_t i = 0; i < kMaxItems + 100; ++i) items.insert(items.end(), {std::byte{0x12}, std::byte{0}});

  const auto counted = check_parts(message_of(7, items));

  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(decode_message(message_of(7, items)).error(), counted.error()) << "before anything else is said of it";
}

TEST_F(AttackTest, CountsSpacesBeforeItMakesAnyOfThem) {
  Bytes opens;
  for (std::size_t i = 0; i < kMaxSpaces + 100; ++i) opens.insert(opens.end(), {std::byte{0x22}, std::byte{0}});

  const auto counted = check_parts(message_of(1, opens));

  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(decode_message(message_of(1, opens)).error(), counted.error()) << "before anything else is said of it";
}

TEST_F(AttackTest, RefusesAnItemOfManyFieldsThatNobodyKnows) {
  Bytes fields, items;
  for (int i = 0; i < 1'000; ++i) fields.insert(fields.end(), {std::byte{0x78}, std::byte{1}});
  items.push_back(std::byte{0x12});
  put_varint(items, fields.size());
  items.insert(items.end(), fields.begin(), fields.end());

  EXPECT_FALSE(check_parts(message_of(7, items)));
}

TEST_F(AttackTest, TellsOfManyRefusedItemsOnce) {
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space());
  const Output sent =
      reviewer.say(Items{0, std::vector<Item>(200, Item{ItemKind::segment, Bytes(kMinItem), {}, false}), true, {}});
  ASSERT_EQ(sent.store.size(), 1u);

  const Output answered = reviewer.session().stored(hub_.commit(sent.store.front()), 0);

  ASSERT_EQ(answered.events.size(), 1u);
  EXPECT_EQ(answered.events.front().kind, Event::Kind::refused);
  EXPECT_EQ(answered.events.front().count, 200u);
}

TEST_F(AttackTest, EndsAConnectionAtTheItemThatExceedsItsCredit) {
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space());
  const Item half{ItemKind::segment, Bytes(kHubWindow / 2), {}, false};
  EXPECT_FALSE(reviewer.say(Items{0, {half, half}, false, {}}).close);

  const Output output = reviewer.say(Items{0, {half}, false, {}});

  EXPECT_TRUE(output.close);
  EXPECT_THAT(reason_of(output), HasSubstr("credit"));
}

TEST_F(AttackTest, TakesNoLargeMessageFromWhoeverIsNoMember) {
  const auto invitation = lead_.invite();
  meet(lead_, hub_);
  MemoryTablet newcomer("Newcomer");
  newcomer.join(lead_.space(), invitation);
  Intruder claimant(hub_, newcomer.transport());
  Open open;
  open.space = lead_.space();
  open.claim = *newcomer.claim(lead_.space());
  EXPECT_FALSE(claimant.say(Hello{"", 1'000, "", {open}}).close);

  const Output output = claimant.say(Items{0, {Item{ItemKind::segment, Bytes(kMaxEarlyMessage), {}, false}}, true, {}});

  EXPECT_TRUE(output.close);
}

TEST_F(AttackTest, RefusesAWantThatNamesALogTwice) {
  Bytes logs, body;
  const LogId log = lead_.own_log();
  for (int i = 0; i < 2; ++i) {
    logs.insert(logs.end(), log.bytes.begin(), log.bytes.end());
    logs.push_back(std::byte{0});
  }
  body.push_back(std::byte{0x22});
  put_varint(body, logs.size());
  body.insert(body.end(), logs.begin(), logs.end());

  const auto message = decode_message(message_of(5, body));

  ASSERT_FALSE(message);
  EXPECT_THAT(message.error().message, HasSubstr("wanted twice"));
}

// Each Want of a log that is answered with all of it: the next is looked at when that was sent.
TEST_F(AttackTest, WantsThatFollowEachOtherTakeNoMoreThanOne) {
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space(), 1);
  const Message want = Want{0, {}, {}, {{lead_.own_log(), {}}}};
  reviewer.say(want);
  const std::uint64_t asked = hub_.lookups;

  for (int i = 0; i < 1'000; ++i) reviewer.channel().send(want);
  const Output output = reviewer.flush();

  EXPECT_FALSE(output.close);
  EXPECT_LE(hub_.lookups, asked + 1);
}

TEST_F(AttackTest, EndsAConnectionThatWantsMoreThanASpaceMayHave) {
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space(), 1);
  Want want;
  want.roster.assign(kMaxRosterRecords / 2 + 1, lead_.roster().tip());
  EXPECT_FALSE(reviewer.say(want).close);

  EXPECT_TRUE(reviewer.say(want).close);
}

TEST_F(AttackTest, EndsAConnectionOfARemovedDeviceThatWantsTheRosterAgainAndAgain) {
  lead_.remove(reviewer_);
  meet(lead_, hub_);
  Intruder reviewer(hub_, reviewer_.transport());
  reviewer.open(lead_.space(), 1);
  Want want;
  want.roster.assign(kMaxRosterRecords / 2 + 1, *reviewer_.records().begin());
  EXPECT_FALSE(reviewer.say(want).close);

  EXPECT_TRUE(reviewer.say(want).close);
}

TEST_F(AttackTest, SaysTheSameOfAClaimThatFailsAsOfASpaceThatIsNotHere) {
  MemoryTablet newcomer("Newcomer");
  newcomer.join(lead_.space(), crypto::SigningKey::generate(environment_));
  MemoryTablet lost("Lost");
  SpaceId nowhere;
  nowhere.bytes[3] = std::byte{1};
  lost.join(nowhere, crypto::SigningKey::generate(environment_));
  Wire wire(hub_);
  Link& here = wire.connect(newcomer);
  Link& not_here = wire.connect(lost);
  wire.run();

  ASSERT_TRUE(here.event(Event::Kind::refused) && not_here.event(Event::Kind::refused));
  EXPECT_EQ(here.event(Event::Kind::refused)->error, not_here.event(Event::Kind::refused)->error);
}

// Finding R15: a stranger introduces a space with all its records, which somebody gave away.
class IntroductionTest : public AttackTest {
 protected:
  // Everything that the hub says to it.
  std::vector<Bytes> answers(MemoryTablet& founder) {
    Intruder stranger(hub_, crypto::AgreementKey::generate(environment_));
    Open open;
    open.space = founder.space();
    open.introduce = true;
    std::vector<Bytes> heard = stranger.hear(stranger.say(Hello{"", 1'000, "", {open}}));
    Items records;
    const std::optional<Inventory> held = founder.inventory(founder.space());
    for (const RosterHash& hash : held->roster) {
      records.items.push_back({ItemKind::roster, *founder.roster_record(founder.space(), hash), {}, false});
    }
    for (const bool done : {false, true}) {
      records.done = done;
      const Output output = stranger.say(records);
      for (Bytes& answer : stranger.hear(output)) heard.push_back(std::move(answer));
      for (const StoreRequest& request : output.store) {
        for (Bytes& answer : stranger.hear(stranger.session().stored(hub_.commit(request), 0))) {
          heard.push_back(std::move(answer));
        }
      }
    }
    return heard;
  }
};

TEST_F(IntroductionTest, SaysTheSameOfASpaceThatIsHereAsOfOneThatIsNot) {
  MemoryTablet founder("Founder of another space"), colleague("Colleague");
  founder.found();
  founder.grant(colleague);

  const auto here = answers(lead_), not_here = answers(founder);

  EXPECT_GT(here.size(), 2u);
  EXPECT_EQ(here, not_here);
  EXPECT_FALSE(hub_.inventory(founder.space()));
}

TEST_F(IntroductionTest, SaysTheSameWhereFoundingNeedsAToken) {
  MemoryTablet founder("Founder of another space"), colleague("Colleague");
  founder.found();
  founder.grant(colleague);
  hub_.founding_token = "swordfish";

  EXPECT_EQ(answers(lead_), answers(founder));
}

// Granted where there was no hub: the hub knows the space, and learns of the grant from the device itself.
TEST_F(IntroductionTest, StillLetsInWhoWasGrantedElsewhere) {
  MemoryTablet granted("Granted elsewhere");
  lead_.grant(granted);
  granted.take_roster_from(lead_);
  hub_.founding_token = "swordfish";
  Wire wire(hub_);

  Link& link = wire.connect(granted);
  wire.run();

  EXPECT_TRUE(link.device->up_to_date());
  EXPECT_FALSE(link.event(Event::Kind::refused));
  EXPECT_EQ(granted.changes(), lead_.changes());
}

}  // namespace
}  // namespace plenary::sync
