// Tablets and a hub over loopback sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/attack/attacker.h"
#include "tests/unit/hub/staying_tablet.h"
#include "tests/unit/hub/test_hub.h"

namespace plenary::hub {
namespace {

using sync::MemoryTablet;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A socket whose owner keeps to no protocol.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) { socket_.connect({asio::ip::make_address("127.0.0.1"), port}); }

  // Nothing is said about bytes that the hub did not want any more.
  void send(ByteSpan bytes) { asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), ignored_); }
  // All that comes until the hub closes.
  std::string read_to_end() {
    std::string answer;
    asio::read(socket_, asio::dynamic_buffer(answer), ignored_);
    return answer;
  }
  void stop_sending() { socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored_); }

 private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
  asio::error_code ignored_;
};

class ServerTest : public ::testing::Test {
 protected:
  // Founds a space with both, and brings it to the hub.
  void found_together(MemoryTablet& lead, MemoryTablet& colleague, TestHub& hub) {
    lead.found();
    lead.grant(colleague);
    colleague.take_roster_from(lead);
    ASSERT_TRUE(sync_once(lead, hub.address()));
  }

  MemoryTablet lead_{"lead"}, colleague_{"colleague"};
};

TEST_F(ServerTest, WhatOneHandsOverTheOtherGets) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  lead_.write(120);

  const auto handed_over = sync_once(lead_, hub.address());
  const auto fetched = sync_once(colleague_, hub.address());

  ASSERT_TRUE(handed_over) << handed_over.error().message;
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_TRUE(fetched->up_to_date);
  EXPECT_THAT(fetched->refused, IsEmpty());
  EXPECT_EQ(colleague_.changes(), lead_.changes());
  EXPECT_FALSE(lead_.handed_over.empty());
}

TEST_F(ServerTest, CarriesMegabytesBothWays) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  lead_.padding = colleague_.padding = 3'000'000;
  for (int i = 0; i < 5; ++i) {
    lead_.write(10);
    colleague_.write(10);
  }

  ASSERT_TRUE(sync_once(lead_, hub.address()));
  ASSERT_TRUE(sync_once(colleague_, hub.address()));
  ASSERT_TRUE(sync_once(lead_, hub.address()));

  EXPECT_EQ(colleague_.changes(), lead_.changes());
  EXPECT_EQ(lead_.changes().size(), 100u);
}

TEST_F(ServerTest, ReportsProgressToTheEnd) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  lead_.write(50);
  sync::Progress last;
  link::Options options;
  options.on_progress = [&](const sync::Progress& progress) { last = progress; };

  ASSERT_TRUE(sync_once(lead_, hub.address(), options));

  EXPECT_GT(last.items_sent, 0u);
  EXPECT_EQ(last.items_sent, last.items_to_send);
  EXPECT_EQ(last.bytes_sent, last.bytes_to_send);
}

TEST_F(ServerTest, PushesToThoseWhoStay) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  StayingTablet staying(colleague_, hub.address());
  ASSERT_TRUE(eventually([&] { return staying.up_to_date > 0; }));
  const auto before = staying.received.load();

  lead_.write(10);
  ASSERT_TRUE(sync_once(lead_, hub.address()));

  EXPECT_TRUE(eventually([&] { return staying.received > before; }));
  staying.leave();
  EXPECT_EQ(colleague_.changes(), lead_.changes());
  EXPECT_TRUE(staying.result) << staying.result.error().message;
}

TEST_F(ServerTest, FiftyTabletsAtOnceAllEndUpTheSame) {
  TestHub hub;
  lead_.found();
  std::vector<std::unique_ptr<MemoryTablet>> tablets;
  for (int i = 0; i < 50; ++i) {
    tablets.push_back(std::make_unique<MemoryTablet>("tablet " + std::to_string(i)));
    lead_.grant(*tablets.back());
  }
  for (auto& tablet : tablets) tablet->take_roster_from(lead_);
  ASSERT_TRUE(sync_once(lead_, hub.address()));
  const auto all_at_once = [&] {
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (auto& tablet : tablets) {
      threads.emplace_back([&] { failed += sync_once(*tablet, hub.address()) ? 0 : 1; });
    }
    for (auto& thread : threads) thread.join();
    return failed == 0;
  };

  for (auto& tablet : tablets) tablet->write(20);
  ASSERT_TRUE(all_at_once());
  ASSERT_TRUE(all_at_once());

  for (auto& tablet : tablets) ASSERT_EQ(tablet->changes().size(), 50u * 20u);
}

TEST_F(ServerTest, ARemovedMemberGetsNothingMore) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  lead_.remove(colleague_);
  lead_.write(5);
  ASSERT_TRUE(sync_once(lead_, hub.address()));

  const auto removed = sync_once(colleague_, hub.address());

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_FALSE(removed->refused.empty());
  EXPECT_THAT(colleague_.changes(), IsEmpty());
}

TEST_F(ServerTest, RefusesToFoundWithoutAToken) {
  Configuration configuration;
  configuration.founding = Founding::tokens;
  configuration.founding_tokens = {"a-long-founding-token"};
  TestHub hub(configuration);
  lead_.found();

  const auto without = sync_once(lead_, hub.address());
  link::Options options;
  options.token = "a-long-founding-token";
  const auto with = sync_once(lead_, hub.address(), options);

  ASSERT_TRUE(without) << without.error().message;
  ASSERT_FALSE(without->refused.empty());
  EXPECT_THAT(without->refused[0].error.message, HasSubstr("token"));
  ASSERT_TRUE(with);
  EXPECT_THAT(with->refused, IsEmpty());
}

TEST_F(ServerTest, AHubWithAnotherKeyIsRefused) {
  TestHub hub, other;
  lead_.found();
  link::HubAddress wrong = hub.address();
  wrong.key = other.address().key;

  const auto result = sync_once(lead_, wrong);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::refused);
  EXPECT_THAT(result.error().message, HasSubstr("key"));
}

TEST_F(ServerTest, GarbageIsAnsweredWithTheEnd) {
  TestHub hub;
  found_together(lead_, colleague_, hub);

  for (const std::size_t size : {1, 100, 5'000, 200'000}) {
    RawClient client(hub.port());
    Bytes garbage(size, std::byte{0xc7});
    client.send(garbage);
    client.stop_sending();
    client.read_to_end();
  }

  EXPECT_TRUE(sync_once(colleague_, hub.address()));
}

TEST_F(ServerTest, WhoeverDoesNotSpeakIsNotWaitedFor) {
  Configuration configuration;
  configuration.limits.handshake_timeout = std::chrono::seconds(1);
  TestHub hub(configuration);
  RawClient silent(hub.port());
  RawClient slow(hub.port());
  slow.send(to_bytes("P"));

  // Ends only because the hub closes.
  silent.read_to_end();
  slow.read_to_end();

  found_together(lead_, colleague_, hub);
}

TEST_F(ServerTest, TooManyConnectionsFromOneAddressAreToldSo) {
  Configuration configuration;
  configuration.limits.connections_per_address = 3;
  TestHub hub(configuration);
  found_together(lead_, colleague_, hub);
  // Members who stay: strangers would have to make room.
  std::vector<std::unique_ptr<attack::Attacker>> crowd;
  while (crowd.size() < 3) {
    ASSERT_TRUE(eventually([&] {
      crowd.push_back(
          std::make_unique<attack::Attacker>(attack::Target{hub.port(), hub.identity().transport.public_key()}));
      const bool inside = crowd.back()->shake_hands(colleague_.transport()) &&
                          crowd.back()->say(attack::hello(colleague_.space())) && crowd.back()->hear();
      if (!inside) crowd.pop_back();
      return inside;
    }));
  }

  const auto refused = sync_once(lead_, hub.address());
  crowd.clear();

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("connections_per_address"));
  EXPECT_TRUE(eventually([&] { return sync_once(lead_, hub.address()).has_value(); }));
}

TEST_F(ServerTest, AStoppingHubTellsEveryone) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  StayingTablet staying(colleague_, hub.address());
  ASSERT_TRUE(eventually([&] { return staying.up_to_date > 0; }));

  hub.stop();
  staying.join();

  ASSERT_FALSE(staying.result);
  EXPECT_EQ(staying.result.error().code, ErrorCode::unavailable);
  EXPECT_THAT(staying.result.error().message, HasSubstr("stopping"));
}

TEST_F(ServerTest, WhatIsWrittenWhileConnectedIsHandedOver) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  StayingTablet staying(colleague_, hub.address());
  ASSERT_TRUE(eventually([&] { return staying.up_to_date > 0; }));

  // The tablet's spaces belong to the connection's thread; a real one edits there, too.
  staying.leave();
  colleague_.write(3);
  ASSERT_TRUE(sync_once(colleague_, hub.address()));
  ASSERT_TRUE(sync_once(lead_, hub.address()));

  EXPECT_EQ(colleague_.changes(), lead_.changes());
}

// Passes bytes between a tablet and the hub, and breaks both connections after so many.
class BreakingRelay {
 public:
  BreakingRelay(std::uint16_t hub_port, std::size_t bytes_until_break) : left_(bytes_until_break) {
    thread_ = std::thread([this, hub_port] {
      asio::error_code error;
      asio::ip::tcp::socket tablet(context_), hub(context_);
      acceptor_.accept(tablet, error);
      if (error) return;
      hub.connect({asio::ip::make_address("127.0.0.1"), hub_port}, error);
      std::thread back([&] { pass(hub, tablet); });
      pass(tablet, hub);
      back.join();
    });
  }
  ~BreakingRelay() { thread_.join(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void pass(asio::ip::tcp::socket& from, asio::ip::tcp::socket& to) {
    std::array<std::byte, 4096> buffer;
    asio::error_code error;
    while (!error) {
      const std::size_t size = from.read_some(asio::buffer(buffer), error);
      std::size_t allowed = 0;
      {
        const std::lock_guard lock(mutex_);
        allowed = std::min(size, left_);
        left_ -= allowed;
      }
      asio::error_code write_error;
      asio::write(to, asio::buffer(buffer.data(), allowed), write_error);
      if (error || allowed < size) break;
    }
    asio::error_code ignored;
    from.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    to.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::mutex mutex_;
  std::size_t left_;
  std::thread thread_;
};

TEST_F(ServerTest, AConnectionThatBreaksAnywhereLosesNothing) {
  TestHub hub;
  found_together(lead_, colleague_, hub);
  lead_.padding = 5'000;
  lead_.run = 5;
  lead_.write(40);
  std::size_t broken = 0;

  for (std::size_t bytes = 500; bytes < 60'000; bytes += 2'500) {
    BreakingRelay relay(hub.port(), bytes);
    link::HubAddress address = hub.address();
    address.port = relay.port();
    const auto result = sync_once(lead_, address);
    if (!result) {
      ++broken;
      EXPECT_EQ(result.error().code, ErrorCode::unavailable) << result.error().message;
    }
  }
  ASSERT_TRUE(sync_once(lead_, hub.address()));
  ASSERT_TRUE(sync_once(colleague_, hub.address()));

  EXPECT_GT(broken, 0u);
  EXPECT_EQ(colleague_.changes(), lead_.changes());
}

}  // namespace
}  // namespace plenary::hub
