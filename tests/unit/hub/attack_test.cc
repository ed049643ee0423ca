// A hub under attack: whatever strangers and members of other spaces do, an honest tablet syncs. How long that takes
// is measured by tests/attack, never asserted.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "tests/attack/attacker.h"
#include "tests/unit/hub/test_hub.h"

namespace plenary::hub {
namespace {

using attack::Attacker;
using sync::MemoryTablet;

// What the system holds of the words of a hub in this process that their readers did not take, in bytes.
std::size_t held_for_readers(std::uint16_t port) {
  constexpr int kFiles = 1024;
  std::size_t held = 0;
  for (int file = 0; file < kFiles; ++file) {
    sockaddr_in here{}, there{};
    socklen_t size = sizeof here, other_size = sizeof there;
    if (::getsockname(file, reinterpret_cast<sockaddr*>(&here), &size) != 0 || ntohs(here.sin_port) != port) continue;
    if (::getpeername(file, reinterpret_cast<sockaddr*>(&there), &other_size) != 0) continue;
    int bytes = 0;
    if (::ioctl(file, SIOCOUTQ, &bytes) == 0) held += static_cast<std::size_t>(bytes);
  }
  return held;
}

class AttackedHubTest : public ::testing::Test {
 protected:
  void begin(const Limits& limits) {
    Configuration configuration;
    configuration.limits = limits;
    hub_ = std::make_unique<TestHub>(configuration);
    lead_.found();
    lead_.grant(colleague_);
    colleague_.take_roster_from(lead_);
    outsider_.found();
    for (auto& crony : cronies_) outsider_.grant(crony);
    outsider_.write(20);
    ASSERT_TRUE(sync_once(lead_, hub_->address()));
    ASSERT_TRUE(sync_once(outsider_, hub_->address()));
  }
  attack::Target target() const { return {hub_->port(), hub_->identity().transport.public_key()}; }

  std::vector<std::unique_ptr<Attacker>> connect(int count) {
    std::vector<std::unique_ptr<Attacker>> attackers;
    for (int i = 0; i < count; ++i) attackers.push_back(std::make_unique<Attacker>(target()));
    return attackers;
  }

  // What the whole test is about.
  void expect_that_honest_tablets_sync() {
    lead_.write(30);
    const auto sent = sync_once(lead_, hub_->address());
    const auto fetched = sync_once(colleague_, hub_->address());
    ASSERT_TRUE(sent && fetched) << (sent ? "" : sent.error().message) << (fetched ? "" : fetched.error().message);
    EXPECT_EQ(colleague_.changes(), lead_.changes());
  }

  crypto::SystemEnvironment environment_;
  MemoryTablet lead_{"Lead"}, colleague_{"Colleague"}, outsider_{"Outsider"};
  MemoryTablet cronies_[6] = {MemoryTablet{"1"}, MemoryTablet{"2"}, MemoryTablet{"3"},
                              MemoryTablet{"4"}, MemoryTablet{"5"}, MemoryTablet{"6"}};
  std::unique_ptr<TestHub> hub_;
};

TEST_F(AttackedHubTest, StrangersWhoFillTheHubKeepNobodyOut) {
  Limits limits;
  limits.connections = 20;
  begin(limits);

  const auto strangers = connect(60);

  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, StrangersBehindTheSameAddressKeepNobodyOut) {
  Limits limits;
  limits.connections_per_address = 20;
  begin(limits);

  const auto strangers = connect(60);

  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, StrangersWithKeysKeepNobodyOut) {
  Limits limits;
  limits.connections = 20;
  begin(limits);
  std::vector<crypto::AgreementKey> keys;
  for (int i = 0; i < 25; ++i) keys.push_back(crypto::AgreementKey::generate(environment_));

  const auto strangers = connect(25);
  for (std::size_t i = 0; i < keys.size(); ++i) strangers[i]->shake_hands(keys[i]);

  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, OneDeviceHasSoManyConnections) {
  Limits limits;
  limits.connections_per_device = 3;
  begin(limits);
  const auto open = connect(4);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(open[i]->shake_hands(outsider_.transport()));
    open[i]->say(attack::hello(outsider_.space()));
    ASSERT_TRUE(open[i]->hear());
  }

  ASSERT_TRUE(open[3]->shake_hands(outsider_.transport()));
  const auto answer = open[3]->hear();

  ASSERT_TRUE(answer && std::holds_alternative<sync::Bye>(*answer));
  EXPECT_EQ(std::get<sync::Bye>(*answer).problem->error.code, ErrorCode::limit_exceeded);
  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, MessagesThatDoNotEndTakeOnlySoMuch) {
  Limits limits;
  limits.unfinished = 4 << 20;
  begin(limits);
  Bytes begun(3u << 19);
  begun[0] = begun[1] = begun[2] = std::byte{0xff};  // of a message of 16 MB
  begun[3] = std::byte{0x07};
  const auto holders = connect(6);

  for (std::size_t i = 0; i < holders.size(); ++i) {
    ASSERT_TRUE(holders[i]->shake_hands(cronies_[i].transport()));
    holders[i]->say(attack::hello(outsider_.space()));
    ASSERT_TRUE(holders[i]->hear());
    holders[i]->say_bytes(begun);
  }

  std::size_t closed = 0;
  for (const auto& holder : holders) closed += holder->is_closed_within(500);
  EXPECT_GE(closed, 4u);
  expect_that_honest_tablets_sync();
}

// The system would let each of them have some megabytes, and slow down every connection when they are too many.
TEST_F(AttackedHubTest, OfReadersThatTakeNothingTheSystemHoldsLittle) {
  begin({});
  outsider_.padding = 20'000;
  outsider_.run = 1;
  outsider_.write_one_by_one(200);
  ASSERT_TRUE(sync_once(outsider_, hub_->address()));
  const auto readers = connect(3);

  for (std::size_t i = 0; i < readers.size(); ++i) {
    ASSERT_TRUE(readers[i]->shake_hands(cronies_[i].transport()));
    readers[i]->say(attack::hello(outsider_.space(), 1u << 30));
    readers[i]->say(sync::Want{0, {}, {}, {{outsider_.own_log(), {}}}});
  }
  const auto held = [&] { return held_for_readers(hub_->port()); };
  ASSERT_TRUE(eventually([&] { return held() > readers.size() * (128u << 10); })) << "nothing was sent to them";

  // Meanwhile the hub has gone round all its connections.
  expect_that_honest_tablets_sync();
  EXPECT_LE(held(), readers.size() * (512u << 10));
}

TEST_F(AttackedHubTest, FramesFullOfEmptyMessagesStopNobody) {
  begin({});
  const auto key = crypto::AgreementKey::generate(environment_);
  Attacker stranger(target());
  ASSERT_TRUE(stranger.shake_hands(key));

  for (int i = 0; i < 30; ++i) stranger.say_bytes(Bytes(65'000));

  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, AMessageThatSaysItIsHugeEndsItsConnection) {
  begin({});
  const auto key = crypto::AgreementKey::generate(environment_);
  Attacker stranger(target());
  ASSERT_TRUE(stranger.shake_hands(key));

  stranger.say_bytes(Bytes{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0x7f}});

  EXPECT_TRUE(stranger.is_closed_within(10'000));
  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, AReplayedConversationIsClosed) {
  begin({});
  Attacker member(target());
  ASSERT_TRUE(member.shake_hands(outsider_.transport()));
  member.say(attack::hello(outsider_.space()));
  ASSERT_TRUE(member.hear());

  Attacker again(target());
  again.send(member.sent());

  EXPECT_TRUE(again.is_closed_within(10'000));
}

TEST_F(AttackedHubTest, AMemberOfOneSpaceGetsAndLeavesNothingInAnother) {
  begin({});
  Attacker outsider(target());
  ASSERT_TRUE(outsider.shake_hands(outsider_.transport()));
  sync::Open open;
  open.space = lead_.space();
  open.introduce = true;
  outsider.say(sync::Hello{"", 1u << 20, "", {open}});
  const auto welcome = outsider.hear();
  ASSERT_TRUE(welcome && std::holds_alternative<sync::Welcome>(*welcome));
  const sync::Opened& opened = std::get<sync::Welcome>(*welcome).opened.front();

  outsider.say(sync::Want{0, {lead_.roster().tip()}, {}, {{lead_.own_log(), {}}}});
  sync::Items items;
  for (const RosterHash& hash : outsider_.records()) {
    items.items.push_back({sync::ItemKind::roster, *outsider_.roster_record(outsider_.space(), hash), {}, false});
  }
  items.done = true;
  outsider.say(items);
  auto answer = outsider.hear();
  while (answer && std::holds_alternative<sync::Credit>(*answer)) answer = outsider.hear();

  EXPECT_FALSE(opened.roster || opened.frontier || opened.notices || opened.head);
  ASSERT_TRUE(answer && std::holds_alternative<sync::Opened>(*answer));
  EXPECT_EQ(std::get<sync::Opened>(*answer).access, sync::WireAccess::none);
  expect_that_honest_tablets_sync();
}

TEST_F(AttackedHubTest, ADeviceThatFillsItsQuotaTakesNoRoomFromOthers) {
  Limits limits;
  limits.bytes_per_device = 50'000;
  begin(limits);
  outsider_.padding = 40'000;
  outsider_.run = 1;
  outsider_.write_one_by_one(10);

  const auto summary = sync_once(outsider_, hub_->address());

  ASSERT_TRUE(summary);
  ASSERT_FALSE(summary->refused.empty());
  EXPECT_NE(summary->refused.front().error.message.find("bytes_per_device"), std::string::npos);
  expect_that_honest_tablets_sync();
}

}  // namespace
}  // namespace plenary::hub
