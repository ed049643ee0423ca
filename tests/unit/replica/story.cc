#include "tests/unit/replica/story.h"

#include <fstream>

#include "core/crypto/random.h"
#include "core/log/value.h"

namespace plenary::replica {
namespace {

using merge::Field;
using merge::Policy;
using merge::ValueKind;

Field field(std::uint32_t number, const char* name, Policy policy, ValueKind kind = ValueKind::text) {
  Field field;
  field.number = number;
  field.name = name;
  field.policy = policy;
  field.kind = kind;
  return field;
}

merge::RecordType type(std::uint32_t number, const char* name, std::initializer_list<Field> fields) {
  merge::RecordType type;
  type.number = number;
  type.name = name;
  type.writers[1] = {kLead, kReviewer, kShadow};
  for (const Field& field : fields) type.fields.emplace(field.number, field);
  return type;
}

}  // namespace

merge::Schema story_schema() {
  merge::Schema schema;
  schema.name = "plenary.story";
  schema.roles = {{kLead, "lead_reviewer"}, {kReviewer, "peer_reviewer"}, {kShadow, "shadow"}, {kHost, "host_head"}};

  Field body = field(1, "body", Policy::text);
  body.searched = true;
  body.max_bytes = 500;
  Field stance = field(2, "stance", Policy::ask);
  stance.indexed = true;
  Field activity = field(6, "activity", Policy::latest, ValueKind::reference);
  activity.indexed = true;
  Field status = field(8, "status", Policy::ranked);
  status.rank_by = merge::RankBy::value;
  status.value_ranks = {{"planned", 0}, {"done", 1}, {"dropped", 1}};
  Field slot = field(9, "slot", Policy::ranked);
  slot.rank_by = merge::RankBy::role;
  slot.role_ranks = {{kReviewer, 0}, {kLead, 1}};
  schema.types.emplace(1, type(1, "evidence",
                               {body, stance, field(3, "tags", Policy::set_union), field(4, "comments", Policy::append),
                                field(5, "place", Policy::latest), activity,
                                field(7, "count", Policy::latest, ValueKind::integer), status, slot}));
  Field statement = field(1, "statement", Policy::text);
  statement.searched = true;
  schema.types.emplace(
      2, type(2, "finding", {statement, field(2, "kind", Policy::ask), field(3, "dissent", Policy::once)}));
  Field record = field(1, "record", Policy::once);
  record.indexed = true;
  schema.types.emplace(
      100, type(100, "decision", {record, field(2, "field", Policy::once), field(3, "reason", Policy::once)}));
  return schema;
}

const Unlock& unlock() {
  crypto::initialise();
  static const Unlock key = Unlock::with(seal::PageKey());
  return key;
}

OpenedFile::OpenedFile(const std::filesystem::path& path) : seals_(must(unlock().key({})), environment_) {
  sqlite::OpenOptions options;
  options.seal = &vfs_;
  options.access = sqlite::Access::existing;
  database_ = must(sqlite::Database::open(path, options));
}

std::string opened_files(const std::filesystem::path& folder) {
  constexpr std::size_t kPage = sqlite::kSealedPageSize, kLogHeader = 32, kFrameHeader = 24;
  StoryEnvironment environment(4712);
  const auto key = must(unlock().key({}));
  std::string text;
  std::array<std::byte, kPage> plain;
  const auto add = [&](seal::PageSeal& cipher, const sqlite::PagePlace& place, ByteSpan sealed) {
    if (cipher.open(place, sqlite::PlainPage(sealed.data(), kPage), plain)) text += as_text(plain);
  };
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const ByteSpan bytes = as_bytes(content);
    text += content;
    const bool is_log = entry.path().string().ends_with("-wal");
    seal::PageSeal cipher(key, is_log ? entry.path().stem().string() + ".plenary" : entry.path().filename().string(),
                          environment);
    const std::size_t header = is_log ? kFrameHeader : 0;
    std::size_t at = is_log ? kLogHeader : 0;
    for (std::uint64_t number = 1; at + header + kPage <= bytes.size(); ++number, at += header + kPage) {
      sqlite::PagePlace place{is_log ? sqlite::PageHome::log : sqlite::PageHome::database, number, {}};
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), is_log ? 16 : 0, place.frame.begin());
      add(cipher, place, bytes.subspan(at + header, kPage));
    }
  }
  return text;
}

const merge::Schema& schema() {
  static const merge::Schema built = story_schema();
  return built;
}

Tablet::Tablet(const std::filesystem::path& at, const std::string& person, std::uint64_t seed)
    : folder(at), environment(seed), replica(must(Replica::create(at, person, schema(), environment, unlock()))) {}

void Tablet::reopen() {
  replica.reset();
  replica = must(Replica::open(folder, schema(), environment, unlock()));
}

RecordId Tablet::note(const SpaceId& space, const std::string& body) {
  const auto edit = replica->edit(space);
  const RecordId id = must(edit->create("evidence"));
  must(edit->set_text(id, "body", body));
  must(edit->commit());
  return id;
}

void Tablet::set(const SpaceId& space, const RecordId& id, const std::string& field, const Value& value) {
  const auto edit = replica->edit(space);
  must(edit->set(id, field, value));
  must(edit->commit());
}

void Tablet::write(const SpaceId& space, const RecordId& id, const std::string& field, const std::string& text) {
  const auto edit = replica->edit(space);
  must(edit->set_text(id, field, text));
  must(edit->commit());
}

static std::filesystem::path image_of(const Tablet& tablet) {
  return tablet.folder.string() + ", image";
}

void take_image(Tablet& tablet) {
  tablet.replica.reset();
  const auto image = image_of(tablet);
  std::filesystem::remove_all(image);
  std::filesystem::create_directories(image);
  for (const auto& entry : std::filesystem::directory_iterator(tablet.folder / "spaces")) {
    const auto to = image / entry.path().filename();
    if (entry.path().extension() == ".mark") {
      std::filesystem::create_hard_link(entry.path(), to);  // the file itself, not a copy of it
    } else {
      std::filesystem::copy(entry.path(), to);
    }
  }
  tablet.replica = must(Replica::open(tablet.folder, schema(), tablet.environment, unlock()));
}

void restore_image(Tablet& tablet) {
  tablet.replica.reset();
  for (const auto& entry : std::filesystem::directory_iterator(image_of(tablet))) {
    std::filesystem::rename(entry.path(), tablet.folder / "spaces" / entry.path().filename());
  }
  tablet.replica = must(Replica::open(tablet.folder, schema(), tablet.environment, unlock()));
}

std::filesystem::path back_up(Tablet& tablet) {
  const std::filesystem::path backup = tablet.folder.string() + ", backup";
  tablet.replica.reset();
  std::filesystem::copy(tablet.folder, backup, std::filesystem::copy_options::recursive);
  tablet.replica = must(Replica::open(tablet.folder, schema(), tablet.environment, unlock()));
  return backup;
}

void restore(Tablet& tablet, const std::filesystem::path& backup) {
  using std::filesystem::copy_options;
  tablet.replica.reset();
  std::filesystem::copy(backup, tablet.folder, copy_options::recursive | copy_options::overwrite_existing);
  tablet.replica = must(Replica::open(tablet.folder, schema(), tablet.environment, unlock()));
}

sync::StoreSummary pass_on(Tablet& from, Tablet& to, const SpaceId& space) {
  auto& source = from.replica->sync();
  auto& target = to.replica->sync();
  const auto offered = *source.inventory(space);
  const auto held = *target.inventory(space);
  std::vector<sync::Item> items;
  const auto add = [&](sync::ItemKind kind, std::optional<Bytes> bytes) {
    sync::Item item;
    item.kind = kind;
    item.bytes = bytes.value();
    items.push_back(std::move(item));
  };
  for (const RosterHash& hash : offered.roster) {
    if (std::ranges::find(held.roster, hash) == held.roster.end()) {
      add(sync::ItemKind::roster, source.roster_record(space, hash));
    }
  }
  std::map<LogId, sync::LogWant> wants;
  for (const log::Head& head : offered.frontier) wants[head.log].log = head.log;
  for (const log::Head& head : held.frontier) {
    if (wants.contains(head.log)) wants[head.log].have.push_back(head);
  }
  std::vector<sync::LogWant> list;
  for (const auto& [log, want] : wants) list.push_back(want);
  for (const auto& ref : source.missing_segments(space, list)) {
    add(sync::ItemKind::segment, source.segment(space, ref));
  }
  for (const auto& name : offered.notices) add(name.kind, source.notice(space, name));
  if (auto claim = source.claim(space)) add(sync::ItemKind::claim, claim);
  return target.store(space, items);
}

void meet(Tablet& one, Tablet& other, const SpaceId& space) {
  for (int round = 0; round < 2; ++round) {
    pass_on(one, other, space);
    pass_on(other, one, space);
    must(one.replica->ratify(space));
    must(other.replica->ratify(space));
  }
}

Tablet& StoryTest::tablet(const std::string& person) {
  crypto::initialise();
  tablets_.push_back(std::make_unique<Tablet>(folder_.path() / person, person, tablets_.size() + 1));
  return *tablets_.back();
}

SpaceId StoryTest::team(Tablet& lead, std::initializer_list<std::pair<Tablet*, Role>> others) {
  const SpaceId space = must(lead.replica->found_space("review_team", "Review of Ysgol y Bryn", kLead)).space;
  for (const auto& [member, role] : others) {
    const std::string link = must(lead.replica->invite(space, role, "for the review"));
    EXPECT_EQ(must(member->replica->join(link)), space);
    meet(lead, *member, space);
  }
  for (const auto& [member, role] : others) meet(lead, *member, space);
  return space;
}

void StoryTest::expect_equal(const SpaceId& space, std::initializer_list<Tablet*> tablets) {
  for (Tablet* tablet : tablets) {
    EXPECT_EQ(tablet->digest(space), (*tablets.begin())->digest(space)) << tablet->replica->person();
    EXPECT_EQ(must(tablet->replica->check(space)), std::vector<std::string>{}) << tablet->replica->person();
  }
}

}  // namespace plenary::replica
