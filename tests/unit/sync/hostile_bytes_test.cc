// What bytes must not bring about: altered, replayed, meaningless, too many, too slow, or none at all.
#include "core/sync/channel.h"
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

TEST_F(HostileTest, RefusesAFlippedBitAnywhereInTheConversation) {
  for (std::size_t at = 0; at < 900; at += 7) {
    SCOPED_TRACE(at);
    MemoryTablet reviewer("Reviewer");
    reviewer.become_clone_of(reviewer_);
    Wire wire(hub_);
    std::size_t sent = 0;
    wire.meddle = [&](Bytes& bytes) {
      if (at >= sent && at < sent + bytes.size()) bytes[at - sent] ^= std::byte{0x10};
      sent += bytes.size();
    };
    Link& link = wire.connect(reviewer);
    wire.run();
    ASSERT_TRUE(sent <= at || link.hub->over() || !link.device->up_to_date());
  }
  EXPECT_EQ(hub_.inventory(lead_.space())->frontier.size(), 1u);
}

TEST_F(HostileTest, RefusesAReplayOfAWholeConversation) {
  Wire wire(hub_);
  reviewer_.write(5);
  Link& link = wire.connect(reviewer_);
  wire.run();
  const int commits = hub_.commits;

  HubSession replayed(hub_, hub_.transport(), hub_.signing(), environment_, {});
  replayed.start(0);
  const Output output = replayed.receive(link.recorded_to_hub, 0);

  EXPECT_TRUE(output.close);
  EXPECT_TRUE(output.store.empty());
  EXPECT_EQ(hub_.commits, commits);
}

TEST_F(HostileTest, RefusesToBeTalkedDownToAnOlderVersion) {
  const auto& hub_key = hub_.transport();
  Channel device = Channel::to_hub(reviewer_.transport(), hub_key.public_key(), environment_, {1, 2});
  Channel hub = Channel::from_device(hub_key, environment_, {1, 2});
  Bytes offer, answer;
  ASSERT_TRUE(device.start(offer));
  ASSERT_EQ(offer[6], std::byte{2});  // count of versions

  Bytes altered = offer;
  altered[8] = std::byte{1};  // 1, 1 instead of 1, 2
  const Result<void> talked_down = hub.receive(altered, answer);

  EXPECT_FALSE(talked_down);
  Channel honest = Channel::from_device(hub_key, environment_, {1, 2, 3});
  ASSERT_TRUE(honest.receive(offer, answer));
  Bytes third;
  ASSERT_TRUE(device.receive(answer, third));
  EXPECT_EQ(device.version(), 2);
}

TEST_F(HostileTest, SaysInClearThatNoVersionIsShared) {
  Channel device = Channel::to_hub(reviewer_.transport(), hub_.transport().public_key(), environment_, {7});
  Channel hub = Channel::from_device(hub_.transport(), environment_);
  Bytes offer, answer, nothing;
  ASSERT_TRUE(device.start(offer));

  EXPECT_FALSE(hub.receive(offer, answer));
  const Result<void> refused = device.receive(answer, nothing);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
}

TEST_F(HostileTest, TellsADeviceThatTheHubIsFull) {
  DeviceSession device(reviewer_, reviewer_.transport(), environment_, {.hub = hub_.transport().public_key()});
  device.start(0);
  const Output output =
      device.receive(refuse_connection({ErrorCode::limit_exceeded, "The hub has too many connections."}, 30'000), 1);

  ASSERT_EQ(output.events.size(), 1u);
  EXPECT_EQ(output.events[0].error.code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(output.events[0].retry);
  EXPECT_EQ(output.events[0].retry_after_ms, 30'000);
  EXPECT_TRUE(output.close);
}

TEST_F(HostileTest, ClosesOnGarbageWithoutAWord) {
  for (std::uint8_t seed = 0; seed < 200; ++seed) {
    Bytes garbage(300);
    for (std::size_t i = 0; i < garbage.size(); ++i) garbage[i] = static_cast<std::byte>(seed * 31 + i * (seed | 1));
    HubSession session(hub_, hub_.transport(), hub_.signing(), environment_, {});
    session.start(0);
    Output output = session.receive(garbage, 0);
    if (!output.close) output = session.tick(kHandshakeTimeoutMs);
    EXPECT_TRUE(output.close);
    EXPECT_TRUE(output.store.empty());
  }
}

TEST_F(HostileTest, RefusesAnOversizedFrameFromAStrangerAtItsFirstBytes) {
  HubSession session(hub_, hub_.transport(), hub_.signing(), environment_, {});
  const Bytes length{std::byte{0xff}, std::byte{0xff}};

  EXPECT_TRUE(session.receive(length, 0).close);
}

TEST_F(HostileTest, RefusesAnOversizedMessageFromAStrangerAsItBegins) {
  Channel device = Channel::to_hub(reviewer_.transport(), hub_.transport().public_key(), environment_);
  HubSession session(hub_, hub_.transport(), hub_.signing(), environment_, {});
  Bytes out;
  ASSERT_TRUE(device.start(out));
  Bytes answer = session.receive(out, 0).send, third;
  ASSERT_TRUE(device.receive(answer, third));
  Hello hello;
  hello.token = std::string(2u << 20, 'x');
  device.send(hello);
  ASSERT_TRUE(device.flush(third));

  const Output output = session.receive(ByteSpan(third).first(70'000), 0);

  EXPECT_TRUE(output.close);
}

TEST_F(HostileTest, ClosesOnADeviceThatSendsMoreThanItsCredit) {
  Channel device = Channel::to_hub(reviewer_.transport(), hub_.transport().public_key(), environment_);
  HubSession session(hub_, hub_.transport(), hub_.signing(), environment_, {});
  Bytes out, third;
  ASSERT_TRUE(device.start(out));
  ASSERT_TRUE(device.receive(session.receive(out, 0).send, third));
  Open open;
  open.space = reviewer_.space();
  device.send(Hello{"", 1'000, "", {open}});
  ASSERT_TRUE(device.flush(third));
  Output output = session.receive(third, 0);
  ASSERT_FALSE(output.close);

  Items flood;
  flood.items.assign(1, Item{ItemKind::segment, Bytes(300u << 10), {}, false});
  int sent = 0;
  for (; sent < 10 && !output.close; ++sent) {
    Bytes bytes;
    device.send(flood);
    ASSERT_TRUE(device.flush(bytes));
    output = session.receive(bytes, 0);
  }

  EXPECT_EQ(sent, 5) << "four fill the window, the last of them beyond its end";
}

TEST_F(HostileTest, SaysGoodByeWhenTheHubStops) {
  Wire wire(hub_);
  Link& link = wire.connect(reviewer_);
  wire.run();

  const Output stop = link.hub->finish({ErrorCode::unavailable, "The hub is being restarted."}, 5'000, wire.now_ms);
  const Output heard = link.device->receive(stop.send, wire.now_ms);

  EXPECT_TRUE(stop.close);
  ASSERT_FALSE(heard.events.empty());
  EXPECT_EQ(heard.events.back().error.message, "The hub is being restarted.");
  EXPECT_EQ(heard.events.back().retry_after_ms, 5'000);
  EXPECT_TRUE(link.device->over());
}

TEST_F(HostileTest, ClosesWhenTheHandshakeDripsIn) {
  DeviceSession device(reviewer_, reviewer_.transport(), environment_, {.hub = hub_.transport().public_key()});
  const Bytes hello = device.start(0).send;
  HubSession session(hub_, hub_.transport(), hub_.signing(), environment_, {});
  session.start(0);
  bool closed = false;
  std::int64_t now = 0;
  for (std::size_t i = 0; i < hello.size() && !closed; ++i, now += 1'000) {
    closed = session.receive(ByteSpan(hello).subspan(i, 1), now).close;
  }

  EXPECT_TRUE(closed);
  EXPECT_LE(now, kHandshakeTimeoutMs + 1'000);
}

TEST_F(HostileTest, ClosesWhenAFrameDripsIn) {
  Wire wire(hub_);
  Link& link = wire.connect(reviewer_);
  wire.run();
  const std::int64_t begun = wire.now_ms;
  bool closed = false;
  std::int64_t now = begun;
  for (int i = 0; i < 10 && !closed; ++i, now += 10'000) {
    const Bytes byte{std::byte{0x7f}};
    closed = link.hub->receive(byte, now).close;
  }

  EXPECT_TRUE(closed);
  EXPECT_LE(now, begun + kFrameTimeoutMs + 20'000);
}

TEST_F(HostileTest, SaysThatItIsAliveAndGivesUpOnSilence) {
  Wire wire(hub_);
  Link& link = wire.connect(reviewer_);
  wire.run();

  const Output ping = link.device->tick(wire.now_ms + kPingAfterMs);
  EXPECT_FALSE(ping.send.empty());
  const Output pong = link.hub->receive(ping.send, wire.now_ms + kPingAfterMs);
  EXPECT_FALSE(pong.send.empty());
  const Output silence = link.device->tick(wire.now_ms + kIdleTimeoutMs);
  EXPECT_TRUE(silence.close);
  EXPECT_TRUE(silence.events.back().retry);
}

TEST_F(HostileTest, SurvivesEveryCutAndEveryFlippedByteOfEachMessage) {
  const Message messages[] = {
      Hello{"plenary", 1000, "token", {Open{lead_.space(), {}, Bytes(40), true, 1, 2}}},
      Welcome{"hub", 1000, hub_.signing(), {Opened{}}},
      Opened{1,
             WireAccess::member,
             Problem{{ErrorCode::busy, "busy"}, true, 5},
             {{RosterHash{}}},
             {{{lead_.own_log(), 3, {}}}},
             {{NoticeName{}}},
             HeadUpdate{*hub_.head(lead_.space()), {{}}},
             false},
      Want{1, {RosterHash{}}, {NoticeName{ItemKind::status, {}, 900}}, {{lead_.own_log(), {{lead_.own_log(), 3, {}}}}}},
      Items{1, {Item{ItemKind::segment, Bytes(100), {}, true}}, true, HeadUpdate{*hub_.head(lead_.space()), {}}},
      Committed{1, 7, {Refused{3, {{ErrorCode::conflict, "elsewhere"}, true, 0}, {{lead_.own_log(), 9, {}}}}}, {}},
      Bye{Problem{{ErrorCode::unavailable, "stops"}, true, 1000}},
  };
  for (const Message& message : messages) {
    const Bytes bytes = encode_message(message);
    const auto again = decode_message(bytes);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->index(), message.index());
    EXPECT_EQ(encode_message(**again), bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      (void)decode_message(ByteSpan(bytes).first(at));
      for (const std::uint8_t bit : {1, 8, 64, 128}) {
        Bytes altered = bytes;
        altered[at] ^= std::byte{bit};
        (void)decode_message(altered);
      }
    }
  }
}

}  // namespace
}  // namespace plenary::sync
