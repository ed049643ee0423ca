// SpaceGate: what a hub checks before it keeps something of a space. Cheap checks first, signatures last.
//
// A hub holds one gate per active space, built from the stored roster records, and calls it inside the transaction
// that stores: the gate takes roster records in, so a transaction that rolls back must drop the gate and build it
// anew. Not thread-safe; const calls may run together. Source: architecture.md D4, D7, D9, T11; docs/protocol/sync.md,
// "What a hub checks".
#pragma once

#include "core/log/segment.h"
#include "core/roster/claim.h"
#include "core/roster/roster.h"
#include "core/sync/space_log.h"

namespace plenary::sync {

// What the gate asks of the store, within the transaction: what is stored of one log.
class StoredHeads {
 public:
  virtual ~StoredHeads() = default;
  // The last head of each branch; one for a log that is not forked, none for one that is not here.
  virtual std::vector<log::SignedHead> tips(const LogId& log) = 0;
  // The stored head at exactly this number, of any branch.
  virtual std::vector<log::SignedHead> heads_at(const LogId& log, std::uint32_t number) = 0;
  // Who writes the logs of the space that are stored: each author once for each log.
  virtual std::vector<DeviceKey> authors() = 0;
  // Ends of branches of all logs together.
  virtual std::size_t head_count() = 0;
};

// A refusal of one item; ItemRefusal without its index.
struct Refusal {
  Error error;
  bool retry = false;
  std::vector<log::Head> tips;
};
template <class T>
using Gated = tl::expected<T, Refusal>;

// What to do with a segment that may be stored.
struct SegmentPass {
  log::Envelope envelope;
  log::SignedHead head;
  bool duplicate = false;              // its head is stored already: nothing to do
  bool replaces = false;               // to be kept in place of what is stored of these very changes
  std::optional<log::Head> continues;  // the tip that it replaces; none: it begins a log or a branch
  std::optional<log::ForkProof> fork;  // store this as well, and pass it on
};

struct RosterPass {
  RosterHash hash;
  bool duplicate = false;
};

struct NoticePass {
  NoticeName name;
};

class SpaceGate {
 public:
  explicit SpaceGate(const SpaceId& space) : space_(space) {}

  // Takes in a record that this hub has stored before (roster::encode_signed_record), in the order of storing.
  Result<void> restore(ByteSpan record);

  Access access(const TransportKey& device) const;
  // See HubSpaces::roster_until_removal.
  std::vector<RosterHash> roster_until_removal(const TransportKey& device) const;
  bool founded() const { return !roster_.empty(); }
  const roster::Roster& roster() const { return roster_; }

  // A roster record from `device`. Whoever brings it must be a member, or become one by it (a founder; a keeper by
  // recovery): `access` is asked again afterwards by the caller. The first record must be the founding of the space.
  Gated<RosterPass> check_record(ByteSpan record);

  bool knows_record(ByteSpan record) const;
  // May `device` bring this record: is it a member, or one whom the record itself lets in? Cheap, and says nothing of
  // whether the record holds.
  bool may_bring_record(const TransportKey& device, ByteSpan record) const;

  // Is this the space's founding record, by `device`?
  bool is_founding(const TransportKey& device, ByteSpan record) const;

  // Whether `claim` is by `device` for an open invitation of this space.
  Result<void> check_claim(const TransportKey& device, ByteSpan claim) const;

  // A segment from `device`: brought by a member, whoever its author is (decisions/0012), under the current key, a
  // continuation of what is stored, with the author's signature.
  Gated<SegmentPass> check_segment(const TransportKey& device, const Item& item, StoredHeads& stored) const;

  // A claim, status or proof from `device`.
  Gated<NoticePass> check_notice(const TransportKey& device, ItemKind kind, ByteSpan bytes) const;

 private:
  std::optional<Refusal> cannot_follow(const roster::SignedRecord& record) const;
  Gated<SegmentPass> check_replacement(const TransportKey& device, SegmentPass pass) const;
  bool may_replace(const TransportKey& device, const DeviceKey& author) const;
  std::optional<Refusal> is_sealed_under_an_old_key(const log::Envelope& envelope) const;
  bool was_granted(const DeviceKey& author) const;
  std::optional<Refusal> has_no_room(const SegmentPass& pass, StoredHeads& stored) const;
  Gated<SegmentPass> place_segment(SegmentPass pass, const Item& item, StoredHeads& stored) const;

  SpaceId space_;
  roster::Roster roster_;
};

}  // namespace plenary::sync
