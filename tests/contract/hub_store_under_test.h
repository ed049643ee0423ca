// A hub's store under test, whatever its backend: the fixture of the contract.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync-server/hub_writer.h"
#include "tests/unit/hub/space_maker.h"

namespace plenary::hub {

class HubStoreUnderTest {
 public:
  virtual ~HubStoreUnderTest() = default;
  virtual sync::HubSpaces& spaces() = 0;
  // Stores in one transaction, and tells the reading side.
  virtual Committed store(std::vector<sync::StoreRequest> requests) = 0;
  // Closes and opens again, as another process would find it.
  virtual void reopen() = 0;
  virtual std::uint64_t open_epoch() = 0;
};

// Backend: default-constructible; make(Configuration) gives a store with nothing in it.
template <class Backend>
class HubStoreContract : public ::testing::Test {
 protected:
  HubStoreContract() { use({}); }

  void use(const Configuration& configuration) { store_ = backend_.make(configuration); }
  sync::HubSpaces& spaces() { return store_->spaces(); }

  sync::StoreRequest request(const SpaceMaker& maker, const TestDevice& device, std::vector<sync::Item> items) {
    return {++ticket_, maker.space(), device.transport.public_key(), "", std::move(items)};
  }
  sync::StoreOutcome store(const SpaceMaker& maker, const TestDevice& device, std::vector<sync::Item> items) {
    return store_->store({request(maker, device, std::move(items))}).outcomes.at(0);
  }
  // Founds the space here, with these members.
  void found(SpaceMaker& maker, std::initializer_list<const TestDevice*> members = {}) {
    for (const TestDevice* member : members) maker.grant(*member);
    ASSERT_THAT(store(maker, maker.keeper(), maker.roster()).refused, ::testing::IsEmpty());
  }
  log::Frontier frontier(const SpaceMaker& maker) { return spaces().inventory(maker.space())->frontier; }

  crypto::SystemEnvironment environment_;
  Backend backend_;
  std::unique_ptr<HubStoreUnderTest> store_;
  std::uint64_t ticket_ = 0;
};

TYPED_TEST_SUITE_P(HubStoreContract);

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

}  // namespace plenary::hub
