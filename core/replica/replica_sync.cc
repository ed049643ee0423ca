#include "core/replica/replica_sync.h"

#include <algorithm>

#include "core/log/segment.h"
#include "core/replica/copies.h"
#include "core/replica/notice_room.h"
#include "core/seal/segment_seal.h"

namespace plenary::replica {
namespace {

// Several signed heads may lie within one segment: up to so many changes.
constexpr std::uint32_t kSegmentChanges = 1000;
constexpr std::size_t kBytesPerChange = 120;  // for the progress bar

std::string hub_setting(const TransportKey& hub) {
  return "hub head " + hub.hex();
}

sync::NoticeName name_of(const Space::Notice& notice) {
  sync::NoticeName name;
  name.kind = static_cast<sync::ItemKind>(notice.kind);
  if (const auto subject = sync::NoticeSubject::from(notice.subject)) name.subject = *subject;
  name.number = notice.number;
  return name;
}

// From which change of a strand a peer lacks it, and whether that is on another branch than the peer's.
struct Missing {
  std::uint32_t first = 0;
  bool branch = false;
};

// How much of the strand lies at or before the place: whoever holds a branch holds what it grew from, too.
std::uint32_t shared_with(const store::LogTable& table, const store::Strand& strand, store::StrandPlace place) {
  while (place.strand != strand.number) {
    const auto parent = table.strand(place.strand).parent;
    if (!parent) return strand.first - 1;
    place = *parent;
  }
  return place.number;
}

std::optional<Missing> missing_of(store::LogTable& table, const store::Strand& strand, const sync::LogWant& want) {
  const std::uint32_t end = strand.head.head.number;
  if (end < strand.first) return std::nullopt;  // nothing signed of it
  std::uint32_t held = strand.first - 1;
  bool any_here = want.have.empty();
  std::vector<store::StrandPlace> ends;  // of what the peer has
  for (const log::Head& head : want.have) {
    const auto place = table.find(head);
    if (!place) continue;
    any_here = true;
    ends.push_back(*place);
    held = std::max(held, shared_with(table, strand, *place));
  }
  // Heads that are not known here are ahead of us, unless we hold another change at their number.
  const bool ahead = !any_here && std::ranges::any_of(want.have, [&](const log::Head& head) {
    return head.number > strand.last.number;
  });
  if (ahead || held >= end) return std::nullopt;
  // It goes on where the peer's log ends, or else it is another branch.
  const bool continues = std::ranges::find(ends, store::StrandPlace{strand.number, held}) != ends.end();
  return Missing{held + 1, strand.parent.has_value() || (!want.have.empty() && !continues)};
}

}  // namespace

struct ReplicaSync::Batch {
  explicit Batch(Space& batch_space) : space(batch_space), writing(batch_space.store()), room(batch_space) {}

  Space& space;
  Space::Writing writing;
  NoticeRoom room;
  sync::StoreSummary summary;
  bool is_behind = false;  // somebody holds more, or other, of the log that this device writes
};

Space* ReplicaSync::find(const SpaceId& space) {
  const auto found = spaces_.find(space);
  return found == spaces_.end() ? nullptr : found->second.get();
}

std::vector<SpaceId> ReplicaSync::spaces(const TransportKey& hub) {
  std::vector<SpaceId> ids;
  for (const auto& [id, space] : spaces_) {
    const auto address = space->hub();
    if (address && address->key == hub) ids.push_back(id);
  }
  return ids;
}

std::optional<sync::Inventory> ReplicaSync::inventory(const SpaceId& id) {
  Space* const space = find(id);
  if (space == nullptr) return std::nullopt;
  space->sign_heads();
  sync::Inventory inventory;
  auto& store = space->store();
  inventory.roster = store.roster_hashes();
  for (const store::Strand& strand : store.log_table().strands()) {
    const bool has_own_head = strand.head.head.number >= strand.first;
    if (has_own_head) inventory.frontier.push_back(strand.head.head);
  }
  std::ranges::sort(inventory.frontier);
  for (const Space::Notice& notice : space->notices()) inventory.notices.push_back(name_of(notice));
  std::ranges::sort(inventory.notices);
  return inventory;
}

std::optional<Bytes> ReplicaSync::roster_record(const SpaceId& id, const RosterHash& hash) {
  Space* const space = find(id);
  const auto record = space == nullptr ? std::nullopt : space->store().roster_record(hash);
  if (!record) return std::nullopt;
  return roster::encode_signed_record(*record);
}

std::optional<Bytes> ReplicaSync::notice(const SpaceId& id, const sync::NoticeName& name) {
  Space* const space = find(id);
  if (space == nullptr) return std::nullopt;
  sqlite::Statement select(space->store().database(),
                           "SELECT bytes FROM plenary_notice WHERE kind = ? AND subject = ? AND number >= ?");
  auto rows = select.query(name.kind, name.subject, name.number);
  return rows.next() ? std::optional(to_bytes(rows.blob(0))) : std::nullopt;
}

std::vector<sync::SegmentRef> ReplicaSync::missing_segments(const SpaceId& id, std::span<const sync::LogWant> wants) {
  std::vector<sync::SegmentRef> refs;
  Space* const space = find(id);
  if (space == nullptr || space->sealing_key() == nullptr) return refs;
  auto& table = space->store().log_table();
  for (const sync::LogWant& want : wants) {
    for (const std::uint32_t number : table.strands_of(want.log)) {
      const store::Strand& strand = table.strand(number);
      const auto missing = missing_of(table, strand, want);
      if (!missing) continue;
      std::uint32_t first = missing->first;
      const auto heads = table.heads(number, first - 1);
      for (std::size_t i = 0; i < heads.size(); ++i) {
        const bool may_go_on = i + 1 < heads.size() && heads[i + 1].head.number - first < kSegmentChanges;
        if (may_go_on) continue;
        sync::SegmentRef ref;
        ref.log = want.log;
        ref.first = first;
        ref.last = heads[i].head.number;
        ref.chain = heads[i].head.chain;
        if (first > 1) {
          ref.after = first == strand.first ? table.chain(*strand.parent) : table.chain({number, first - 1});
        }
        ref.size = 600 + kBytesPerChange * (ref.last - ref.first);
        ref.branch = missing->branch;
        refs.push_back(ref);
        first = ref.last + 1;
      }
    }
  }
  return refs;
}

std::optional<Bytes> ReplicaSync::segment(const SpaceId& id, const sync::SegmentRef& ref) {
  Space* const space = find(id);
  if (space == nullptr) return std::nullopt;
  auto& table = space->store().log_table();
  const auto end = table.find({ref.log, ref.last, ref.chain});
  if (!end || ref.first < table.strand(end->strand).first) return std::nullopt;
  for (const log::SignedHead& head : table.heads(end->strand, ref.last - 1)) {
    if (head.head.number == ref.last) return space->pack(end->strand, ref.first, head);
  }
  return std::nullopt;
}

bool ReplicaSync::holds(const SpaceId& id, const log::Head& head) {
  Space* const space = find(id);
  return space != nullptr && space->store().log_table().find(head).has_value();
}

std::optional<Bytes> ReplicaSync::claim(const SpaceId& id) {
  Space* const space = find(id);
  return space == nullptr ? std::nullopt : space->claim();
}

void ReplicaSync::store_record(Batch& batch, const sync::Item& item) {
  const auto record = roster::decode_signed_record(item.bytes);
  const auto verified = record ? roster::verify_record(batch.space.id(), *record)
                               : Result<roster::VerifiedRecord>(tl::make_unexpected(record.error()));
  if (!verified) {
    batch.summary.refused.push_back(verified.error());
    return;
  }
  switch (batch.writing.add_record(*verified)) {
    case roster::Admission::admitted:
      ++batch.summary.roster_new;
      batch.space.learn_keys(batch.writing);
      break;
    case roster::Admission::known:
      break;
    case roster::Admission::waiting:
      batch.summary.refused.push_back(
          {ErrorCode::not_delivered, "A roster record follows one that is not here. Synchronise again."});
      break;
    case roster::Admission::invalid:
      batch.summary.refused.push_back({ErrorCode::refused, "A roster record is not by the keeper. It has no effect."});
      break;
  }
}

void ReplicaSync::store_segment(Batch& batch, const sync::Item& item) {
  const auto refuse = [&](const Error& error) { batch.summary.refused.push_back(error); };
  const auto view = log::view_segment(item.bytes);
  if (!view) return refuse(view.error());
  if (view->envelope.space != batch.space.id()) {
    return refuse({ErrorCode::refused, "A segment belongs to another space."});
  }
  auto& table = batch.space.store().log_table();
  const log::Head head = view->envelope.head().head;
  if (table.find(head)) return;
  if (auto good = log::verify_envelope(view->envelope); !good) return refuse(good.error());
  const auto content = seal::open_segment(batch.space.keys(), view->envelope, view->sealed);
  if (!content) return refuse(content.error());
  const auto taken = batch.writing.take_in(view->envelope, *content);
  if (!taken) {
    sync::LogWant want{head.log, {}};
    for (const std::uint32_t strand : table.strands_of(head.log)) want.have.push_back(table.strand(strand).head.head);
    std::ranges::sort(want.have);
    batch.summary.ask_again.push_back(std::move(want));
    return;
  }
  batch.summary.changes_new += taken->changes_new;
  if (taken->changes_new == 0) return;
  batch.is_behind |= batch.space.writes(head.log);
  batch.space.note_arrival(batch.writing, head.log, table.strands_of(head.log).back());
}

void ReplicaSync::store_notice(Batch& batch, const sync::Item& item) {
  const auto name = sync::verify_notice(batch.space.id(), item.kind, item.bytes);
  if (!name) {
    batch.summary.refused.push_back(name.error());
    return;
  }
  const Space::Notice notice{static_cast<int>(name->kind), to_bytes(name->subject.span()), name->number, item.bytes};
  if (item.kind == sync::ItemKind::fork) {
    // Also where no room is left for the proof: what it says of the own log is heeded all the same.
    const auto proof = log::decode_fork(item.bytes);
    batch.is_behind |= proof && batch.space.writes(proof->a.head.log);
  }
  if (!batch.room.take(notice) || !batch.space.keep_notice(batch.writing, notice)) return;
  ++batch.summary.notices_new;
  if (item.kind == sync::ItemKind::status) {
    const auto content = batch.space.read_status(item.bytes);
    batch.is_behind |= content && batch.space.is_behind(content->frontier);
  }
  if (item.kind == sync::ItemKind::hub_fork) {
    if (const auto proof = sync::decode_hub_fork(item.bytes)) keep_hub_fork(batch.space, batch.writing, *proof);
  }
}

void ReplicaSync::store_item(Batch& batch, const sync::Item& item) {
  if (item.kind == sync::ItemKind::roster) return store_record(batch, item);
  if (item.kind == sync::ItemKind::segment) return store_segment(batch, item);
  store_notice(batch, item);
}

sync::StoreSummary ReplicaSync::store(const SpaceId& id, const std::vector<sync::Item>& items) {
  Space* const space = find(id);
  if (space == nullptr) return {};
  Batch batch(*space);
  for (const sync::Item& item : items) store_item(batch, item);
  batch.is_behind |= space->is_behind(space->store().causality().missing());
  // This device was restored from a backup: it begins a new log rather than write a second branch of the old one.
  if (batch.is_behind) space->forsake_own_log(batch.writing);
  batch.writing.commit();
  if (batch.summary.notices_new > 0) space->look_for_alarms();
  return std::move(batch.summary);
}

void ReplicaSync::peer_shows(const SpaceId& id, const TransportKey&, std::span<const log::Head> heads) {
  Space* const space = find(id);
  if (space == nullptr || !space->is_behind(heads)) return;
  Space::Writing writing(space->store());
  space->forsake_own_log(writing);
  writing.commit();
}

void ReplicaSync::acknowledged(const SpaceId& id, const TransportKey&, std::span<const log::Head> heads) {
  if (Space* const space = find(id)) space->handed_over(heads);
}

std::optional<sync::HubHead> ReplicaSync::hub_head(const SpaceId& id, const TransportKey& hub) {
  Space* const space = find(id);
  const auto bytes = space == nullptr ? std::nullopt : space->store().setting(hub_setting(hub));
  if (!bytes) return std::nullopt;
  const auto head = sync::decode_hub_head(*bytes);
  return head ? std::optional(*head) : std::nullopt;
}

std::vector<sync::HubHead> ReplicaSync::witnessed(const SpaceId& id, const DeviceKey& hub) {
  Space* const space = find(id);
  return space == nullptr ? std::vector<sync::HubHead>{} : witnessed_heads(*space, hub, verified_heads_);
}

void ReplicaSync::set_hub_head(const SpaceId& id, const TransportKey& hub, const sync::HubHead& head) {
  Space* const space = find(id);
  if (space == nullptr) return;
  const Bytes bytes = sync::encode_hub_head(head);
  Space::Writing writing(space->store());
  writing.set(hub_setting(hub), bytes);
  writing.set("hub head", bytes);
  writing.commit();
}

void ReplicaSync::raise_alarm(const SpaceId& id, const TransportKey&, const sync::HubAlarm& alarm) {
  Space* const space = find(id);
  if (space == nullptr) return;
  Space::Writing writing(space->store());
  keep_hub_alarm(*space, writing, alarm);
  writing.commit();
}

std::vector<LogId> ReplicaSync::logs_to_repack(const SpaceId& id, const TransportKey&) {
  Space* const space = find(id);
  return space == nullptr ? std::vector<LogId>{} : space->logs_to_repack();
}

std::vector<sync::SegmentRef> ReplicaSync::replacements(const SpaceId& id, std::span<const sync::LogLayout> layout) {
  Space* const space = find(id);
  return space == nullptr ? std::vector<sync::SegmentRef>{} : space->replacements(layout);
}

void ReplicaSync::replaced(const SpaceId& id, const LogId& log) {
  if (Space* const space = find(id)) space->replaced(log);
}

void ReplicaSync::roster_is_same(const SpaceId& id, const TransportKey&) {
  if (Space* const space = find(id)) space->note_roster_shown();
}

void ReplicaSync::settled(const SpaceId& id, const TransportKey&) {
  Space* const space = find(id);
  if (space == nullptr) return;
  space->note_roster_shown();
  space->ratify();
  follow_erasures(spaces_);
  space->look_for_alarms();
  space->update_status();
  space->note_sync();
}

}  // namespace plenary::replica
