// The fixture of the tests of what must not happen: a space of two tablets, and a hub that has it.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/sync/wire.h"

namespace plenary::sync {

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
    lead_.found();
    lead_.grant(reviewer_);
    reviewer_.take_roster_from(lead_);
    lead_.write(20);
    meet(lead_, hub_);
  }

  MemoryHub hub_;
  MemoryTablet lead_{"Lead"}, reviewer_{"Reviewer"};
  crypto::SystemEnvironment environment_;
};

}  // namespace plenary::sync
