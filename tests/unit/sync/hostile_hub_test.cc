// A hub that forgets, forks or withholds is noticed by the heads that it signs.
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

TEST_F(HostileTest, CatchesAHubThatForgot) {
  const auto backup = hub_.back_up();
  anna_.write(5);
  meet(anna_, hub_);
  hub_.restore(*backup, 1);  // without saying so: the same epoch
  hub_.commits = 0;

  meet(anna_, hub_);

  ASSERT_FALSE(anna_.alarms.empty());
  EXPECT_EQ(anna_.alarms.front().kind, HubAlarm::Kind::forgot);
}

TEST_F(HostileTest, SendsAgainToAHubThatWasRestored) {
  const auto backup = hub_.back_up();
  anna_.write(5);
  meet(anna_, hub_);
  hub_.restore(*backup, 2);

  meet(anna_, hub_);
  meet(ben_, hub_);

  ASSERT_EQ(anna_.alarms.size(), 1u);
  EXPECT_EQ(anna_.alarms.front().kind, HubAlarm::Kind::restored);
  EXPECT_EQ(ben_.changes(), anna_.changes());
}

TEST_F(HostileTest, HoldsTheProofOfAHubThatShowsTwoHistories) {
  hub_.restore(*hub_.back_up(), 7);
  meet(anna_, hub_);
  ASSERT_EQ(anna_.trusted_head->number, 1u);
  ben_.write(5);
  meet(ben_, hub_);
  hub_.restore(*hub_.back_up(), 7);  // it signs the first head of its epoch again, and another one
  ben_.write(5);
  meet(ben_, hub_);
  ASSERT_EQ(hub_.head(anna_.space())->number, 2u);
  anna_.alarms.clear();

  meet(anna_, hub_);

  const auto forked = std::ranges::find(anna_.alarms, HubAlarm::Kind::forked, &HubAlarm::kind);
  ASSERT_NE(forked, anna_.alarms.end());
  ASSERT_TRUE(forked->proof);
  EXPECT_TRUE(verify_hub_fork(anna_.space(), *forked->proof));
  EXPECT_EQ(decode_hub_fork(encode_hub_fork(*forked->proof)).value(), *forked->proof);
}

TEST_F(HostileTest, NoticesWhenTheHubShowsLessThanItSigned) {
  hub_.withheld = anna_.own_log();

  meet(ben_, hub_);

  ASSERT_FALSE(ben_.alarms.empty());
  EXPECT_EQ(ben_.alarms.front().kind, HubAlarm::Kind::withheld);
}

}  // namespace
}  // namespace plenary::sync
