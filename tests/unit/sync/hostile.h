// The fixture of the tests of what must not happen: a space of two tablets, and a hub that has it.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/sync/wire.h"

namespace plenary::sync {

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
    anna_.found();
    anna_.grant(ben_);
    ben_.take_roster_from(anna_);
    anna_.write(20);
    meet(anna_, hub_);
  }

  MemoryHub hub_;
  MemoryTablet anna_{"Anna"}, ben_{"Ben"};
  crypto::SystemEnvironment environment_;
};

}  // namespace plenary::sync
