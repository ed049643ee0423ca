// A simulated tablet: what it holds, what it writes into a change's header, what passes between two of them. Every
// change notes beside its header what was in effect on its author's screen (World::screens); the engine must reach the
// same answer from the header alone.
#pragma once

#include "core/merge/evaluate.h"
#include "tests/contract/example_schema.h"
#include "tests/contract/random.h"

namespace plenary::contract {

using WriteId = std::pair<ChainValue, std::uint32_t>;
using Changes = std::vector<log::Change>;
using Records = std::vector<roster::Record>;

struct World {
  explicit World(std::uint64_t seed) : random(seed) {}

  Random random;
  std::map<LogId, DeviceKey> authors;
  std::map<ChainValue, std::set<WriteId>> screens;  // writes in effect where a change was written
  std::set<std::pair<LogId, ChainValue>> followed;  // changes that another one of their log follows
  std::set<LogId> forked;                           // logs that were ever forked, whether anybody can tell or not
  std::map<Bytes, Bytes> digests;                   // by position, of every device that was ever there
  bool disagreed = false;
};

class Device {
 public:
  Device(World& world, DeviceKey key, std::uint32_t version);

  std::unique_ptr<Device> clone() const;
  void upgrade();
  void new_incarnation();

  void write(std::vector<log::Operation> operations);
  // A roster record after the tip, or after another record that the device knows.
  const roster::Record& sign(roster::Body body, std::optional<RosterHash> after = std::nullopt);
  void receive(const Changes& changes, const Records& records);
  void meet(Device& other);

  const merge::MergedSpace& space() const { return *space_; }
  const roster::Standing& standing() const { return space_->roster().standing(); }
  bool is_keeper() const { return standing().keeper.signing == key; }
  Changes all_changes() const;
  Records all_records() const;
  bool has(const ChainValue& change) const { return changes.contains(change); }

  log::WriteName own_write(std::size_t index) const {
    return {{log, next_number(), 0}, static_cast<std::uint32_t>(index)};
  }
  log::WriteName name_of(const merge::Write& write) const {
    return {space_->causality().name_of(write.place), write.index};
  }
  std::uint32_t next_number() const { return last.number + 1; }

  DeviceKey key;
  LogId log;
  std::uint32_t version;
  log::Head last;  // its own newest change; number 0 before the first
  std::int64_t clock = 0;
  std::map<ChainValue, log::Change> changes;
  std::map<RosterHash, roster::Record> records;

 private:
  void open();
  void take(const log::Change& change);
  void note_digest();

  World& world_;
  std::unique_ptr<merge::MergedSpace> space_;
};

// Frontier, roster tip, unsettled void erasures and schema version: where digests must agree.
Bytes position_of(const merge::MergedSpace& space);
std::set<WriteId> writes_in_effect(const merge::MergedSpace& space);
// Of one log, as the device has it: several where it is forked.
std::vector<log::Head> heads_of(const Device& device, const LogId& log);
// Whoever has this device alone.
PersonId person_of(const DeviceKey& key);

}  // namespace plenary::contract
