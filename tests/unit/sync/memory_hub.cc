#include "tests/unit/sync/memory_hub.h"

#include <gtest/gtest.h>
#include <algorithm>

#include <set>

namespace plenary::sync {

struct MemoryHub::Space {
  SpaceId id;
  std::vector<std::pair<RosterHash, Bytes>> records;
  std::map<LogId, std::vector<StoredSegment>> logs;
  std::map<NoticeName, std::int64_t> notices;
  std::map<std::int64_t, Item> items;
  std::vector<HubHead> heads;
  std::int64_t sequence = 0;

  std::shared_ptr<SpaceGate> built_gate;

  SpaceGate& gate() {
    if (built_gate) return *built_gate;
    built_gate = std::make_shared<SpaceGate>(id);
    for (const auto& [hash, bytes] : records) EXPECT_TRUE(built_gate->restore(bytes));
    return *built_gate;
  }
  std::vector<log::SignedHead> tips(const LogId& log) const {
    std::vector<log::SignedHead> ends;
    const auto segments = logs.find(log);
    if (segments == logs.end()) return ends;
    for (const StoredSegment& each : segments->second) {
      const bool continued = std::ranges::any_of(
          segments->second, [&](const StoredSegment& other) { return other.continues == each.head.head; });
      if (!continued) ends.push_back(each.head);
    }
    return ends;
  }
};

struct MemoryHub::Backup {
  std::map<SpaceId, Space> spaces;
};

class MemoryHub::Lookup final : public StoredHeads {
 public:
  explicit Lookup(const Space& space) : space_(space) {}
  std::vector<log::SignedHead> tips(const LogId& log) override { return space_.tips(log); }
  std::vector<log::SignedHead> heads_at(const LogId& log, std::uint32_t number) override {
    std::vector<log::SignedHead> heads;
    const auto segments = space_.logs.find(log);
    if (segments == space_.logs.end()) return heads;
    for (const StoredSegment& each : segments->second) {
      if (each.head.head.number == number) heads.push_back(each.head);
    }
    return heads;
  }
  std::vector<DeviceKey> authors() override {
    std::vector<DeviceKey> authors;
    for (const auto& [log, segments] : space_.logs) authors.push_back(segments.front().envelope.log.author);
    return authors;
  }
  std::size_t head_count() override {
    std::size_t count = 0;
    for (const auto& [log, segments] : space_.logs) count += space_.tips(log).size();
    return count;
  }

 private:
  const Space& space_;
};

MemoryHub::MemoryHub()
    : signing_(crypto::SigningKey::generate(environment_)), transport_(crypto::AgreementKey::generate(environment_)) {}

std::shared_ptr<MemoryHub::Backup> MemoryHub::back_up() const {
  auto backup = std::make_shared<Backup>();
  for (const auto& [id, space] : spaces_) backup->spaces.emplace(id, *space);
  return backup;
}

void MemoryHub::restore(const Backup& backup, std::uint64_t epoch) {
  epoch_ = epoch;
  spaces_.clear();
  for (const auto& [id, space] : backup.spaces) {
    spaces_[id] = std::make_shared<Space>(space);
    spaces_[id]->built_gate.reset();
    const auto held = *inventory(id);
    spaces_[id]->heads.push_back(make_hub_head(id, std::nullopt, epoch, digest_of_roster(id, held.roster),
                                               digest_of_frontier(id, held.frontier), signing_));
  }
}

void MemoryHub::keep(Space& space, const Item& item, StoreOutcome& outcome) {
  space.items[++space.sequence] = {item.kind, item.bytes, {}, false};
  outcome.sequences.push_back(space.sequence);
}

std::optional<Refusal> MemoryHub::take(Space& space, const StoreRequest& request, const Item& item,
                                       StoreOutcome& outcome) {
  SpaceGate& gate = space.gate();
  if (item.kind == ItemKind::roster) {
    const bool known = gate.founded() && gate.knows_record(item.bytes);
    if (!known && !gate.may_bring_record(request.device, item.bytes)) {
      return Refusal{{ErrorCode::refused, "Only members of the space hand over roster records."}, false, {}};
    }
    const auto pass = gate.check_record(item.bytes);
    if (!pass) return pass.error();
    if (pass->duplicate) return std::nullopt;
    space.records.emplace_back(pass->hash, item.bytes);
    keep(space, item, outcome);
    return std::nullopt;
  }
  Lookup stored(space);
  if (item.kind == ItemKind::segment) {
    const auto pass = gate.check_segment(request.device, item, stored);
    if (!pass) return pass.error();
    duplicates += pass->duplicate;
    if (pass->duplicate) return std::nullopt;
    keep(space, item, outcome);
    space.logs[pass->head.head.log].push_back({space.sequence, pass->envelope, pass->head, pass->continues});
    if (pass->fork) {
      const Item proof{ItemKind::fork, log::encode_fork(*pass->fork), {}, false};
      keep(space, proof, outcome);
      space.notices[name_notice(space.id, proof.kind, proof.bytes).value()] = space.sequence;
    }
    return std::nullopt;
  }
  const auto pass = gate.check_notice(request.device, item.kind, item.bytes);
  if (!pass) return pass.error();
  const auto newer = std::ranges::find_if(space.notices, [&](const auto& entry) {
    return entry.first.kind == pass->name.kind && entry.first.subject == pass->name.subject;
  });
  if (newer != space.notices.end()) {
    if (newer->first.number >= pass->name.number) return std::nullopt;
    space.items.erase(newer->second);
    space.notices.erase(newer);
  }
  keep(space, item, outcome);
  space.notices[pass->name] = space.sequence;
  return std::nullopt;
}

StoreOutcome MemoryHub::refuse_founding(const StoreRequest& request) const {
  const Error error{ErrorCode::refused, "This hub asks for a token before a space can be founded on it."};
  StoreOutcome outcome{request.ticket, {}, {}, std::nullopt, std::nullopt};
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    outcome.refused.push_back({i, error, false, {}});
    if (SpaceGate(request.space).is_founding(request.device, request.items[i].bytes))
      outcome.introduction_refused = error;
  }
  return outcome;
}

StoreOutcome MemoryHub::commit(const StoreRequest& request) {
  ++commits;
  const bool may_found = founding_token.empty() || request.token == founding_token;
  if (!may_found && !spaces_.contains(request.space)) return refuse_founding(request);
  StoreOutcome outcome{request.ticket, {}, {}, std::nullopt, std::nullopt};
  auto& space = spaces_[request.space];
  if (!space) {
    space = std::make_shared<Space>();
    space->id = request.space;
  }
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    const auto refusal = take(*space, request, request.items[i], outcome);
    if (refusal) outcome.refused.push_back({i, refusal->error, refusal->retry, refusal->tips});
  }
  if (space->records.empty()) {
    spaces_.erase(request.space);
    return outcome;
  }
  const auto held = *inventory(request.space);
  const Digest roster = digest_of_roster(request.space, held.roster);
  const Digest frontier = digest_of_frontier(request.space, held.frontier);
  const std::optional<HubHead> last = head(request.space);
  if (!last || last->roster != roster || last->frontier != frontier) {
    space->heads.push_back(make_hub_head(request.space, last, epoch_, roster, frontier, signing_));
  }
  outcome.head = space->heads.back();
  return outcome;
}

std::size_t MemoryHub::stored_segments() const {
  std::size_t count = 0;
  for (const auto& [id, space] : spaces_) {
    for (const auto& [log, segments] : space->logs) count += segments.size();
  }
  return count;
}

std::optional<Inventory> MemoryHub::inventory(const SpaceId& id) {
  const auto found = spaces_.find(id);
  if (found == spaces_.end()) return std::nullopt;
  Inventory held;
  for (const auto& [hash, bytes] : found->second->records) held.roster.push_back(hash);
  for (const auto& [log, segments] : found->second->logs) {
    if (log == withheld) continue;
    for (const log::SignedHead& tip : found->second->tips(log)) held.frontier.push_back(tip.head);
  }
  std::ranges::sort(held.frontier);
  for (const auto& [name, sequence] : found->second->notices) held.notices.push_back(name);
  held.sequence = found->second->sequence;
  return held;
}

std::optional<Bytes> MemoryHub::roster_record(const SpaceId& id, const RosterHash& hash) {
  for (const auto& [each, bytes] : spaces_.at(id)->records) {
    if (each == hash) return bytes;
  }
  return std::nullopt;
}

std::optional<Bytes> MemoryHub::notice(const SpaceId& id, const NoticeName& name) {
  const Space& space = *spaces_.at(id);
  const auto found = space.notices.find(name);
  if (found == space.notices.end()) return std::nullopt;
  return space.items.at(found->second).bytes;
}

std::vector<SegmentRef> MemoryHub::missing_segments(const SpaceId& id, std::span<const LogWant> wants) {
  ++lookups;
  std::vector<SegmentRef> refs;
  const Space& space = *spaces_.at(id);
  for (const LogWant& want : wants) {
    const auto found = space.logs.find(want.log);
    if (found == space.logs.end()) continue;
    // What ends at a head that the peer has, and what that continues, it has. Everything else is sent, but for what
    // lies wholly below a head that can only be inside a later segment.
    std::set<std::pair<std::uint32_t, ChainValue>> had;
    std::uint32_t inside = 0;
    for (const log::Head& head : want.have) {
      std::optional<log::Head> at = head;
      bool known_number = false;
      while (at) {
        std::optional<log::Head> before;
        for (const StoredSegment& each : found->second) {
          known_number |= each.head.head.number == head.number;
          if (each.head.head == *at) {
            had.insert({at->number, at->chain});
            before = each.continues;
          }
        }
        at = before;
      }
      if (!known_number) inside = std::max(inside, head.number);
    }
    for (const StoredSegment& each : found->second) {
      if (had.contains({each.envelope.last, each.envelope.chain}) || each.envelope.last <= inside) continue;
      refs.push_back({want.log,
                      each.envelope.first,
                      each.envelope.last,
                      each.envelope.chain,
                      {},
                      space.items.at(each.sequence).bytes.size(),
                      each.sequence,
                      false});
    }
  }
  return refs;
}

std::optional<Bytes> MemoryHub::segment(const SpaceId& id, const SegmentRef& ref) {
  return spaces_.at(id)->items.at(ref.sequence).bytes;
}

Access MemoryHub::access(const SpaceId& id, const TransportKey& device) {
  const auto found = spaces_.find(id);
  return found == spaces_.end() ? Access::none : found->second->gate().access(device);
}

std::vector<RosterHash> MemoryHub::roster_until_removal(const SpaceId& id, const TransportKey& device) {
  const auto found = spaces_.find(id);
  return found == spaces_.end() ? std::vector<RosterHash>() : found->second->gate().roster_until_removal(device);
}

Result<void> MemoryHub::check_claim(const SpaceId& id, const TransportKey& device, ByteSpan claim) {
  const auto found = spaces_.find(id);
  if (found == spaces_.end()) return SpaceGate(id).check_claim(device, claim);
  return found->second->gate().check_claim(device, claim);
}

std::optional<HubHead> MemoryHub::head(const SpaceId& id) {
  const auto found = spaces_.find(id);
  if (found == spaces_.end() || found->second->heads.empty()) return std::nullopt;
  return found->second->heads.back();
}

std::vector<HubContent> MemoryHub::links(const SpaceId& id, std::uint64_t epoch, std::uint64_t after,
                                         std::uint64_t last) {
  std::vector<HubContent> contents;
  for (const HubHead& head : spaces_.at(id)->heads) {
    if (head.epoch == epoch && head.number > after && head.number <= last) contents.push_back(content_of(id, head));
  }
  return contents;
}

std::vector<StoredItem> MemoryHub::items_after(const SpaceId& id, std::int64_t sequence, std::size_t byte_limit) {
  std::vector<StoredItem> items;
  std::size_t bytes = 0;
  const auto& stored = spaces_.at(id)->items;
  for (auto at = stored.upper_bound(sequence); at != stored.end() && bytes < byte_limit; ++at) {
    bytes += at->second.bytes.size();
    items.push_back({at->first, at->second});
  }
  return items;
}

}  // namespace plenary::sync
