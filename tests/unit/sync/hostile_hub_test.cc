// A hub that forgets, forks or withholds is noticed by the heads that it signs.
#include "tests/unit/sync/hostile.h"

namespace plenary::sync {
namespace {

TEST_F(HostileTest, CatchesAHubThatForgot) {
  const auto backup = hub_.back_up();
  lead_.write(5);
  meet(lead_, hub_);
  hub_.restore(*backup, 1);  // without saying so: the same epoch
  hub_.commits = 0;

  meet(lead_, hub_);

  ASSERT_FALSE(lead_.alarms.empty());
  EXPECT_EQ(lead_.alarms.front().kind, HubAlarm::Kind::forgot);
}

TEST_F(HostileTest, SendsAgainToAHubThatWasRestored) {
  const auto backup = hub_.back_up();
  lead_.write(5);
  meet(lead_, hub_);
  hub_.restore(*backup, 2);

  meet(lead_, hub_);
  meet(reviewer_, hub_);

  ASSERT_EQ(lead_.alarms.size(), 1u);
  EXPECT_EQ(lead_.alarms.front().kind, HubAlarm::Kind::restored);
  EXPECT_EQ(reviewer_.changes(), lead_.changes());
}

TEST_F(HostileTest, HoldsTheProofOfAHubThatShowsTwoHistories) {
  hub_.restore(*hub_.back_up(), 7);
  meet(lead_, hub_);
  ASSERT_EQ(lead_.trusted_head->number, 1u);
  reviewer_.write(5);
  meet(reviewer_, hub_);
  hub_.restore(*hub_.back_up(), 7);  // it signs the first head of its epoch again, and another one
  reviewer_.write(5);
  meet(reviewer_, hub_);
  ASSERT_EQ(hub_.head(lead_.space())->number, 2u);
  lead_.alarms.clear();

  meet(lead_, hub_);

  const auto forked = std::ranges::find(lead_.alarms, HubAlarm::Kind::forked, &HubAlarm::kind);
  ASSERT_NE(forked, lead_.alarms.end());
  ASSERT_TRUE(forked->proof);
  EXPECT_TRUE(verify_hub_fork(lead_.space(), *forked->proof));
  EXPECT_EQ(decode_hub_fork(encode_hub_fork(*forked->proof)).value(), *forked->proof);
}

TEST_F(HostileTest, NoticesWhenTheHubShowsLessThanItSigned) {
  hub_.withheld = lead_.own_log();

  meet(reviewer_, hub_);

  ASSERT_FALSE(reviewer_.alarms.empty());
  EXPECT_EQ(reviewer_.alarms.front().kind, HubAlarm::Kind::withheld);
}

}  // namespace
}  // namespace plenary::sync
