// Erasing, and what members ask to have erased.
#include <algorithm>
#include <memory>

#include "core/replica/record_reader.h"
#include "core/replica/space.h"

namespace plenary::replica {
namespace {

constexpr std::size_t kRosterIdDigits = 16;

// "3f9ac2d1.17/2": the change that asked, and which of its operations.
std::string request_id(const log::Causality& causality, const merge::Write& write) {
  return store::change_text(causality.name_of(write.place)) + "/" + std::to_string(write.index);
}

bool is_open_request(const merge::View& view, const store::LoadedRecord& record, std::size_t index) {
  const merge::Write& write = record.writes[index];
  return write.operation->kind == log::OperationKind::hide &&
         record.merged.effects[index].verdict == merge::Verdict::effective && !view.is_settled(write);
}

std::string request_id(const RosterHash& erasure) {
  return erasure.hex().substr(0, kRosterIdDigits);
}

// What a member wrote into a record and nobody has decided.
struct OpenRequest {
  std::shared_ptr<const store::LoadedRecord> record;
  std::size_t index = 0;
  const merge::Write& write() const { return record->writes[index]; }
};

std::vector<OpenRequest> open_requests(store::SpaceStore& store) {
  std::vector<store::RecordRow> found;
  sqlite::Statement select(store.database(), "SELECT row FROM plenary_record WHERE flags & 4 ORDER BY row");
  for (auto rows = select.query(); rows.next();) found.push_back(rows.integer(0));
  std::vector<OpenRequest> open;
  for (const store::RecordRow row : found) {
    auto loaded = store.load(store.rows().name(row));
    if (!loaded) continue;
    const auto record = std::make_shared<const store::LoadedRecord>(*std::move(loaded));
    for (std::size_t i = 0; i < record->writes.size(); ++i) {
      if (is_open_request(store.view(), *record, i)) open.push_back({record, i});
    }
  }
  return open;
}

}  // namespace

std::optional<OriginTag> Space::origin_tag(const log::RecordName& record) {
  const auto* key = first_key();
  if (key == nullptr) return std::nullopt;
  const auto origin_key = seal::purpose_key(*key, "origin");
  return crypto::hash<OriginTag>({"plenary origin", 1, id()}, {store::encode_record_name(record)}, origin_key.span());
}

Result<log::Head> Space::change_named(const store::LoadedRecord& record, const std::string& text) {
  const auto& causality = store_->causality();
  for (const merge::Write& write : record.writes) {
    if (store::change_text(causality.name_of(write.place)) == text) return causality.head_of(write.place);
  }
  return fail(ErrorCode::not_found, "No change " + text + " wrote into this record. Its history names them.");
}

Result<void> Space::erase(const log::RecordName& record, const std::vector<std::string>& changes) {
  const auto loaded = store().load(record);
  if (!loaded) return fail(ErrorCode::not_found, "There is no record " + store::record_text(record) + " here.");
  roster::Erase erasure{record, {}};
  for (const std::string& change : changes) {
    const auto head = change_named(*loaded, change);
    if (!head) return tl::make_unexpected(head.error());
    erasure.changes.push_back(*head);
  }
  std::ranges::sort(erasure.changes);
  if (loaded->merged.life == merge::Life::erased) {
    return fail(ErrorCode::conflict, store::record_text(record) + " is erased already.");
  }
  // Names the branch, so that the erasure still means this record when a fork of its log is found later.
  if (auto* origin = std::get_if<log::WriteName>(&erasure.record.origin)) {
    if (const auto place = store_->causality().resolve(origin->change)) {
      origin->change.branch = log::branch_of(store_->causality().chain_of(*place));
    }
  }
  return add_own_record(std::move(erasure));
}

std::vector<EraseRequest> Space::erase_requests() {
  std::vector<EraseRequest> requests;
  if (store().roster().empty()) return requests;
  RecordReader reader(*this);
  const auto& causality = store_->causality();
  for (const OpenRequest& open : open_requests(*store_)) {
    EraseRequest request;
    request.id = request_id(causality, open.write());
    request.record = {store::record_text(open.record->name)};
    const auto* type = store_->schema().type(open.record->name.type, store_->version());
    if (type != nullptr) request.type = type->name;
    for (const log::ChangeName& change : open.write().operation->changes) {
      request.changes.push_back(store::change_text(change));
    }
    request.by = reader.author(open.write());
    requests.push_back(std::move(request));
  }
  for (const RosterHash& hash : store_->roster().unsettled()) {
    const auto& erasure = std::get<roster::Erase>(store_->roster().find(hash)->body);
    EraseRequest request;
    request.id = request_id(hash);
    request.record = {store::record_text(causality.canonical(erasure.record))};
    request.by_roster = true;
    requests.push_back(std::move(request));
  }
  return requests;
}

Result<void> Space::decline(const std::string& id) {
  for (const RosterHash& hash : store().roster().empty() ? std::vector<RosterHash>{} : store_->roster().unsettled()) {
    if (request_id(hash) == id) return add_own_record(roster::Decline{hash});
  }
  for (const OpenRequest& open : open_requests(*store_)) {
    const merge::Write& write = open.write();
    if (request_id(store_->causality(), write) != id) continue;
    return add_own_record(roster::Decline{std::pair(store_->causality().head_of(write.place), write.index)});
  }
  return fail(ErrorCode::not_found, "There is no open request " + id + " to erase something. See: plenary requests");
}

}  // namespace plenary::replica
