// The contract of a hub's store, against SQLite; and what only SQLite does.
#include "sync-server/hub_reader.h"
#include "tests/contract/hub_store_contract.h"
#include "tests/support/temporary_folder.h"

namespace plenary::hub {
namespace {

class SqliteStore final : public HubStoreUnderTest {
 public:
  SqliteStore(std::filesystem::path data, const Configuration& configuration, const crypto::SigningKey& signing)
      : data_(std::move(data)), policy_(configuration), signing_(signing) {
    open();
  }

  sync::HubSpaces& spaces() override { return open_->reader; }
  Committed store(std::vector<sync::StoreRequest> requests) override {
    Committed committed = open_->writer.store(requests);
    for (const SpaceId& space : committed.changed) open_->reader.changed(space);
    return committed;
  }
  void reopen() override {
    open_.reset();
    open();
  }
  // As an earlier version wrote it: the same tables, without checksums beside the pages.
  void take_checks_out() {
    std::string sql;
    {
      sqlite::Statement tables(database(), "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL");
      for (auto row = tables.query(); row.next();) {
        sql.append(row.text(2)).append(";");
        if (row.text(1) != "table") continue;
        const std::string name(row.text(0));
        sql.append("INSERT INTO main." + name + " SELECT * FROM checked." + name + ";");
      }
    }
    open_.reset();
    std::filesystem::rename(data_ / "hub.db", data_ / "checked.db");
    sql = "ATTACH '" + (data_ / "checked.db").string() + "' AS checked;" + sql +
          "PRAGMA application_id = 0x506c6e48; PRAGMA user_version = 2";
    sqlite::Database::open(data_ / "hub.db", {.page_size = 1024}).value()->configure(sqlite::GeneratedSql(sql));
    open();
  }
  std::uint64_t open_epoch() override { return open_->writer.open_epoch(7); }
  sqlite::Database& database() { return *open_->to_write; }

 private:
  struct Open {
    Open(const std::filesystem::path& data, const Policy& policy, const crypto::SigningKey& signing)
        : to_write(open_hub_database(data).value()),
          to_read(open_hub_database_to_read(data).value()),
          writer(*to_write, policy, signing),
          reader(*to_read) {}
    std::unique_ptr<sqlite::Database> to_write, to_read;
    HubWriter writer;
    HubReader reader;
  };

  void open() { open_ = std::make_unique<Open>(data_, policy_, signing_); }

  std::filesystem::path data_;
  Policy policy_;
  const crypto::SigningKey& signing_;
  std::unique_ptr<Open> open_;
};

class SqliteBackend {
 public:
  std::unique_ptr<SqliteStore> make(const Configuration& configuration) {
    const auto data = folder_ / std::to_string(++made_);
    std::filesystem::create_directory(data);
    return std::make_unique<SqliteStore>(data, configuration, signing_);
  }

 private:
  TemporaryFolder folder_;
  int made_ = 0;
  crypto::SystemEnvironment environment_;
  crypto::SigningKey signing_ = crypto::SigningKey::generate(environment_);
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, HubStoreContract, SqliteBackend);

class SqliteHubStoreTest : public ::testing::Test {
 protected:
  sync::StoreRequest request(const SpaceMaker& maker, std::vector<sync::Item> items) {
    return {1, maker.space(), keeper_of(maker), "", std::move(items)};
  }
  static TransportKey keeper_of(const SpaceMaker& maker) {
    return const_cast<SpaceMaker&>(maker).keeper().transport.public_key();
  }

  crypto::SystemEnvironment environment_;
  SqliteBackend backend_;
  std::unique_ptr<SqliteStore> store_ = backend_.make({});
};

TEST_F(SqliteHubStoreTest, AFullDiskLosesNothingAndStoresNothingHalf) {
  SpaceMaker maker(environment_);
  store_->store({request(maker, maker.roster())});
  const auto before = store_->spaces().head(maker.space());
  store_->database().limit_pages(40);
  const auto large = maker.segment(maker.keeper(), 5, 100'000);

  EXPECT_THROW(store_->store({request(maker, {large})}), sqlite::Failure);
  EXPECT_EQ(store_->spaces().head(maker.space()), before);
  store_->database().limit_pages(100'000);
  const auto outcome = store_->store({request(maker, {large})}).outcomes.at(0);

  EXPECT_THAT(outcome.refused, IsEmpty());
  EXPECT_EQ(outcome.head->number, before->number + 1);
  EXPECT_EQ(store_->database().find_damage(), "");
}

// A hub's database of version 2 had neither authors nor signatures in columns of their own, nor the bytes of a space.
TEST_F(SqliteHubStoreTest, TakesOverADatabaseOfAnEarlierVersion) {
  SpaceMaker maker(environment_);
  const auto first = maker.segment(maker.keeper(), 5), second = maker.segment(maker.keeper(), 3);
  store_->store({request(maker, maker.roster())});
  store_->store({request(maker, {first, second})});
  const auto head = store_->spaces().head(maker.space());
  const auto rows = [&](sqlite::Sql query) {
    std::vector<std::string> rows;
    sqlite::Statement select(store_->database(), query);
    for (auto row = select.query(); row.next();) rows.emplace_back(row.text(0));
    return rows;
  };
  constexpr sqlite::Sql kSignatures = "SELECT hex(signature) FROM item WHERE kind = 2 ORDER BY id";
  constexpr sqlite::Sql kAuthors = "SELECT hex(author) FROM log", kBytes = "SELECT bytes FROM space";
  const auto signatures = rows(kSignatures), authors = rows(kAuthors), bytes = rows(kBytes);
  ASSERT_THAT(signatures, SizeIs(2));

  {
    sqlite::Transaction transaction(store_->database());
    transaction.execute("ALTER TABLE log DROP COLUMN author; ALTER TABLE item DROP COLUMN signature");
    transaction.execute("ALTER TABLE space DROP COLUMN bytes");
    transaction.commit();
  }
  store_->take_checks_out();

  EXPECT_EQ(rows(kSignatures), signatures);
  EXPECT_EQ(rows(kAuthors), authors);
  EXPECT_EQ(rows(kBytes), bytes);
  EXPECT_EQ(store_->spaces().head(maker.space()), head);
  const auto outcome = store_->store({request(maker, {second, maker.segment(maker.keeper(), 2)})}).outcomes.at(0);
  EXPECT_THAT(outcome.refused, IsEmpty());
  EXPECT_EQ(outcome.head->number, head->number + 1) << "what it had is known again, what is new is stored";
}

TEST_F(SqliteHubStoreTest, KeepsMoreSpacesThanItHoldsInMemory) {
  std::vector<std::unique_ptr<SpaceMaker>> makers;
  std::vector<sync::StoreRequest> requests;
  for (int i = 0; i < 600; ++i) {
    makers.push_back(std::make_unique<SpaceMaker>(environment_));
    requests.push_back(request(*makers.back(), makers.back()->roster()));
  }
  const auto committed = store_->store(requests);
  EXPECT_THAT(committed.changed, SizeIs(600));

  for (std::size_t i = 0; i < makers.size(); i += 100) {
    requests.clear();
    for (std::size_t j = i; j < i + 100; ++j) {
      requests.push_back(request(*makers[j], {makers[j]->segment(makers[j]->keeper(), 1)}));
    }
    for (const auto& outcome : store_->store(requests).outcomes) {
      ASSERT_THAT(outcome.refused, IsEmpty());
      ASSERT_EQ(outcome.head->number, 2u);
    }
  }
}

TEST_F(SqliteHubStoreTest, TakesLittleMoreRoomThanWhatCame) {
  SpaceMaker maker(environment_);
  std::size_t uploaded = maker.roster()[0].bytes.size();
  store_->store({request(maker, maker.roster())});
  for (int i = 0; i < 16; ++i) {
    const auto segment = maker.segment(maker.keeper(), 500, 53'000);
    uploaded += segment.bytes.size();
    store_->store({request(maker, {segment})});
  }

  ASSERT_TRUE(store_->database().checkpoint());

  const auto file = std::filesystem::file_size(store_->database().path());
  EXPECT_LT(static_cast<double>(file), 1.05 * static_cast<double>(uploaded));
}

TEST(FolderLockTest, LetsOneInAtATime) {
  const TemporaryFolder folder;
  {
    const auto first = FolderLock::take(folder.path());
    ASSERT_TRUE(first);
    const auto second = FolderLock::take(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::busy);
  }
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

}  // namespace
}  // namespace plenary::hub
