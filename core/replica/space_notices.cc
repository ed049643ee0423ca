// Claims, statuses and proofs; what this device says of itself, and what the others said.
#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/replica/space.h"
#include "core/sync/space_log.h"

namespace plenary::replica {
namespace {

constexpr std::size_t kRecentPositions = 32;
constexpr std::string_view kPositions = "positions", kDaySealed = "day sealed", kLastSync = "last sync";

bool same_said(const seal::StatusContent& a, const seal::StatusContent& b) {
  seal::StatusContent now = b;
  now.time_ms = a.time_ms;
  return a == now;
}

}  // namespace

std::vector<Space::Notice> Space::notices() {
  std::vector<Notice> notices;
  sqlite::Statement select(store().database(),
                           "SELECT kind, subject, number, bytes FROM plenary_notice ORDER BY kind, subject");
  for (auto rows = select.query(); rows.next();) {
    notices.push_back({static_cast<int>(rows.integer(0)), to_bytes(rows.blob(1)),
                       static_cast<std::uint64_t>(rows.integer(2)), to_bytes(rows.blob(3))});
  }
  return notices;
}

bool Space::keep_notice(Writing& writing, const Notice& notice) {
  sqlite::Statement insert(store_->database(),
                           "INSERT INTO plenary_notice (kind, subject, number, bytes) VALUES (?, ?, ?, ?) "
                           "ON CONFLICT DO UPDATE SET number = excluded.number, bytes = excluded.bytes "
                           "WHERE excluded.number > number");
  return insert.run(writing.transaction(), notice.kind, notice.subject, notice.number, notice.bytes) > 0;
}

// The digests at the positions where this device lately was, newest first. A colleague that is at one of them must
// have the same digest.
std::vector<store::StatePosition> Space::recent_positions() {
  std::vector<store::StatePosition> positions{store().position()};
  const auto kept = store_->setting(kPositions);
  if (!kept) return positions;
  ByteReader reader(*kept);
  while (!reader.at_end() && reader.ok() && positions.size() < kRecentPositions) {
    store::StatePosition position;
    position.position = reader.id<Digest>();
    position.digest = reader.id<Digest>();
    if (reader.ok() && position.position != positions.front().position) positions.push_back(position);
  }
  return positions;
}

seal::StatusContent Space::status_content() {
  seal::StatusContent content;
  content.time_ms = context_.environment.now_ms();
  content.frontier = seal::cut_frontier(store().causality().frontier());
  content.roster = store_->roster().tip();
  content.schema = store_->version();
  for (const auto& position : recent_positions()) content.digests.push_back({position.position, position.digest});
  if (const auto head = store_->setting("hub head")) content.hub_head = *head;
  for (const OwnLog& own : own_logs()) content.unsent_changes += own.last - own.handed_over;
  if (const auto sealed = store_->setting(kDaySealed)) {
    ByteReader reader(*sealed);
    content.day_start_ms = reader.zigzag();
    content.notes_sealed = reader.varint();
  }
  content.program = "plenary 0.1";
  return content;
}

std::optional<seal::StatusContent> Space::read_status(ByteSpan bytes) {
  const auto status = roster::decode_status(bytes);
  auto content = status ? seal::open_status(keys_, *status) : fail(ErrorCode::malformed, "");
  return content ? std::optional(*std::move(content)) : std::nullopt;
}

std::optional<seal::StatusContent> Space::own_status(std::uint64_t& number) {
  number = 0;
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::status)) continue;
    const auto status = roster::decode_status(notice.bytes);
    if (!status || status->device != context_.profile.signing().public_key()) continue;
    number = status->number;
    if (auto content = seal::open_status(keys_, *status)) return *std::move(content);
  }
  return std::nullopt;
}

void Space::update_status() {
  const seal::SpaceKey* key = current_key();
  if (key == nullptr || !is_granted()) return;
  const seal::StatusContent content = status_content();
  std::uint64_t number = 0;
  const auto before = own_status(number);
  if (before && same_said(*before, content)) return;
  const auto status =
      seal::seal_status(*key, id(), context_.profile.signing(), number + 1, content, context_.environment);
  const Bytes bytes = roster::encode_status(status);
  const auto name = sync::verify_notice(id(), sync::ItemKind::status, bytes);
  CHECK(name.has_value());
  ByteWriter positions;
  for (const auto& pair : content.digests) {
    positions.id(pair.position);
    positions.id(pair.digest);
  }
  Writing writing(*store_);
  keep_notice(writing, {static_cast<int>(name->kind), to_bytes(name->subject.span()), name->number, bytes});
  writing.set(kPositions, positions.bytes());
  writing.commit();
}

std::size_t Space::count_notes(const PersonId* person, std::int64_t since_ms) {
  // The counted type is the one that people count at day end: notes of evidence.
  if (store().schema().type_named("evidence") == nullptr) return 0;
  sqlite::Statement count(store_->database(),
                          sqlite::GeneratedSql("SELECT count(*) FROM evidence WHERE created_at >= ?1 AND "
                                               "(?2 IS NULL OR created_by = ?2)"));
  auto rows = count.query(since_ms, person == nullptr ? std::nullopt : std::optional(person->hex()));
  rows.next();
  return static_cast<std::size_t>(rows.integer(0));
}

void Space::note_sync() {
  set(kLastSync, number_bytes(static_cast<std::uint64_t>(context_.environment.now_ms())));
}

void Space::seal_day(std::int64_t day_start_ms) {
  const auto* member =
      store().roster().empty() ? nullptr : store_->roster().standing().member(context_.profile.signing().public_key());
  const std::size_t notes = member == nullptr ? 0 : count_notes(&member->person, day_start_ms);
  ByteWriter sealed;
  sealed.zigzag(day_start_ms);
  sealed.varint(notes);
  set(kDaySealed, sealed.bytes());
  update_status();
}

std::vector<DeviceStatus> Space::device_statuses() {
  std::vector<DeviceStatus> statuses;
  if (store().roster().empty()) return statuses;
  const store::StatePosition position = store_->position();
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::status)) continue;
    const auto status = roster::decode_status(notice.bytes);
    const auto content = status ? seal::open_status(keys_, *status) : fail(ErrorCode::malformed, "");
    const auto* member = status ? store_->roster().standing().member(status->device) : nullptr;
    if (!content || member == nullptr || member->removed) continue;
    DeviceStatus view;
    view.device = status->device;
    view.person = member->person;
    view.name = name_of(member->person);
    view.time_ms = content->time_ms;
    view.sealed = content->notes_sealed.has_value();
    if (content->notes_sealed) view.notes_sealed = static_cast<std::size_t>(*content->notes_sealed);
    view.notes_received = count_notes(&member->person, content->day_start_ms);
    view.unsent = static_cast<std::size_t>(content->unsent_changes);
    std::set<LogId> ahead;
    for (const log::Head& head : content->frontier) {
      if (!store_->causality().is_delivered(head)) ahead.insert(head.log);
    }
    view.logs_ahead = ahead.size();
    if (!content->digests.empty()) {
      const auto& theirs = content->digests.front();
      view.digest = theirs.digest;
      view.same_position = theirs.position == position.position;
      view.same_digest = view.same_position && theirs.digest == position.digest;
    }
    statuses.push_back(std::move(view));
  }
  return statuses;
}

SpaceStatus Space::status() {
  SpaceStatus status;
  std::int64_t day_start = 0;
  std::size_t unsent_notes = 0;
  if (const auto sealed = store().setting(kDaySealed)) day_start = ByteReader(*sealed).zigzag();
  for (const OwnLog& own : own_logs()) {
    status.own_changes += own.last;
    status.unsent_changes += own.last - own.handed_over;
    unsent_notes += count_unsent_notes(own);
  }
  if (!store_->roster().empty()) {
    const auto* member = store_->roster().standing().member(context_.profile.signing().public_key());
    if (member != nullptr) status.notes_here = count_notes(&member->person, day_start);
  }
  status.removed = is_removed();
  status.admitted = is_granted() || status.removed;
  if (!status.admitted) {
    // What was written before the keeper confirmed it stands in no table yet: count it in the log.
    unsent_notes = 0;
    for (const OwnLog& own : own_logs()) {
      status.notes_here += count_created_notes(own, 1);
      unsent_notes += count_created_notes(own, own.handed_over + 1);
    }
  }
  status.notes_handed_over = status.notes_here - std::min(status.notes_here, unsent_notes);
  const auto counts = store_->counts();
  status.waiting = store_->causality().waiting().size();
  status.quarantined = counts.quarantined_changes;
  status.held = counts.held;
  status.records = counts.records;
  status.conflicts = counts.conflicts;
  status.alarms = alarms().size();
  status.last_sync_ms = number_setting(kLastSync);
  return status;
}

// Notes that a log of this device began from change `first` on, whatever became of them.
std::size_t Space::count_created_notes(const OwnLog& own, std::uint32_t first) {
  const auto* type = store().schema().type_named("evidence");
  if (type == nullptr || own.last < first) return 0;
  std::size_t count = 0;
  for (const log::Change& change : store_->log_table().read(own.strand, first, own.last)) {
    count += static_cast<std::size_t>(std::ranges::count_if(change.operations, [&](const log::Operation& operation) {
      return operation.kind == log::OperationKind::create && operation.record.type == type->number;
    }));
  }
  return count;
}

// Notes of this device that nobody confirmed to hold: those created by changes that are not handed over. Their rows
// are numbered by the change that created them.
std::size_t Space::count_unsent_notes(const OwnLog& own) {
  const auto* type = store().schema().type_named("evidence");
  if (type == nullptr || own.last == own.handed_over) return 0;
  const auto row_of = [&](std::uint32_t number) {
    return *store_->rows().find({type->number, log::WriteName{{own.log, number, 0}, 0}});
  };
  sqlite::Statement count(store_->database(),
                          sqlite::GeneratedSql("SELECT count(*) FROM evidence WHERE row >= ? AND row < ?"));
  auto rows = count.query(row_of(own.handed_over + 1), row_of(own.last + 1));
  rows.next();
  return static_cast<std::size_t>(rows.integer(0));
}

}  // namespace plenary::replica
