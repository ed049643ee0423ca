// What the replica is asked for; load.cc turns the answers into views.
#include <algorithm>

#include "core/review/copies.h"
#include "core/review/load.h"

namespace plenary::review {

namespace {

struct SpaceRecords {
  SpaceId space;
  std::vector<replica::RecordView> records;
};

Result<SpaceRecords> read_space(replica::Replica& replica, const SpaceId& space) {
  SpaceRecords out{space, {}};
  for (const auto& [number, type] : replica.schema().types) {
    replica::Query query;
    query.type = type.name;
    auto listed = replica.list(space, query);
    if (!listed) return tl::make_unexpected(listed.error());
    std::ranges::move(*listed, std::back_inserter(out.records));
  }
  return out;
}

// Which of the records here are copies of which: asks for tags only of the types of which there are copies.
Homes find_homes(replica::Replica& replica, const std::vector<SpaceRecords>& spaces) {
  std::set<std::string> copied_types;
  for (const SpaceRecords& space : spaces) {
    for (const auto& record : space.records) {
      if (is_copy(record.id)) copied_types.insert(record.type);
    }
  }
  Homes homes;
  for (const SpaceRecords& space : spaces) {
    for (const auto& record : space.records) {
      if (is_copy(record.id) || !copied_types.contains(record.type)) continue;
      const auto tag = replica.origin_tag(space.space, record.id);
      // A space whose first key is not here yet makes no tags: its copies are then shown beside the originals.
      if (tag) homes.emplace(std::pair(record.type, RecordId{"o" + to_hex(tag->span().first(8))}), record.id);
    }
  }
  return homes;
}

}  // namespace

Result<ReviewFile> load_review(replica::Replica& replica, const std::vector<SpaceId>& spaces, const RecordId& review) {
  std::set<std::string> kinds;
  for (const auto& summary : replica.spaces()) {
    if (std::ranges::find(spaces, summary.space) != spaces.end()) kinds.insert(summary.kind);
  }
  std::vector<SpaceRecords> read;
  for (const SpaceId& space : spaces) {
    auto one = read_space(replica, space);
    if (!one) return tl::make_unexpected(one.error());
    read.push_back(std::move(*one));
  }
  const Homes homes = find_homes(replica, read);
  std::vector<replica::RecordView> records;
  for (SpaceRecords& space : read) std::ranges::move(space.records, std::back_inserter(records));
  join_copies(records, homes);
  if (!review.text.empty()) {
    std::erase_if(records, [&](const replica::RecordView& r) { return r.type == "review" && r.id != review; });
  }
  return file_of(records, std::move(kinds));
}

Result<std::vector<TabletReport>> load_tablets(replica::Replica& replica, const SpaceId& space) {
  const auto members = replica.members(space);
  if (!members) return tl::make_unexpected(members.error());
  const auto statuses = replica.device_statuses(space);
  if (!statuses) return tl::make_unexpected(statuses.error());

  std::vector<TabletReport> reports;
  std::set<DeviceKey> heard;
  const auto is_this = [&](const DeviceKey& device) {
    return std::ranges::any_of(*members, [&](const auto& m) { return m.this_device && m.device == device; });
  };
  for (const auto& status : *statuses) {
    heard.insert(status.device);
    reports.push_back({status.name, status.person.hex(), is_this(status.device), status.sealed, status.notes_sealed,
                       status.notes_received, status.unsent, status.time_ms, status.same_position && status.same_digest,
                       status.logs_ahead > 0});
  }
  for (const auto& member : *members) {
    if (member.this_device && !heard.contains(member.device)) {
      reports.push_back({.person = member.name, .member = member.person.hex(), .this_device = true, .in_step = true});
    }
  }
  return reports;
}

std::vector<std::string> confirmable_fields(const std::string& what) {
  if (what == "focus") return {"focus", "focus_cy", "focus_areas", "intended_outcomes"};
  if (what == "dates") return {"days_on"};
  if (what == "agreement") return {"version", "body", "concerns_protocol"};
  return {};
}

Result<std::set<std::string>> writes_behind(replica::Replica& replica, const SpaceId& space, const RecordId& record,
                                            const std::string& what) {
  const auto history = replica.history(space, record);
  if (!history) return tl::make_unexpected(history.error());
  const auto fields = confirmable_fields(what);
  std::set<std::string> writes;
  for (const auto& entry : *history) {
    const bool counts = entry.standing != "quarantined" && entry.standing != "set aside";
    if (counts && std::ranges::find(fields, entry.field) != fields.end()) writes.insert(entry.by.change);
  }
  return writes;
}

Result<WritesNow> load_writes(replica::Replica& replica, const std::vector<SpaceId>& spaces, const ReviewFile& file) {
  std::set<std::pair<std::string, RecordId>> wanted;
  for (const Confirmation& confirmation : file.confirmations) {
    if (!confirmable_fields(confirmation.what).empty()) wanted.emplace(confirmation.what, confirmation.record);
  }
  for (const OtherRecord& agreement : file.of("agreement")) wanted.emplace("agreement", agreement.id);
  WritesNow now;
  for (const auto& part : wanted) {
    for (const SpaceId& space : spaces) {
      auto writes = writes_behind(replica, space, part.second, part.first);
      if (!writes && writes.error().code == ErrorCode::not_found) continue;  // it lives in another space
      if (!writes) return tl::make_unexpected(writes.error());
      now.emplace(part, std::move(*writes));
      break;
    }
  }
  return now;
}

}  // namespace plenary::review
