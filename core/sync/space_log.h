// What sync knows of storage: what a device's replica and a hub's store both offer. No SQLite here, no keys.
//
// Everything that travels is an *item*: opaque bytes of a kind. Roster records and segments make the space's merged
// state; claims, statuses and proofs are *notices*. One thread at a time per object, unless an implementation says
// otherwise. Broken storage is an exception; it ends the session.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/log/frontier.h"
#include "core/log/head.h"
#include "core/roster/record.h"
#include "core/sync/hub_head.h"
#include "core/sync/limits.h"

namespace plenary::sync {

enum class ItemKind : std::uint8_t {
  roster = 1,    // roster::encode_signed_record
  segment = 2,   // log::encode_segment
  claim = 3,     // roster::encode_claim
  status = 4,    // roster::encode_status
  fork = 5,      // log::encode_fork
  hub_fork = 6,  // encode_hub_fork
};

inline bool is_notice(ItemKind kind) {
  return kind >= ItemKind::claim && kind <= ItemKind::hub_fork;
}

struct Item {
  ItemKind kind = ItemKind::segment;
  Bytes bytes;
  // Segments on their way to a hub: the chain value of the change before the first one (zeros when that is change 1),
  // by which the hub knows which branch it continues.
  ChainValue after;
  // The sender has opened both and says: this is another branch of a forked log, not a continuation.
  bool branch = false;
  // A segment for the hub to keep in place of those that it has of these very changes: the same chain, packed anew.
  bool replaces = false;

  friend bool operator==(const Item&, const Item&) = default;
};

// Names a notice. Of two with the same kind and subject the one with the greater number is the newer, and replaces
// the other. claim, fork, hub_fork: subject = hash of the bytes, number = 0. status: subject = first half of the
// device's key.
using NoticeSubject = FixedId<struct NoticeSubjectTag, 16>;
struct NoticeName {
  ItemKind kind = ItemKind::claim;
  NoticeSubject subject;
  std::uint64_t number = 0;
  friend auto operator<=>(const NoticeName&, const NoticeName&) = default;
};

// The name of a notice, without verifying anything but its form.
Result<NoticeName> name_notice(const SpaceId& space, ItemKind kind, ByteSpan bytes);
// Parses a notice, verifies its signatures, and names it. For both stores: nothing unverified is kept.
Result<NoticeName> verify_notice(const SpaceId& space, ItemKind kind, ByteSpan bytes);

// What one side holds of a space. The founding record is first, and every roster record comes after the one that it
// names as previous; the frontier and the notices are sorted.
struct Inventory {
  std::vector<RosterHash> roster;
  log::Frontier frontier;  // the heads of *stored* segments: what this side can pass on
  std::vector<NoticeName> notices;
  std::int64_t sequence = 0;  // hub: number of the last item stored (see StoredItem)
};

// Three digests that tell whether two inventories differ, and in which part.
struct Position {
  Digest roster, frontier, notices;
  friend bool operator==(const Position&, const Position&) = default;
};
Digest digest_of_roster(const SpaceId& space, std::vector<RosterHash> hashes);  // in any order
Digest digest_of_frontier(const SpaceId& space, const log::Frontier& frontier);
Digest digest_of_notices(const SpaceId& space, std::vector<NoticeName> notices);
Position position_of(const SpaceId& space, const Inventory& inventory);

// A log that a peer lacks something of, and the heads it has of it (none: nothing at all).
struct LogWant {
  LogId log;
  std::vector<log::Head> have;
  friend bool operator==(const LogWant&, const LogWant&) = default;
};

// A segment that can be sent. A hub stores it as it is; a device may pack it when it is asked for the bytes.
struct SegmentRef {
  LogId log;
  std::uint32_t first = 1, last = 1;
  ChainValue chain;           // of `last`: always a head that the author signed
  ChainValue after;           // of `first` - 1; zeros when first is 1 or when not known (a hub)
  std::uint64_t size = 0;     // bytes; an estimate where it is not packed yet
  std::int64_t sequence = 0;  // hub: of the stored item
  bool branch = false;        // device: the peer's heads are on another branch of a forked log
  KeyId key;                  // in a layout: what it is sealed under
};

// How a hub keeps one log: its segments in an order in which each log is contiguous.
struct LogLayout {
  LogId log;
  std::vector<SegmentRef> segments;  // first, last, chain, size, key
};

// Reading, for both sides. Every call reads a state that some moment had; two calls may read two moments.
class SpaceLog {
 public:
  virtual ~SpaceLog() = default;

  // Nothing when the space is not known at all. A device that has just joined knows a space and holds nothing of it.
  virtual std::optional<Inventory> inventory(const SpaceId& space) = 0;
  // The digests of the inventory. Override where they are kept up to date: it is asked at every connection.
  virtual std::optional<Position> position(const SpaceId& space);

  virtual std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) = 0;
  // The notice of that kind and subject, if its number is not smaller.
  virtual std::optional<Bytes> notice(const SpaceId& space, const NoticeName& name) = 0;

  // Which segments a peer lacks of these logs, in an order in which each log is contiguous. For each log: what lies
  // past the peer's head on the peer's branch, and what lies on other branches. A segment that covers the peer's head
  // and more is sent whole. Where the peer's head is on none of the branches known here (a hub knows only the chain
  // values at ends of segments: "known to be another one there"), the log is sent from its first change.
  virtual std::vector<SegmentRef> missing_segments(const SpaceId& space, std::span<const LogWant> wants) = 0;
  // The bytes of one of them; nothing when it is gone meanwhile (erased and packed anew), or cannot be sealed now.
  virtual std::optional<Bytes> segment(const SpaceId& space, const SegmentRef& ref) = 0;
};

// ---- the device's side

struct StoreSummary {
  std::size_t roster_new = 0, changes_new = 0, notices_new = 0;
  // Logs of which a segment did not connect to what is here (a gap, or another branch): ask again from these heads.
  std::vector<LogWant> ask_again;
  // What was not taken in, and why; the rest of the batch was. One bad item never holds back the others.
  std::vector<Error> refused;
};

// What a hub did that an honest one does not do. Kept, shown, and where there is proof, relayed.
struct HubAlarm {
  enum class Kind : std::uint8_t {
    forked,        // signed two heads that cannot both be true: `proof`
    forgot,        // shows an older head than it signed before, in the same epoch: `seen` is the newer
    restored,      // opened a new epoch: was restored from a backup; devices send again what it lacks
    other_signer,  // signs with another key than before
    withheld,      // what it sent is not what its head says
    unlinked,      // does not show how its newest head follows from the one that this device has
  };
  Kind kind = Kind::forked;
  HubHead seen, shown;
  std::optional<HubForkProof> proof;
};

class DeviceSpaces : public SpaceLog {
 public:
  // The spaces to be synchronised with this hub.
  virtual std::vector<SpaceId> spaces(const TransportKey& hub) = 0;
  // The claim to show where this device is not granted yet (roster::encode_claim).
  virtual std::optional<Bytes> claim(const SpaceId& space) = 0;

  // Is this very change here: this number of the log, with this chain value, on any branch?
  virtual bool holds(const SpaceId& space, const log::Head& head) = 0;

  // Takes a batch in, in order: one commit, durable on return. Duplicates are normal and change nothing.
  virtual StoreSummary store(const SpaceId& space, const std::vector<Item>& items) = 0;
  // What the peer says that it holds, before anything of it is here. A device that finds more of its own log there than
  // it has was restored from a backup (architecture.md D11).
  virtual void peer_shows(const SpaceId& space, const TransportKey& hub, std::span<const log::Head> heads) = 0;
  // The hub has committed these heads of ours: they count as handed over.
  virtual void acknowledged(const SpaceId& space, const TransportKey& hub, std::span<const log::Head> heads) = 0;

  // The newest hub head that this device has verified of this hub.
  virtual std::optional<HubHead> hub_head(const SpaceId& space, const TransportKey& hub) = 0;
  // Heads that the holder of this signing key showed to other members, as their statuses say: verified.
  virtual std::vector<HubHead> witnessed(const SpaceId& space, const DeviceKey& signer) = 0;
  virtual void set_hub_head(const SpaceId& space, const TransportKey& hub, const HubHead& head) = 0;
  virtual void raise_alarm(const SpaceId& space, const TransportKey& hub, const HubAlarm& alarm) = 0;

  // Logs of which this device would have the hub keep other segments: something in them was erased, or they came in
  // many small pieces. Asked when both sides hold the same.
  virtual std::vector<LogId> logs_to_repack(const SpaceId& space, const TransportKey& hub) = 0;
  // What to replace of how the hub keeps them, each by a segment of exactly these changes.
  virtual std::vector<SegmentRef> replacements(const SpaceId& space, std::span<const LogLayout> layouts) = 0;
  // The hub has replaced all that it was given of this log since replacements() was asked.
  virtual void replaced(const SpaceId& space, const LogId& log) = 0;

  // The hub shows the very roster that is here. Where it shows another, settled() follows once that has come.
  virtual void roster_is_same(const SpaceId& space, const TransportKey& hub) = 0;
  // Both sides hold the same roster and logs now. The moment to write a new status, to ratify claims, to seal under a
  // new key: whatever it writes is sent next. Called again after each further exchange, at most every
  // kStatusIntervalMs; must write nothing when nothing but statuses changed since the last time.
  virtual void settled(const SpaceId& space, const TransportKey& hub) = 0;
};

// ---- the hub's side

enum class Access : std::uint8_t {
  none,      // not in the roster
  claimant,  // holds an open invitation: reads, and may send nothing but its claim
  member,
  removed,  // was a member: for good, whatever it shows; reads the roster up to its removal
};

// Items of one device for one space, to be checked (SpaceGate, gate.h) and stored in order, in one transaction,
// possibly together with others: group commit. Answered with HubSession::stored, in the order of the tickets.
struct StoreRequest {
  std::uint64_t ticket = 0;
  SpaceId space;
  TransportKey device;  // who sends
  std::string token;    // shown by the device for founding spaces
  std::vector<Item> items;
  std::optional<HubHead> reminder;  // the device says that the hub had signed this
};

struct ItemRefusal {
  std::size_t index = 0;  // in StoreRequest::items
  Error error;
  bool retry = false;           // the same item may be accepted later
  std::vector<log::Head> tips;  // of the log concerned, where the segment did not continue it: send from there
};

struct StoreOutcome {
  std::uint64_t ticket = 0;
  std::vector<std::int64_t> sequences;  // of the items newly stored, so that they are not sent back
  std::vector<ItemRefusal> refused;
  std::optional<HubHead> head;  // of the space after the commit; none when the space does not exist
  // Why an introduction ends here, where that tells nobody whether the space is here: the device brought the founding
  // record of its own and may not found the space, or the commit failed as a whole.
  std::optional<Error> introduction_refused;
};

// An item as a hub keeps it. Sequences are given per space in the order of commits, so that "everything after" means
// everything new. Of notices only the newest is kept, under the sequence of its last change.
struct StoredItem {
  std::int64_t sequence = 0;
  Item item;
};

class HubSpaces : public SpaceLog {
 public:
  // What the roster allows the holder of this transport key. A founder of a space not known yet: Access::none.
  virtual Access access(const SpaceId& space, const TransportKey& device) = 0;
  // The records up to the one that removed this device, so that it can see that its keeper did; empty if none did.
  virtual std::vector<RosterHash> roster_until_removal(const SpaceId& space, const TransportKey& device) = 0;
  // When the space's roster let it be dropped, if this hub has dropped it; milliseconds UTC.
  virtual std::optional<std::int64_t> expired(const SpaceId&) { return std::nullopt; }
  // Cheap checks first, then signatures: is the claim for this space, by this device, of an open invitation?
  virtual Result<void> check_claim(const SpaceId& space, const TransportKey& device, ByteSpan claim) = 0;

  // Inventory::sequence alone. Override where it is at hand: it is asked at every connection.
  virtual std::int64_t last_sequence(const SpaceId& space);

  virtual std::optional<HubHead> head(const SpaceId& space) = 0;
  // How these logs are kept; those that are not here are left out.
  virtual std::vector<LogLayout> layout(const SpaceId&, std::span<const LogId>) { return {}; }
  // Contents of the heads `after`+1 to `last` of an epoch, for a device to follow the chain. Empty when the hub no
  // longer holds all of them, or there are more than kMaxLinks.
  virtual std::vector<HubContent> links(const SpaceId& space, std::uint64_t epoch, std::uint64_t after,
                                        std::uint64_t last) = 0;
  // Items in order of their sequence, starting after `sequence`: at least one if there is any, then up to about
  // `byte_limit`.
  virtual std::vector<StoredItem> items_after(const SpaceId& space, std::int64_t sequence, std::size_t byte_limit) = 0;
};

}  // namespace plenary::sync
