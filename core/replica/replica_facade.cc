#include "core/replica/replica_facade.h"

#include <algorithm>

#include "core/replica/copies.h"
#include "core/replica/record_reader.h"
#include "core/replica/space_edit.h"
#include "core/replica/space_query.h"
#include "core/seal/label.h"
#include "log.pb.h"

namespace plenary::replica {
namespace {

template <class T>
tl::unexpected<Error> pass(const Result<T>& result) {
  return tl::make_unexpected(result.error());
}

// Stands for an edit of a space that is not here: says so at every call.
class NoEdit final : public Edit {
 public:
  explicit NoEdit(Error error) : error_(std::move(error)) {}
  Result<RecordId> create(const std::string&) override { return no(); }
  Result<RecordId> create_copy(const std::string&, const OriginTag&) override { return no(); }
  Result<void> set(const RecordId&, const std::string&, const Value&) override { return no(); }
  Result<void> add(const RecordId&, const std::string&, const Value&) override { return no(); }
  Result<void> remove(const RecordId&, const std::string&, const Value&) override { return no(); }
  Result<void> set_text(const RecordId&, const std::string&, const std::string&) override { return no(); }
  Result<void> splice_text(const RecordId&, const std::string&, TextSplice) override { return no(); }
  Result<void> discard(const RecordId&) override { return no(); }
  Result<void> keep(const RecordId&) override { return no(); }
  Result<void> ask_to_erase(const RecordId&) override { return no(); }
  Result<CommitSummary> commit() override { return no(); }

 private:
  tl::unexpected<Error> no() const { return tl::make_unexpected(error_); }
  Error error_;
};

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string kind_name(std::uint32_t kind) {
  std::string name = wire::SpaceKind_Name(static_cast<int>(kind));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

}  // namespace

Result<std::unique_ptr<Replica>> Replica::create(const std::filesystem::path& folder, const std::string& person,
                                                 const merge::Schema& schema, Environment& environment,
                                                 const Unlock& unlock) {
  auto profile = Profile::create(folder, person, unlock, environment);
  if (!profile) return pass(profile);
  return std::make_unique<ReplicaFacade>(*std::move(profile), schema, environment);
}

Result<std::unique_ptr<Replica>> Replica::open(const std::filesystem::path& folder, const merge::Schema& schema,
                                               Environment& environment, const Unlock& unlock) {
  auto profile = Profile::open(folder, unlock, environment);
  if (!profile) return pass(profile);
  auto replica = std::make_unique<ReplicaFacade>(*std::move(profile), schema, environment);
  if (auto done = replica->open_spaces(); !done) return pass(done);
  return replica;
}

ReplicaFacade::ReplicaFacade(std::unique_ptr<Profile> profile, const merge::Schema& schema, Environment& environment)
    : profile_(std::move(profile)),
      schema_(schema),
      enums_(schema),
      context_{*profile_, environment, {schema_, enums_, schema_.newest}, {}} {
  context_.find_elsewhere = [this](const std::string& id, const SpaceId& except) -> Result<log::RecordName> {
    for (const auto& [other, space] : spaces_) {
      if (other == except) continue;
      if (auto found = space->store().find(id); found || found.error().code != ErrorCode::not_found) return found;
    }
    return fail(ErrorCode::not_found, "There is no record \"" + id + "\" in any of your spaces.");
  };
}

Result<FoundedSpace> ReplicaFacade::found_space(const std::string& kind, const std::string& name, Role role) {
  wire::SpaceKind number = wire::SPACE_KIND_UNSPECIFIED;
  if (!wire::SpaceKind_Parse(upper(kind), &number) || number == wire::SPACE_KIND_UNSPECIFIED) {
    return fail(ErrorCode::invalid_argument, "There is no kind of space called \"" + kind +
                                                 "\": choose partnership, review_team, review_shared or host_school.");
  }
  if (!schema_.roles.contains(role)) return fail(ErrorCode::invalid_argument, "There is no such role.");
  if (name.empty()) return fail(ErrorCode::invalid_argument, "A space needs a name of at most 512 bytes.");
  if (auto fits = seal::check_label(name, "The name of the space"); !fits) return tl::make_unexpected(fits.error());
  FoundedSpace founded;
  auto space = Space::found(context_, static_cast<std::uint32_t>(number), name, role, founded.recovery_code);
  if (!space) return pass(space);
  founded.space = (*space)->id();
  spaces_.emplace(founded.space, *std::move(space));
  return founded;
}

std::vector<SpaceSummary> ReplicaFacade::spaces() {
  std::vector<SpaceSummary> summaries;
  for (const auto& [id, space] : spaces_) {
    SpaceSummary summary;
    summary.space = id;
    summary.kind = space->kind() == 0 ? "" : kind_name(space->kind());
    summary.name = space->name();
    summary.role = space->is_granted() ? space->role() : kNoRole;
    summary.keeper = space->is_keeper();
    summary.hub = space->hub();
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

Result<void> ReplicaFacade::set_hub(const SpaceId& id, const HubAddress& hub) {
  const auto in = space(id);
  if (!in) return pass(in);
  (*in)->set_hub(hub);
  return {};
}

Result<SpaceId> ReplicaFacade::join(const std::string& text) {
  const auto link = seal::read_link(text);
  if (!link) return pass(link);
  if (const auto whole = check_undamaged(link->space); !whole) return pass(whole);
  auto space = Space::join(context_, *link);
  if (!space) return pass(space);
  const SpaceId id = (*space)->id();
  spaces_.emplace(id, *std::move(space));
  return id;
}

Result<std::vector<MemberView>> ReplicaFacade::members(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->members();
}

Result<ErasureSummary> ReplicaFacade::erase(const SpaceId& id, const RecordId& record,
                                            const std::vector<std::string>& changes) {
  const auto in = space(id);
  if (!in) return pass(in);
  const auto name = (*in)->store().find(record.text);
  if (!name) return pass(name);
  if (const auto erased = (*in)->erase(*name, changes); !erased) return pass(erased);
  return follow_erasures(spaces_);
}

Result<std::vector<EraseRequest>> ReplicaFacade::erase_requests(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->erase_requests();
}

Result<void> ReplicaFacade::decline_request(const SpaceId& id, const std::string& request) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->decline(request);
}

std::unique_ptr<Edit> ReplicaFacade::edit(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return std::make_unique<NoEdit>(in.error());
  return std::make_unique<SpaceEdit>(**in);
}

Result<store::LoadedRecord> ReplicaFacade::load(Space& in, const std::string& id) {
  const auto name = in.store().find(id);
  if (!name) return pass(name);
  auto record = in.store().load(*name);
  if (!record) return fail(ErrorCode::not_found, "There is no record \"" + id + "\" here.");
  return *std::move(record);
}

Result<RecordView> ReplicaFacade::get(const SpaceId& id, const RecordId& record) {
  const auto in = space(id);
  if (!in) return pass(in);
  const auto loaded = load(**in, record.text);
  if (!loaded) return pass(loaded);
  if ((*in)->store().schema().type(loaded->name.type, (*in)->store().version()) == nullptr) {
    return fail(ErrorCode::unsupported, record.text + " is of a newer version. Update this program to read it.");
  }
  if (loaded->merged.life == merge::Life::none || loaded->merged.life == merge::Life::held) {
    return fail(ErrorCode::not_delivered,
                record.text + " is kept aside: whoever began it is not (or no longer) a member here.");
  }
  return RecordReader(**in).view(*loaded);
}

Result<OriginTag> ReplicaFacade::origin_tag(const SpaceId& id, const RecordId& record) {
  const auto in = space(id);
  if (!in) return pass(in);
  const auto name = (*in)->store().find(record.text);
  if (!name) return pass(name);
  const auto tag = (*in)->origin_tag(*name);
  if (!tag) return fail(ErrorCode::not_delivered, "The key of this space is not here yet. Synchronise first.");
  return *tag;
}

Result<RecordId> ReplicaFacade::find(const SpaceId& id, const std::string& prefix) {
  const auto in = space(id);
  if (!in) return pass(in);
  const auto name = (*in)->store().find(prefix);
  if (!name) return pass(name);
  return RecordId{store::record_text(*name)};
}

Result<std::vector<RecordView>> ReplicaFacade::list(const SpaceId& id, const Query& query) {
  const auto in = space(id);
  if (!in) return pass(in);
  return list_records(**in, query);
}

Result<std::vector<SearchHit>> ReplicaFacade::search(const SpaceId& id, const std::string& words, std::size_t limit) {
  const auto in = space(id);
  if (!in) return pass(in);
  return search_records(**in, words, limit);
}

Result<std::vector<Conflict>> ReplicaFacade::conflicts(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return all_conflicts(**in);
}

Result<std::vector<HistoryEntry>> ReplicaFacade::history(const SpaceId& id, const RecordId& record) {
  const auto in = space(id);
  if (!in) return pass(in);
  const auto loaded = load(**in, record.text);
  if (!loaded) return pass(loaded);
  return RecordReader(**in).history(*loaded);
}

Result<SpaceStatus> ReplicaFacade::status(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->status();
}

Result<Digest> ReplicaFacade::digest(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->store().position().digest;
}

Result<std::vector<DeviceStatus>> ReplicaFacade::device_statuses(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->device_statuses();
}

Result<std::vector<AlarmView>> ReplicaFacade::past_alarms(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->kept_alarms(false);
}

Result<void> ReplicaFacade::acknowledge_alarms(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  (*in)->acknowledge_alarms();
  return {};
}

Result<void> ReplicaFacade::seal_day(const SpaceId& id, std::int64_t day_start_ms) {
  const auto in = space(id);
  if (!in) return pass(in);
  (*in)->seal_day(day_start_ms);
  return {};
}

Result<std::vector<std::string>> ReplicaFacade::check(const SpaceId& id) {
  const auto in = space(id);
  if (!in) return pass(in);
  return (*in)->store().check();
}

}  // namespace plenary::replica
