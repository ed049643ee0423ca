// One random history: up to six tablets and their clones, offline work, meetings, and what can go wrong: clones,
// lost devices, removals, re-admissions, forks, losses, erasures, new epochs, old apps, nonsense from broken devices.
#pragma once

#include "tests/contract/device.h"

namespace plenary::contract {

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed);

  World world;
  std::vector<std::unique_ptr<Device>> devices;
  std::vector<std::unique_ptr<Device>> gone;  // they turn up again at the end

  // Everything that still exists anywhere.
  Changes changes() const;
  Records records() const;

 private:
  using Operations = std::vector<log::Operation>;
  using RecordEntry = std::pair<log::RecordName, const merge::MergedSpace::Entry*>;

  void found();
  void step(double risk);
  Device& any_device() { return *devices[world.random.below(devices.size())]; }

  // random_edits.cc
  void edit(Device& device);
  void edit_some_record(Device& device, Role role, Operations& operations);
  void create(Device& device, Role role, Operations& operations);
  void edit_field(Device& device, const RecordEntry& record, Operations& operations);
  void edit_text(Device& device, const RecordEntry& record, std::uint32_t field, Operations& operations);
  void edit_union(Device& device, const RecordEntry& record, std::uint32_t field, Operations& operations);
  void hide(Device& device, const RecordEntry& record, Operations& operations);
  void nonsense(Operations& operations);
  std::string text();

  // random_history.cc
  roster::DeviceIdentity identity(const DeviceKey& key) const;
  void exchange(Device& giver, Device& taker);
  void lose_payloads(Changes& changes);
  void notice_own_fork(Device& device);
  void lose_device();
  void lose_two_devices();

  // random_keeper.cc
  void keeper_acts();
  void act_on_trouble(Device& keeper);
  void act_after_the_end(Device& device);
  void sign(Device& device, roster::Body body);
  roster::Cuts some_cuts(const Device& keeper, const DeviceKey& key);
  DeviceKey some_member(const Device& keeper);
  void grant(Device& keeper);
  void readmit(Device& keeper);
  void name_branch(Device& keeper);
  void declare_lost(Device& keeper);
  void decline(Device& keeper);
  void recover();
  roster::Body some_erasure(const Device& device);

  DeviceKey recovery_;
  std::size_t serial_ = 0;
};

}  // namespace plenary::contract
