// What a tablet's connection says of a hub that is not there, is silent, or is no longer wanted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/hub/staying_tablet.h"
#include "tests/unit/hub/test_hub.h"

namespace plenary::hub {
namespace {

using sync::MemoryTablet;
using ::testing::HasSubstr;

TEST(LinkTest, SaysThatAHubCannotBeReached) {
  std::uint16_t free_port = 0;
  {
    asio::io_context context;
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
    free_port = acceptor.local_endpoint().port();
  }
  MemoryTablet tablet("tablet");
  tablet.found();

  const auto result = sync_once(tablet, {"127.0.0.1", free_port, {}});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("cannot be reached"));
}

TEST(LinkTest, SaysThatThereIsNoSuchMachine) {
  MemoryTablet tablet("tablet");
  tablet.found();

  const auto result = sync_once(tablet, {"no-such-hub.invalid", 7411, {}});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("no-such-hub.invalid"));
}

TEST(LinkTest, DoesNotWaitForEverForASilentHub) {
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  MemoryTablet tablet("tablet");
  tablet.found();
  link::Options options;
  options.silence_timeout = std::chrono::milliseconds(200);
  crypto::SystemEnvironment environment;
  const auto key = crypto::AgreementKey::generate(environment);

  const auto result = sync_once(tablet, {"127.0.0.1", acceptor.local_endpoint().port(), key.public_key()}, options);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
}

TEST(LinkTest, CanBeCancelledBeforeAndWhileItRuns) {
  TestHub hub;
  MemoryTablet tablet("tablet");
  tablet.found();
  crypto::SystemEnvironment environment;
  link::Connection early(tablet, tablet.transport(), environment, hub.address(), {});
  early.cancel();

  const auto cancelled = early.run();

  ASSERT_TRUE(cancelled);
  EXPECT_FALSE(cancelled->up_to_date);
  StayingTablet staying(tablet, hub.address());
  ASSERT_TRUE(eventually([&] { return staying.up_to_date > 0; }));
  staying.leave();
  EXPECT_TRUE(staying.result);
}

TEST(AddressTest, ReadsWhatPeopleType) {
  const TransportKey key;

  EXPECT_EQ(link::parse_hub_address("hub.example.org:7411", key), (link::HubAddress{"hub.example.org", 7411, key}));
  EXPECT_EQ(link::parse_hub_address("[2001:db8::7]:80", key), (link::HubAddress{"2001:db8::7", 80, key}));
  for (const char* wrong : {"", "hub", ":7411", "hub:", "hub:0", "hub:70000", "hub:7411x", "2001:db8::7:80", "[]:80"}) {
    EXPECT_FALSE(link::parse_hub_address(wrong, key)) << wrong;
  }
}

}  // namespace
}  // namespace plenary::hub
