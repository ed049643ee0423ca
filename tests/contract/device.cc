#include "tests/contract/device.h"

#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/base/check.h"

namespace plenary::contract {

Device::Device(World& world, DeviceKey device_key, std::uint32_t schema_version)
    : key(device_key), version(schema_version), world_(world) {
  new_incarnation();
  open();
}

void Device::new_incarnation() {
  log = world_.random.id<LogId>();
  last = {};
  world_.authors[log] = key;
}

void Device::open() {
  space_ = std::make_unique<merge::MergedSpace>(example_schema(), version);
  for (const auto& [hash, record] : records) space_->add(record);
  for (const auto& [chain, change] : changes) take(change);
}

void Device::take(const log::Change& change) {
  space_->learn_author(change.log, world_.authors.at(change.log));
  space_->add(change);
}

std::unique_ptr<Device> Device::clone() const {
  auto twin = std::make_unique<Device>(world_, key, version);
  twin->log = log;
  twin->last = last;
  twin->clock = clock;
  twin->receive(all_changes(), all_records());
  return twin;
}

void Device::upgrade() {
  version = example_schema().newest;
  open();
  note_digest();
}

void Device::write(std::vector<log::Operation> operations) {
  const log::Causality& causality = space_->causality();
  log::Change change;
  change.log = log;
  change.number = next_number();
  change.chain = world_.random.id<ChainValue>();
  change.previous = last.chain;
  const auto before = last.number ? causality.find(log, last.number, last.chain) : std::nullopt;
  change.seen = causality.unseen_heads(log, before);
  change.roster = space_->roster().tip();
  change.time_ms = clock;
  change.schema = version;
  change.operations = std::move(operations);
  if (!world_.followed.emplace(log, change.previous).second) world_.forked.insert(log);
  world_.screens[change.chain] = writes_in_effect(*space_);
  last = {log, change.number, change.chain};
  changes.emplace(change.chain, change);
  take(change);
  CHECK(causality.is_delivered(last));  // an author holds all that it cites
  note_digest();
}

const roster::Record& Device::sign(roster::Body body, std::optional<RosterHash> after) {
  const bool opening = std::holds_alternative<roster::HandOver>(body) || std::holds_alternative<roster::Recover>(body);
  roster::Record record;
  record.hash = world_.random.id<RosterHash>();
  record.previous = after.value_or(space_->roster().tip());
  const roster::Record* previous = space_->roster().find(record.previous);
  record.epoch = previous ? previous->epoch + opening : 0;
  record.signer = key;
  record.body = std::move(body);
  space_->add(record);
  note_digest();
  return records.emplace(record.hash, record).first->second;
}

void Device::receive(const Changes& given, const Records& records_given) {
  for (const roster::Record& record : records_given) {
    if (records.emplace(record.hash, record).second) space_->add(record);
  }
  for (const log::Change& change : given) {
    if (changes.emplace(change.chain, change).second) take(change);
  }
  note_digest();
}

void Device::meet(Device& other) {
  receive(other.all_changes(), other.all_records());
  other.receive(all_changes(), all_records());
}

void Device::note_digest() {
  if (space_->roster().empty()) return;
  const Bytes digest = space_->digest_bytes();
  world_.disagreed |= world_.digests.try_emplace(position_of(*space_), digest).first->second != digest;
}

Changes Device::all_changes() const {
  Changes all;
  for (const auto& [chain, change] : changes) all.push_back(change);
  return all;
}

Records Device::all_records() const {
  Records all;
  for (const auto& [hash, record] : records) all.push_back(record);
  return all;
}

Bytes position_of(const merge::MergedSpace& space) {
  ByteWriter position;
  for (const log::Head& head : space.causality().frontier()) position.id(head.chain);
  position.id(space.roster().tip());
  for (const RosterHash& hash : space.roster().unsettled()) position.id(hash);
  position.varint(space.view().version());
  return std::move(position).take();
}

std::set<WriteId> writes_in_effect(const merge::MergedSpace& space) {
  std::set<WriteId> found;
  for (const auto& [record, entry] : space.records()) {
    for (std::size_t i = 0; i < entry.writes.size(); ++i) {
      if (entry.merged.effects[i].verdict != merge::Verdict::effective) continue;
      found.emplace(space.causality().chain_of(entry.writes[i].place), entry.writes[i].index);
    }
  }
  return found;
}

std::vector<log::Head> heads_of(const Device& device, const LogId& log) {
  log::Frontier heads = device.space().causality().frontier();
  std::erase_if(heads, [&](const log::Head& head) { return head.log != log; });
  return heads;
}

PersonId person_of(const DeviceKey& key) {
  PersonId person;
  std::copy_n(key.bytes.begin(), PersonId::kSize, person.bytes.begin());
  return person;
}

}  // namespace plenary::contract
