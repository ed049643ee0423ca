// The store alone, without people and keys: what is appended, received, restored and rolled back.
#include "core/store/space_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/crypto/random.h"
#include "tests/support/temporary_folder.h"

namespace plenary::store {
namespace {

constexpr Role kWriter = 1;

class SeededEnvironment final : public Environment {
 public:
  explicit SeededEnvironment(std::uint64_t seed) : chance_(seed) {}
  std::int64_t now_ms() override { return now_ += 10; }
  void random(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(chance_());
  }

 private:
  std::mt19937_64 chance_;
  std::int64_t now_ = 1'000'000;
};

merge::Schema note_schema() {
  merge::Schema schema;
  schema.name = "notes";
  schema.roles = {{kWriter, "writer"}};
  merge::RecordType note;
  note.number = 1;
  note.name = "note";
  note.writers[1] = {kWriter};
  merge::Field title;
  title.number = 1;
  title.name = "title";
  title.indexed = true;
  note.fields.emplace(1, title);
  merge::Field id = title;
  id.number = 2;
  id.name = "id";
  id.indexed = false;
  note.fields.emplace(2, id);
  schema.types.emplace(1, note);
  return schema;
}

class SpaceStoreTest : public testing::Test {
 protected:
  SpaceStoreTest() {
    crypto::initialise();
    roster::Found found;
    found.kind = 1;
    found.keeper.signing = author_.public_key();
    found.keeper.transport.bytes.fill(std::byte{9});
    found.person.bytes.fill(std::byte{7});
    found.recovery.bytes.fill(std::byte{8});
    found.key.key.bytes.fill(std::byte{6});
    found.role = kWriter;
    founding_.emplace(roster::sign_record({}, roster::Record{.body = found}, author_));
  }

  std::unique_ptr<SpaceStore> make(const std::string& name) {
    auto store = SpaceStore::create(folder_ / name, founding_->space(), {schema_, enums_, 1});
    SpaceStore::Writing writing(**store);
    writing.add_record(*founding_);
    writing.commit();
    return *std::move(store);
  }
  std::unique_ptr<SpaceStore> reopen(const std::string& name) {
    return *SpaceStore::open(folder_ / name, {schema_, enums_, 1});
  }
  // One note with a title, in the log `strand`.
  log::RecordName note(SpaceStore::Writing& writing, SpaceStore& store, std::uint32_t strand,
                       const std::string& title) {
    const Strand& own = store.log_table().strand(strand);
    const log::RecordName record{1, log::WriteName{{own.log, own.last.number + 1, 0}, 0}};
    log::Operation create, set;
    create.kind = log::OperationKind::create;
    create.record = set.record = record;
    set.kind = log::OperationKind::set;
    set.field = 1;
    set.value = title;
    writing.append(strand, {create, set}, environment_.now_ms(), environment_);
    return record;
  }
  std::vector<std::string> titles(SpaceStore& store) {
    std::vector<std::string> titles;
    sqlite::Statement select(store.database(), "SELECT title FROM note ORDER BY title");
    for (auto rows = select.query(); rows.next();) titles.emplace_back(rows.text(0));
    return titles;
  }
  // The contents of changes first..last, as a segment would bring them.
  std::pair<log::Envelope, Bytes> pack(SpaceStore& store, std::uint32_t number, std::uint32_t first,
                                       std::uint32_t last) {
    LogTable& table = store.log_table();
    const Strand& strand = table.strand(number);
    const auto head = log::sign_head(store.space(), {strand.log, last, table.chain({number, last})}, author_);
    log::Envelope envelope;
    envelope.space = store.space();
    envelope.log = strand.descriptor;
    envelope.first = first;
    envelope.last = last;
    envelope.chain = head.head.chain;
    envelope.signature = head.signature;
    const auto before = first == 1 ? log::ChainState{} : table.state({number, first - 1});
    return {envelope,
            log::pack_changes(before, table.read(number, first, last), table.secrets_for(number, first, last))};
  }

  SeededEnvironment environment_{1};
  merge::Schema schema_ = note_schema();
  EnumDirectory enums_{schema_};
  crypto::SigningKey author_ = crypto::SigningKey::generate(environment_);
  std::optional<roster::VerifiedRecord> founding_;
  TemporaryFolder folder_;
};

TEST_F(SpaceStoreTest, ShowsWhatWasAppendedAndStillDoesAfterReopening) {
  auto store = make("one");
  {
    SpaceStore::Writing writing(*store);
    const auto strand = writing.begin_log(log::make_log(author_.public_key(), environment_));
    note(writing, *store, strand, "First");
    note(writing, *store, strand, "Second");
    writing.commit();
  }
  const StatePosition before = store->position();

  store.reset();
  store = reopen("one");

  EXPECT_THAT(titles(*store), testing::ElementsAre("First", "Second"));
  EXPECT_EQ(store->position().digest, before.digest);
  EXPECT_EQ(store->position().position, before.position);
  EXPECT_THAT(store->check(), testing::IsEmpty());
}

TEST_F(SpaceStoreTest, ForgetsAWritingThatWasNotCommitted) {
  auto store = make("one");
  std::uint32_t strand = 0;
  {
    SpaceStore::Writing writing(*store);
    strand = writing.begin_log(log::make_log(author_.public_key(), environment_));
    note(writing, *store, strand, "Kept");
    writing.commit();
  }
  {
    SpaceStore::Writing writing(*store);
    note(writing, *store, strand, "Abandoned");
  }
  store->settle();

  EXPECT_THAT(titles(*store), testing::ElementsAre("Kept"));
  EXPECT_EQ(store->log_table().strand(strand).last.number, 1u);
  {
    SpaceStore::Writing writing(*store);
    note(writing, *store, strand, "Next");
    writing.commit();
  }
  EXPECT_THAT(titles(*store), testing::ElementsAre("Kept", "Next"));
  EXPECT_THAT(store->check(), testing::IsEmpty());
}

// A programme of 100 notes in one change is kept decoded; what is erased in it, or taken back, must not be shown.
TEST_F(SpaceStoreTest, ALargeChangeThatWasReadIsReadAnewAfterAnErasure) {
  auto store = make("one");
  LogTable& table = store->log_table();
  StrandPlace place;
  std::vector<log::Operation> operations;
  {
    SpaceStore::Writing writing(*store);
    place = {writing.begin_log(log::make_log(author_.public_key(), environment_)), 1};
    for (std::uint32_t i = 0; i < 200; i += 2) {
      log::Operation create, set;
      create.kind = log::OperationKind::create;
      create.record = set.record = {1, log::WriteName{{table.strand(place.strand).log, 1, 0}, i}};
      set.kind = log::OperationKind::set;
      set.field = 1;
      set.value = "Note " + std::to_string(i / 2);
      operations.push_back(create);
      operations.push_back(set);
    }
    writing.append(place.strand, operations, environment_.now_ms(), environment_);
    writing.commit();
  }
  const auto value = [&](std::size_t index) { return table.read(place)->operations[index].value; };
  ASSERT_EQ(value(81), "Note 40");
  {
    SpaceStore::Writing writing(*store);
    note(writing, *store, place.strand, "Another");
    ASSERT_TRUE(table.erase(writing.transaction(), store->space(), place, operations[80].record));
    EXPECT_EQ(value(81), std::nullopt) << "erased in this writing";
    EXPECT_EQ(value(83), "Note 41");
  }
  store->settle();
  EXPECT_EQ(value(81), "Note 40") << "the writing was taken back";
  {
    SpaceStore::Writing writing(*store);
    table.erase(writing.transaction(), store->space(), place, operations[80].record);
    writing.commit();
  }
  EXPECT_EQ(value(81), std::nullopt);
  EXPECT_EQ(value(83), "Note 41");
}

TEST_F(SpaceStoreTest, TakesSegmentsInAnyOverlapAndSaysWhatIsLacking) {
  auto writer = make("writer");
  auto reader = make("reader");
  std::uint32_t strand = 0;
  {
    SpaceStore::Writing writing(*writer);
    strand = writing.begin_log(log::make_log(author_.public_key(), environment_));
    for (int i = 0; i < 6; ++i) note(writing, *writer, strand, "Note " + std::to_string(i));
    writing.commit();
  }
  const auto take = [&](std::uint32_t first, std::uint32_t last) {
    const auto [envelope, content] = pack(*writer, strand, first, last);
    SpaceStore::Writing writing(*reader);
    auto taken = writing.take_in(envelope, content);
    writing.commit();
    return taken;
  };

  EXPECT_EQ(take(4, 6).error().code, ErrorCode::not_delivered);
  EXPECT_EQ(take(1, 3)->changes_new, 3u);
  EXPECT_EQ(take(2, 5)->changes_new, 2u);
  EXPECT_EQ(take(1, 4)->changes_new, 0u);
  EXPECT_EQ(take(1, 6)->changes_new, 1u);

  EXPECT_THAT(titles(*reader), testing::SizeIs(6));
  EXPECT_EQ(reader->position().digest, writer->position().digest);
  EXPECT_THAT(reader->check(), testing::IsEmpty());
}

TEST_F(SpaceStoreTest, KeepsBothBranchesOfAForkAndSetsThemAside) {
  auto one = make("one");
  std::uint32_t strand = 0;
  {
    SpaceStore::Writing writing(*one);
    strand = writing.begin_log(log::make_log(author_.public_key(), environment_));
    note(writing, *one, strand, "Common");
    writing.commit();
  }
  one.reset();
  std::filesystem::copy(folder_ / "one", folder_ / "two");
  one = reopen("one");
  auto two = reopen("two");
  const auto go_on = [&](SpaceStore& store, const std::string& title) {
    SpaceStore::Writing writing(store);
    note(writing, store, strand, title);
    note(writing, store, strand, title + " again");
    writing.commit();
  };
  go_on(*one, "Tablet");
  go_on(*two, "Copy");
  auto three = make("three");
  const auto take = [&](SpaceStore& to, SpaceStore& from) {
    const auto [envelope, content] = pack(from, strand, 1, 3);
    SpaceStore::Writing writing(to);
    EXPECT_TRUE(writing.take_in(envelope, content).has_value());
    writing.commit();
  };
  take(*three, *one);
  EXPECT_THAT(titles(*three), testing::ElementsAre("Common", "Tablet", "Tablet again"));

  take(*three, *two);
  const auto [envelope, content] = pack(*one, strand, 1, 3);
  {
    SpaceStore::Writing writing(*two);
    EXPECT_TRUE(writing.take_in(envelope, content).has_value());
    writing.commit();
  }

  EXPECT_THAT(titles(*three), testing::ElementsAre("Common"));
  EXPECT_EQ(three->counts().quarantined_changes, 4u);
  EXPECT_EQ(three->position().digest, two->position().digest) << "whichever branch came first";
  EXPECT_THAT(three->check(), testing::IsEmpty());
  EXPECT_THAT(two->check(), testing::IsEmpty());
  three.reset();
  three = reopen("three");
  EXPECT_EQ(three->position().digest, two->position().digest);
}

TEST_F(SpaceStoreTest, OpensFromTheKeptGraphWhereThatIsShorterThanTheLog) {
  auto store = make("one");
  std::uint32_t strand = 0;
  {
    SpaceStore::Writing writing(*store);
    strand = writing.begin_log(log::make_log(author_.public_key(), environment_));
    for (int i = 0; i < 300; ++i) note(writing, *store, strand, "Note");
    writing.commit();
  }
  store.reset();
  store = reopen("one");
  {
    sqlite::Statement lanes(store->database(), "SELECT count(*) FROM plenary_lane");
    auto rows = lanes.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1) << "closing kept the graph";
  }
  {
    SpaceStore::Writing writing(*store);
    note(writing, *store, strand, "Newer than the graph");
    writing.commit();
  }
  const Digest before = store->position().digest;

  store.reset();
  store = reopen("one");

  EXPECT_EQ(store->causality().size(), 301u);
  EXPECT_EQ(store->position().digest, before);
  EXPECT_THAT(store->check(), testing::IsEmpty());
}

TEST_F(SpaceStoreTest, GivesAFieldThatIsNamedLikeAColumnAnotherName) {
  auto store = make("one");
  sqlite::Statement columns(store->database(), "SELECT name FROM pragma_table_info('note') ORDER BY cid");
  std::vector<std::string> names;
  for (auto rows = columns.query(); rows.next();) names.emplace_back(rows.text(0));

  EXPECT_THAT(names, testing::ElementsAre("row", "id", "life", "created_by", "created_at", "title", "field_id"));
}

TEST_F(SpaceStoreTest, RefusesAFileThatIsNoSpace) {
  { auto other = sqlite::Database::open(folder_ / "other"); }
  {
    auto database = *sqlite::Database::open(folder_ / "other");
    sqlite::Transaction transaction(*database);
    transaction.execute("CREATE TABLE letters (body TEXT)");
    transaction.commit();
  }

  const auto opened = SpaceStore::open(folder_ / "other", {schema_, enums_, 1});

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
  EXPECT_EQ(SpaceStore::open(folder_ / "nothing", {schema_, enums_, 1}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace plenary::store
