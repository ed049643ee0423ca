#include "tests/unit/sync/memory_tablet.h"

#include <algorithm>

#include "core/base/check.h"

namespace plenary::sync {
namespace {

KeyId test_key() {
  return crypto::hash<KeyId>({"plenary test key", 1, {}}, {});
}

}  // namespace

MemoryTablet::MemoryTablet(std::string name)
    : name_(std::move(name)),
      signing_(crypto::SigningKey::generate(environment_)),
      transport_(crypto::AgreementKey::generate(environment_)),
      descriptor_(log::make_log(signing_.public_key(), environment_)) {}

// ---- roster

void MemoryTablet::keep_record(const roster::VerifiedRecord& record) {
  roster_.add(record.record());
  records_.emplace_back(record.record().hash, roster::encode_signed_record(record.signed_record()));
}

SpaceId MemoryTablet::found() {
  roster::Found body;
  body.kind = 2;
  body.keeper = identity();
  body.role = kLead;
  body.recovery = crypto::SigningKey::generate(environment_).public_key();
  body.label = to_bytes("label");
  body.name = to_bytes("name");
  body.key.key = test_key();
  body.key.boxes.push_back({transport_.public_key(), Bytes(48)});
  body.schema = "test";
  environment_.random(body.nonce);
  const auto record = roster::sign_record({}, {.body = body}, signing_);
  space_ = record.space();
  keep_record(record);
  return space_;
}

void MemoryTablet::write_record(roster::Body body) {
  const roster::Standing& standing = roster_.standing();
  keep_record(roster::sign_record(space_, {.previous = roster_.tip(), .epoch = standing.epoch, .body = std::move(body)},
                                  signing_));
}

void MemoryTablet::grant(const MemoryTablet& other) {
  write_record(roster::Grant{.device = other.identity(), .person = {}, .role = kReviewer, .label = to_bytes("label")});
}

void MemoryTablet::remove(const MemoryTablet& other) {
  write_record(roster::Remove{.key = other.identity().signing});
}

void MemoryTablet::rotate() {
  roster::Rotate rotation;
  environment_.random(rotation.key.key.bytes);
  write_record(std::move(rotation));
}

crypto::SigningKey MemoryTablet::invite() {
  crypto::SigningKey key = crypto::SigningKey::generate(environment_);
  const InvitationId id{key.public_key().bytes};
  write_record(roster::Invite{.invitation = id, .role = kReviewer, .box = Bytes(48), .label = to_bytes("for whom")});
  return key;
}

void MemoryTablet::join(const SpaceId& space, const crypto::SigningKey& invitation) {
  space_ = space;
  roster::Claim claim;
  claim.space = space;
  claim.invitation = InvitationId{invitation.public_key().bytes};
  claim.device = identity();
  claim.label = to_bytes(name_);
  claim_ = roster::encode_claim(roster::sign_claim(claim, invitation, signing_));
}

void MemoryTablet::take_roster_from(const MemoryTablet& other) {
  space_ = other.space_;
  std::vector<Item> items;
  for (const auto& [hash, bytes] : other.records_) items.push_back({ItemKind::roster, bytes, {}, false});
  store(space_, items);
}

std::set<RosterHash> MemoryTablet::records() const {
  std::set<RosterHash> hashes;
  for (const auto& [hash, bytes] : records_) hashes.insert(hash);
  return hashes;
}

// ---- logs

TestBranch& MemoryTablet::own_branch() {
  TestLog& log = logs_[own_log()];
  log.descriptor = descriptor_;
  if (log.branches.empty()) log.branches.emplace_back();
  return log.branches.front();
}

void MemoryTablet::sign_own_tip() {
  TestBranch& branch = own_branch();
  const auto last = static_cast<std::uint32_t>(branch.chain.size());
  const log::Head head{own_log(), last, branch.at(last)};
  branch.signatures[last] = log::sign_head(space_, head, signing_).signature;
}

void MemoryTablet::write(int count) {
  TestBranch& branch = own_branch();
  for (int i = 0; i < count; ++i) {
    branch.chain.push_back(
        next_chain(branch.at(static_cast<std::uint32_t>(branch.chain.size())), name_ + std::to_string(++written_)));
    if (branch.chain.size() % run == 0) sign_own_tip();
  }
  sign_own_tip();
}

void MemoryTablet::write_one_by_one(int count) {
  for (int i = 0; i < count; ++i) write(1);
}

void MemoryTablet::become_clone_of(const MemoryTablet& other) {
  signing_ = other.signing_.duplicate();
  transport_ = other.transport_.duplicate();
  descriptor_ = other.descriptor_;
  space_ = other.space_;
  logs_ = other.logs_;
  take_roster_from(other);
}

std::set<std::pair<LogId, ChainValue>> MemoryTablet::changes() const {
  std::set<std::pair<LogId, ChainValue>> all;
  for (const auto& [id, log] : logs_) {
    for (const TestBranch& branch : log.branches) {
      for (const ChainValue& value : branch.chain) all.emplace(id, value);
    }
  }
  return all;
}

bool MemoryTablet::holds(const SpaceId&, const log::Head& head) {
  const auto log = logs_.find(head.log);
  return log != logs_.end() && std::ranges::any_of(log->second.branches, [&](const TestBranch& branch) {
           return branch.holds(head.number, head.chain);
         });
}

void MemoryTablet::missing_of(const TestLog& log, const LogWant& want, std::vector<SegmentRef>& out) const {
  for (const TestBranch& branch : log.branches) {
    std::uint32_t shared = 0;
    bool continues = want.have.empty();
    bool unknown_ahead = false;
    for (const log::Head& head : want.have) {
      if (branch.holds(head.number, head.chain)) {
        if (head.number >= shared) continues = true;
        shared = std::max(shared, head.number);
      } else if (head.number > branch.last() && log.branches.size() == 1) {
        unknown_ahead = true;
      }
    }
    if (unknown_ahead && shared == 0) continue;  // the peer may have all of ours: let it tell us first
    for (std::uint32_t first = shared + 1; first <= branch.last();) {
      std::uint32_t last = branch.signatures.lower_bound(first)->first;
      for (const auto& [number, signature] : branch.signatures) {
        if (number > last && number < first + run) last = number;
      }
      const auto size = static_cast<std::uint64_t>(last - first + 1) * 32 + 300;
      out.push_back(
          {want.log, first, last, branch.at(last), branch.at(first - 1), size, 0, !continues && first == shared + 1});
      first = last + 1;
    }
  }
}

std::vector<SegmentRef> MemoryTablet::missing_segments(const SpaceId&, std::span<const LogWant> wants) {
  std::vector<SegmentRef> refs;
  for (const LogWant& want : wants) {
    const auto log = logs_.find(want.log);
    if (log != logs_.end()) missing_of(log->second, want, refs);
  }
  return refs;
}

std::optional<Bytes> MemoryTablet::segment(const SpaceId&, const SegmentRef& ref) {
  const TestLog& log = logs_.at(ref.log);
  for (const TestBranch& branch : log.branches) {
    if (branch.holds(ref.last, ref.chain)) {
      return pack(space_, roster_.standing().keys.back(), log, branch, ref.first, ref.last, padding);
    }
  }
  return std::nullopt;
}

void MemoryTablet::take_segment(ByteSpan bytes, StoreSummary& summary) {
  const auto run = unpack(bytes);
  if (!run) {
    summary.refused.push_back({ErrorCode::malformed, "A segment does not reproduce its head."});
    return;
  }
  const log::Envelope& envelope = run->envelope;
  TestLog& log = logs_[envelope.log_id()];
  log.descriptor = envelope.log;
  if (holds(space_, {envelope.log_id(), envelope.last, envelope.chain})) {
    changes_stored_twice += envelope.count();
    for (TestBranch& branch : log.branches) {
      if (branch.holds(envelope.last, envelope.chain)) branch.signatures[envelope.last] = envelope.signature;
    }
    return;
  }
  const std::uint32_t before = envelope.first - 1;
  if (log.branches.empty()) log.branches.emplace_back();
  std::vector<log::Head> have;
  for (TestBranch& branch : log.branches) {
    if (branch.last() > 0) have.push_back({envelope.log_id(), branch.last(), branch.at(branch.last())});
    if (!branch.holds(before, run->after)) continue;
    TestBranch grown{{branch.chain.begin(), branch.chain.begin() + before}, branch.signatures};
    grown.signatures.erase(grown.signatures.upper_bound(before), grown.signatures.end());
    grown.chain.insert(grown.chain.end(), run->chain.begin(), run->chain.end());
    grown.signatures[envelope.last] = envelope.signature;
    summary.changes_new += envelope.count();
    const bool extends = std::equal(
        branch.chain.begin(), branch.chain.end(), grown.chain.begin(),
        grown.chain.begin() + static_cast<std::ptrdiff_t>(std::min(branch.chain.size(), grown.chain.size())));
    if (extends && grown.chain.size() >= branch.chain.size()) {
      grown.signatures.merge(branch.signatures);
      branch = std::move(grown);
    } else {
      log.branches.push_back(std::move(grown));
    }
    return;
  }
  summary.ask_again.push_back({envelope.log_id(), have});
}

// ---- notices

void MemoryTablet::write_status() {
  roster::Status status;
  status.space = space_;
  status.device = signing_.public_key();
  status.number = ++status_number_;
  status.key = test_key();
  status.sealed = Bytes(512);
  roster::sign_status(status, signing_);
  StoreSummary summary;
  keep_notice(ItemKind::status, roster::encode_status(status), summary);
}

void MemoryTablet::keep_notice(ItemKind kind, ByteSpan bytes, StoreSummary& summary) {
  const auto name = verify_notice(space_, kind, bytes);
  if (!name) {
    summary.refused.push_back(name.error());
    return;
  }
  auto& [number, kept] = notices_[{name->kind, name->subject}];
  if (!kept.empty() && number >= name->number) return;
  number = name->number;
  kept = to_bytes(bytes);
  ++summary.notices_new;
}

std::size_t MemoryTablet::statuses() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(notices_, [](const auto& entry) { return entry.first.first == ItemKind::status; }));
}

std::vector<log::ForkProof> MemoryTablet::forks() const {
  std::vector<log::ForkProof> proofs;
  for (const auto& [key, value] : notices_) {
    if (key.first == ItemKind::fork) proofs.push_back(log::decode_fork(value.second).value());
  }
  return proofs;
}

std::optional<Bytes> MemoryTablet::notice(const SpaceId&, const NoticeName& name) {
  const auto kept = notices_.find({name.kind, name.subject});
  if (kept == notices_.end() || kept->second.first < name.number) return std::nullopt;
  return kept->second.second;
}

// ---- the rest of DeviceSpaces

std::optional<Inventory> MemoryTablet::inventory(const SpaceId& space) {
  if (space != space_) return std::nullopt;
  Inventory held;
  for (const auto& [hash, bytes] : records_) held.roster.push_back(hash);
  for (const auto& [id, log] : logs_) {
    for (const TestBranch& branch : log.branches) {
      if (branch.last() > 0) held.frontier.push_back({id, branch.last(), branch.at(branch.last())});
    }
  }
  std::ranges::sort(held.frontier);
  for (const auto& [key, value] : notices_) held.notices.push_back({key.first, key.second, value.first});
  return held;
}

std::optional<Bytes> MemoryTablet::roster_record(const SpaceId&, const RosterHash& hash) {
  const auto record = std::ranges::find(records_, hash, [](const auto& pair) { return pair.first; });
  if (record == records_.end()) return std::nullopt;
  return record->second;
}

std::vector<SpaceId> MemoryTablet::spaces(const TransportKey&) {
  if (space_.is_zero()) return {};
  return {space_};
}

std::optional<Bytes> MemoryTablet::claim(const SpaceId&) {
  const bool granted = !roster_.empty() && roster_.standing().member(signing_.public_key());
  return granted ? std::nullopt : claim_;
}

StoreSummary MemoryTablet::store(const SpaceId& space, const std::vector<Item>& items) {
  CHECK(space == space_);
  ++stores;
  StoreSummary summary;
  for (const Item& item : items) {
    if (item.kind == ItemKind::segment) {
      take_segment(item.bytes, summary);
    } else if (is_notice(item.kind)) {
      keep_notice(item.kind, item.bytes, summary);
    } else {
      const auto record = roster::decode_signed_record(item.bytes).and_then([&](const roster::SignedRecord& each) {
        return roster_.empty() ? roster::verify_founding(each) : roster::verify_record(space_, each);
      });
      if (!record || record->space() != space_) {
        summary.refused.push_back(record ? Error{ErrorCode::refused, "another space"} : record.error());
      } else if (!roster_.find(record->record().hash)) {
        keep_record(*record);
        ++summary.roster_new;
      }
    }
  }
  return summary;
}

void MemoryTablet::acknowledged(const SpaceId&, const TransportKey&, std::span<const log::Head> heads) {
  handed_over.insert(handed_over.end(), heads.begin(), heads.end());
}

void MemoryTablet::settled(const SpaceId&, const TransportKey&) {
  ++settles;
  if (status_when_settled) write_status();
  if (!ratifies) return;
  for (const auto& [key, value] : notices_) {
    if (key.first != ItemKind::claim) continue;
    const auto claim = roster::decode_claim(value.second).value();
    if (!roster_.standing().invitations.contains(claim.claim.invitation)) continue;
    write_record(roster::Grant{.device = claim.claim.device,
                               .person = claim.claim.person,
                               .role = kNoRole,
                               .invitation = claim.claim.invitation,
                               .label = claim.claim.label});
  }
}

}  // namespace plenary::sync
