// A hub's store, with its first input or output made to fail, then its second, and so on: nothing that it acknowledged
// is lost, and it takes the rest.
#include <gtest/gtest.h>

#include "core/crypto/random.h"
#include "tests/simulation/scratch.h"
#include "tests/simulation/simulated_hub.h"
#include "tests/unit/hub/space_maker.h"

namespace plenary::simulation {
namespace {

std::string name_of(Fault fault) {
  return fault == Fault::input_output ? "InputOutputError" : fault == Fault::disk_full ? "DiskFull" : "PowerCut";
}

class HubFaultTest : public testing::TestWithParam<Fault> {
 protected:
  static void SetUpTestSuite() {
    crypto::initialise();
    seed_sqlite(1);
  }

  // A space, and what its keeper hands over in the course of a day.
  std::vector<sync::StoreRequest> day() {
    std::vector<sync::StoreRequest> requests;
    const auto add = [&](std::vector<sync::Item> items) {
      requests.push_back({requests.size() + 1, maker_.space(), maker_.keeper().transport.public_key(), "", items});
    };
    add(maker_.roster());
    for (const std::size_t size : {100, 5'000, 700, 60'000, 300}) {
      add({maker_.segment(maker_.keeper(), 3, size)});
    }
    return requests;
  }

  crypto::SystemEnvironment environment_;
  hub::SpaceMaker maker_{environment_};
  const Scratch scratch_{"hub-fault"};
  const std::int64_t now_ms_ = 1'763'460'000'000;
};

TEST_P(HubFaultTest, NoFailureTakesWhatWasAcknowledged) {
  const auto requests = day();
  bool failed = true;
  std::uint64_t operation = 1;
  for (; failed; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    std::filesystem::remove_all(scratch_.path() / "hub");
    SimulatedHub hub("hub", scratch_.path() / "hub", now_ms_, operation);
    hub.disk.fail_in(operation, GetParam());
    std::size_t acknowledged = 0;
    try {
      for (; acknowledged < requests.size(); ++acknowledged) {
        const auto outcome = hub.store({requests[acknowledged]}).outcomes.at(0);
        ASSERT_TRUE(outcome.refused.empty()) << outcome.refused.front().error.message;
      }
    } catch (const sqlite::Failure&) {
    }
    failed = !hub.disk.fault_is_due();
    hub.disk.forget_fault();
    const auto head = hub.disk.power_is_cut() || !failed ? std::nullopt : hub.spaces().head(maker_.space());
    // The store that met the failure goes on, or the hub is started anew.
    if (hub.disk.power_is_cut() || operation % 2 == 0) hub.restart();
    ASSERT_NO_THROW(hub.check_acknowledged(maker_.space()));
    // What could not be synced may be on the disk all the same: a hub that is started anew may be one head further.
    if (const auto now = hub.spaces().head(maker_.space()); head && now != head) {
      ASSERT_TRUE(now && operation % 2 == 0);
      EXPECT_EQ(now->previous, sync::value_of(maker_.space(), *head));
    }

    for (std::size_t i = 0; i < requests.size(); ++i) {
      const auto outcome = hub.store({requests[i]}).outcomes.at(0);
      EXPECT_TRUE(outcome.refused.empty()) << outcome.refused.front().error.message;
      if (i < acknowledged) {
        EXPECT_TRUE(outcome.sequences.empty()) << "request " << i << " had been acknowledged";
      }
    }
    hub.restart();
    ASSERT_NO_THROW(hub.check_acknowledged(maker_.space()));
    EXPECT_EQ(hub.spaces().inventory(maker_.space())->frontier.front().number, 15u);
    if (HasFailure()) return;
  }
  EXPECT_GT(operation, 30u) << "the day was hardly played";
}

INSTANTIATE_TEST_SUITE_P(Each, HubFaultTest, testing::Values(Fault::input_output, Fault::disk_full, Fault::power_cut),
                         [](const auto& fault) { return name_of(fault.param); });

}  // namespace
}  // namespace plenary::simulation
