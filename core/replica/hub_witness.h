// What a space keeps of what its hub signed, and of what the hub did that an honest one does not do.
#pragma once

#include "core/replica/space.h"
#include "core/sync/space_log.h"

namespace plenary::replica {

// Keeps the alarm, and the proof where there is one: proofs are passed on to every member.
void keep_hub_alarm(Space& space, Space::Writing& writing, const sync::HubAlarm& alarm);

// Hub heads whose signatures this process has verified. At every head that a hub shows, all colleagues' statuses are
// read again, and most of them name a head that was verified before.
class VerifiedHeads {
 public:
  bool holds(const SpaceId& space, const sync::HubHead& head);

 private:
  static constexpr std::size_t kKept = 4096;

  std::set<std::pair<SpaceId, Bytes>> heads_;  // signature and all, as encoded
};

// What a hub showed to those whose statuses are here.
std::vector<sync::HubHead> witnessed_heads(Space& space, const DeviceKey& hub, VerifiedHeads& verified);
// The newest head that each hub showed to this device.
std::vector<sync::HubHead> kept_heads(Space& space);
// What another member's device was shown, against what this one was by the same hub (`kept`): an alarm with proof where
// it cannot both be true.
std::optional<sync::HubAlarm> compare_heads(const SpaceId& space, std::span<const sync::HubHead> kept,
                                            const seal::StatusContent& theirs);
// A proof that came from a colleague.
void keep_hub_fork(Space& space, Space::Writing& writing, const sync::HubForkProof& proof);

}  // namespace plenary::replica
