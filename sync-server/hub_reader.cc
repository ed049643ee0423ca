#include "sync-server/hub_reader.h"

namespace plenary::hub {

StoredSpace* HubReader::find(const SpaceId& space) {
  cache_.make_room();
  return cache_.find(space);
}

std::optional<sync::Inventory> HubReader::inventory(const SpaceId& space) {
  const StoredSpace* stored = find(space);
  if (stored == nullptr) return std::nullopt;
  return stored->inventory();
}

std::optional<sync::Position> HubReader::position(const SpaceId& space) {
  const StoredSpace* stored = find(space);
  if (stored == nullptr) return std::nullopt;
  return stored->position();
}

std::optional<Bytes> HubReader::named(const SpaceId& space, sync::ItemKind kind, ByteSpan name,
                                      std::uint64_t number_min) {
  const StoredSpace* stored = find(space);
  if (stored == nullptr || number_min > INT64_MAX) return std::nullopt;
  auto row = select_named_.query(stored->id, kind, name, static_cast<std::int64_t>(number_min));
  if (!row.next()) return std::nullopt;
  return to_bytes(row.blob(0));
}

std::optional<Bytes> HubReader::roster_record(const SpaceId& space, const RosterHash& hash) {
  return named(space, sync::ItemKind::roster, hash.span(), 0);
}

std::optional<Bytes> HubReader::notice(const SpaceId& space, const sync::NoticeName& name) {
  return named(space, name.kind, name.subject.span(), name.number);
}

std::vector<SegmentStep> HubReader::steps_from(const StoredLog& log, std::int64_t number) {
  std::vector<SegmentStep> steps;
  for (auto row = select_segments_.query(log.id, number - 1); row.next();) {
    steps.push_back({sequence_of(row.integer(0)), row.integer(4), static_cast<std::uint32_t>(row.integer(1)),
                     static_cast<std::uint32_t>(row.integer(2)), row.id<ChainValue>(3),
                     static_cast<std::uint64_t>(row.integer(5))});
  }
  return steps;
}

std::vector<SegmentStep> HubReader::missing_of_log(const StoredLog& log, std::span<const log::Head> have) {
  // The usual peer has a head of a log without branches: then what lies before it need not be looked at.
  if (log.tips.size() == 1 && have.size() == 1) {
    auto steps = steps_from(log, have[0].number);
    const bool known = !steps.empty() && (steps.front().last != have[0].number || steps.front().chain == have[0].chain);
    if (known) return missing_of(std::move(steps), have);
  }
  return missing_of(steps_from(log, 0), have);
}

std::vector<sync::SegmentRef> HubReader::missing_segments(const SpaceId& space, std::span<const sync::LogWant> wants) {
  std::vector<sync::SegmentRef> missing;
  const StoredSpace* stored = find(space);
  if (stored == nullptr) return missing;
  for (const sync::LogWant& want : wants) {
    const auto log = stored->logs.find(want.log);
    if (log == stored->logs.end()) continue;
    for (const SegmentStep& step : missing_of_log(log->second, want.have)) {
      missing.push_back({want.log, step.first, step.last, step.chain, {}, step.size, step.sequence, false});
    }
  }
  return missing;
}

std::optional<Bytes> HubReader::segment(const SpaceId& space, const sync::SegmentRef& ref) {
  const StoredSpace* stored = find(space);
  if (stored == nullptr || ref.sequence < 0 || ref.sequence > kSequenceMax) return std::nullopt;
  auto row = select_bytes_.query(row_of(stored->id, ref.sequence));
  if (!row.next()) return std::nullopt;
  return to_bytes(row.blob(0));
}

sync::Access HubReader::access(const SpaceId& space, const TransportKey& device) {
  const StoredSpace* stored = find(space);
  return stored == nullptr ? sync::Access::none : stored->gate.access(device);
}

std::vector<RosterHash> HubReader::roster_until_removal(const SpaceId& space, const TransportKey& device) {
  const StoredSpace* stored = find(space);
  return stored == nullptr ? std::vector<RosterHash>() : stored->gate.roster_until_removal(device);
}

std::optional<std::int64_t> HubReader::expired(const SpaceId& space) {
  auto row = select_dropped_.query(space);
  return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

Result<void> HubReader::check_claim(const SpaceId& space, const TransportKey& device, ByteSpan claim) {
  const StoredSpace* stored = find(space);
  if (stored == nullptr) return fail(ErrorCode::not_found, "This hub does not know the space.");
  return stored->gate.check_claim(device, claim);
}

std::int64_t HubReader::last_sequence(const SpaceId& space) {
  const StoredSpace* stored = find(space);
  return stored == nullptr ? 0 : stored->sequence;
}

std::optional<sync::HubHead> HubReader::head(const SpaceId& space) {
  const StoredSpace* stored = find(space);
  return stored == nullptr ? std::nullopt : stored->head;
}

std::vector<sync::LogLayout> HubReader::layout(const SpaceId& space, std::span<const LogId> logs) {
  std::vector<sync::LogLayout> layouts;
  const StoredSpace* stored = find(space);
  if (stored == nullptr) return layouts;
  for (const LogId& log : logs) {
    const auto known = stored->logs.find(log);
    if (known == stored->logs.end()) continue;
    sync::LogLayout layout{log, {}};
    for (const SegmentStep& step : missing_of(steps_from(known->second, 0), {})) {
      sync::SegmentRef segment{log, step.first, step.last, step.chain, {}, step.size, step.sequence, false, {}};
      auto row = select_envelope_.query(row_of(stored->id, step.sequence));
      if (!row.next()) continue;
      ByteReader reader(row.blob(0));
      if (const auto envelope = log::decode_envelope(reader.blob(log::kMaxEnvelopeBytes))) segment.key = envelope->key;
      layout.segments.push_back(segment);
    }
    layouts.push_back(std::move(layout));
  }
  return layouts;
}

std::vector<sync::HubContent> HubReader::links(const SpaceId& space, std::uint64_t epoch, std::uint64_t after,
                                               std::uint64_t last) {
  std::vector<sync::HubContent> links;
  const StoredSpace* stored = find(space);
  if (stored == nullptr || !stored->head || stored->head->epoch != epoch) return links;
  if (last > stored->head->number || after >= last || last - after > sync::kMaxLinks) return links;
  const auto first_row = row_of(stored->id, static_cast<std::int64_t>(after) + 1);
  for (auto row = select_links_.query(first_row, row_of(stored->id, static_cast<std::int64_t>(last))); row.next();) {
    links.push_back(row.id<sync::HubContent>(0));
  }
  if (links.size() != last - after) links.clear();
  return links;
}

std::vector<sync::StoredItem> HubReader::items_after(const SpaceId& space, std::int64_t sequence,
                                                     std::size_t byte_limit) {
  std::vector<sync::StoredItem> items;
  const StoredSpace* stored = find(space);
  if (stored == nullptr || sequence < 0 || sequence >= kSequenceMax) return items;
  std::size_t bytes = 0;
  auto row = select_after_.query(row_of(stored->id, sequence), row_of(stored->id, kSequenceMax));
  while ((items.empty() || bytes < byte_limit) && row.next()) {
    sync::StoredItem item;
    item.sequence = sequence_of(row.integer(0));
    item.item.kind = static_cast<sync::ItemKind>(row.integer(1));
    item.item.bytes = to_bytes(row.blob(2));
    bytes += item.item.bytes.size();
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace plenary::hub
