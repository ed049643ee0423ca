// SpaceMaker: spaces, members and segments for tests of the hub. What is sealed is random bytes: the hub cannot tell.
#pragma once

#include "core/crypto/box.h"
#include "core/crypto/random.h"
#include "core/log/segment.h"
#include "core/roster/claim.h"
#include "core/roster/status.h"
#include "core/sync/space_log.h"

namespace plenary::hub {

// A device with its keys, and one log that it writes.
struct TestDevice {
  explicit TestDevice(Environment& environment)
      : signing(crypto::SigningKey::generate(environment)),
        transport(crypto::AgreementKey::generate(environment)),
        log(log::make_log(signing.public_key(), environment)) {}

  roster::DeviceIdentity identity() const { return {signing.public_key(), transport.public_key()}; }

  crypto::SigningKey signing;
  crypto::AgreementKey transport;
  log::LogDescriptor log;
  log::Head head;  // of the last segment made; number 0 at the beginning
};

class SpaceMaker {
 public:
  // Founds a space; its keeper is a member.
  explicit SpaceMaker(Environment& environment);

  const SpaceId& space() const { return space_; }
  TestDevice& keeper() { return keeper_; }
  const std::vector<sync::Item>& roster() const { return roster_; }

  // Each returns the roster record as an item, and adds it to roster().
  sync::Item grant(const TestDevice& device);
  sync::Item remove(const TestDevice& device);
  sync::Item invite(const InvitationId& invitation);

  // A segment of the next `count` changes of the device's log.
  sync::Item segment(TestDevice& device, std::uint32_t count, std::size_t sealed_size = 512);
  // Another segment with the same numbers as if the device had gone on from `from`: a fork.
  sync::Item branch(const TestDevice& device, const log::Head& from, std::uint32_t count);
  sync::Item status(const TestDevice& device, std::uint64_t number, std::size_t sealed_size = 100);
  sync::Item claim(const TestDevice& device, const crypto::SigningKey& invitation);

  Bytes random_bytes(std::size_t size);

 private:
  sync::Item sign(roster::Record record);
  log::Segment make_segment(const TestDevice& device, std::uint32_t first, std::uint32_t last, std::size_t sealed_size);

  Environment& environment_;
  TestDevice keeper_;
  KeyId key_;
  SpaceId space_;
  RosterHash tip_;
  std::vector<sync::Item> roster_;
};

}  // namespace plenary::hub
