#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/base/ids.h"
#include "core/sqlite/migration.h"
#include "tests/support/temporary_folder.h"

namespace plenary::sqlite {
namespace {

using ::testing::HasSubstr;

class SqliteTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_ / "notes.db"; }

  static std::unique_ptr<Database> with_notes(const std::filesystem::path& path, const OpenOptions& options = {}) {
    auto database = Database::open(path, options).value();
    Transaction transaction(*database);
    transaction.execute("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, body TEXT, mark BLOB, weight REAL)");
    transaction.commit();
    return database;
  }

  static std::int64_t count(Database& database) {
    Statement select(database, "SELECT count(*) FROM note");
    auto rows = select.query();
    rows.next();
    return rows.integer(0);
  }

  TemporaryFolder folder_;
};

// How users of the wrapper look: statements are members with their SQL beside them.
class Notes {
 public:
  explicit Notes(Database& database) : database_(database) {}

  void add(Transaction& transaction, std::string_view body) { insert_.run(transaction, body); }
  std::string body(std::int64_t id) {
    auto rows = select_.query(id);
    return rows.next() ? std::string(rows.text(0)) : "";
  }

 private:
  Database& database_;
  Statement insert_{database_, "INSERT INTO note (body) VALUES (?)"};
  Statement select_{database_, "SELECT body FROM note WHERE id = ?"};
};

TEST_F(SqliteTest, GivesBackEveryTypeThatWasBound) {
  auto database = with_notes(file());
  Statement insert(*database, "INSERT INTO note (id, body, mark, weight) VALUES (?, ?, ?, ?)");
  LogId id;
  id.bytes.fill(std::byte{7});

  Transaction transaction(*database);
  insert.run(transaction, 5, "Pupils explain", id, 0.5);
  insert.run(transaction, std::int64_t{6}, std::optional<std::string>(), nullptr, std::optional<double>(2));
  insert.run(transaction, 7u, std::string(), Bytes{}, 0.0);
  transaction.commit();

  Statement select(*database, "SELECT id, body, mark, weight FROM note ORDER BY id");
  auto rows = select.query();
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 5);
  EXPECT_EQ(rows.text(1), "Pupils explain");
  EXPECT_EQ(rows.id<LogId>(2), id);
  EXPECT_EQ(rows.real(3), 0.5);
  ASSERT_TRUE(rows.next());
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_EQ(rows.optional_id<LogId>(2), std::nullopt);
  EXPECT_EQ(rows.real(3), 2);
  ASSERT_TRUE(rows.next());
  EXPECT_FALSE(rows.is_null(1));
  EXPECT_FALSE(rows.is_null(2));
  EXPECT_TRUE(rows.blob(2).empty());
  EXPECT_FALSE(rows.next());
}

TEST_F(SqliteTest, AnIdOfAWrongSizeIsDamage) {
  auto database = with_notes(file());
  Statement insert(*database, "INSERT INTO note (mark) VALUES (?)");
  Transaction transaction(*database);
  insert.run(transaction, to_bytes("short"));
  transaction.commit();

  Statement select(*database, "SELECT mark FROM note");
  auto rows = select.query();
  ASSERT_TRUE(rows.next());

  EXPECT_THROW(rows.id<LogId>(0), Failure);
}

TEST_F(SqliteTest, KeepsWhatWasCommittedAndForgetsTheRest) {
  {
    auto database = with_notes(file());
    Notes notes(*database);
    {
      Transaction kept(*database);
      notes.add(kept, "kept");
      kept.commit();
    }
    Transaction dropped(*database);
    notes.add(dropped, "dropped");
  }

  auto database = with_notes(file());
  EXPECT_EQ(count(*database), 1);
  EXPECT_EQ(Notes(*database).body(1), "kept");
}

TEST_F(SqliteTest, ASavepointTakesBackItsPartAlone) {
  auto database = with_notes(file());
  Notes notes(*database);
  Transaction transaction(*database);
  notes.add(transaction, "whole");
  {
    Savepoint part(transaction);
    notes.add(transaction, "taken back");
  }
  {
    Savepoint part(transaction);
    notes.add(transaction, "released");
    part.release();
  }
  transaction.commit();

  EXPECT_EQ(count(*database), 2);
  EXPECT_EQ(Notes(*database).body(2), "released");
}

TEST_F(SqliteTest, ReturnsRowsOfAWrite) {
  auto database = with_notes(file());
  Statement insert(*database, "INSERT INTO note (body) VALUES (?) RETURNING id");
  Transaction transaction(*database);
  {
    auto rows = insert.run_returning(transaction, "first");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 1);
  }
  transaction.commit();
  EXPECT_EQ(count(*database), 1);
}

TEST_F(SqliteTest, BindsAsManyValuesAsTheSchemaNeeds) {
  auto database = with_notes(file());
  const GeneratedSql sql("INSERT INTO " + quoted_identifier("note") + " (body, weight) VALUES (?, ?)");
  Statement insert(*database, sql);
  Transaction transaction(*database);
  insert.reset();
  insert.bind(1, std::string("generated"));
  insert.bind(2, 1.25);
  EXPECT_EQ(insert.run_bound(transaction), 1);
  transaction.commit();

  EXPECT_EQ(Notes(*database).body(1), "generated");
  EXPECT_EQ(quoted_identifier("a\"b"), "\"a\"\"b\"");
}

TEST_F(SqliteTest, AFullDiskLosesNothingCommitted) {
  auto database = with_notes(file());
  Notes notes(*database);
  const auto add = [&](std::string_view body) {
    Transaction transaction(*database);
    notes.add(transaction, body);
    transaction.commit();
  };
  add("before");
  database->limit_pages(4);

  try {
    add(std::string(100'000, 'x'));
    FAIL() << "a note larger than the disk was stored";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), Failure::Kind::disk_full);
    EXPECT_THAT(failure.what(), HasSubstr("Make room"));
  }
  add("after");

  EXPECT_EQ(count(*database), 2);
  EXPECT_EQ(database->find_damage(), "");
}

TEST_F(SqliteTest, ASecondProcessIsToldThatTheFileIsInUse) {
  auto database = with_notes(file());
  const pid_t child = ::fork();
  if (child == 0) {
    OpenOptions options;
    options.busy_timeout_ms = 10;
    const auto second = Database::open(file(), options);
    const bool busy = !second && second.error().code == ErrorCode::busy;
    ::_exit(busy ? 0 : 1);
  }

  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(SqliteTest, SharedConnectionsTakeTurnsAtWriting) {
  OpenOptions options;
  options.sharing = Sharing::shared;
  options.busy_timeout_ms = 10;
  auto first = with_notes(file(), options);
  auto second = Database::open(file(), options).value();
  {
    Transaction writing(*first);
    const auto refused = Transaction::begin(*second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::busy);
    EXPECT_EQ(count(*second), 0);
  }

  EXPECT_TRUE(Transaction::begin(*second));
}

TEST_F(SqliteTest, ASnapshotSeesOneMoment) {
  OpenOptions options;
  options.sharing = Sharing::shared;
  options.busy_timeout_ms = 10;
  auto writer = with_notes(file(), options);
  options.access = Access::read_only;
  auto reader = Database::open(file(), options).value();
  Notes notes(*writer);
  {
    const Snapshot snapshot(*reader);
    EXPECT_EQ(count(*reader), 0);
    Transaction transaction(*writer);
    notes.add(transaction, "meanwhile");
    transaction.commit();
    EXPECT_EQ(count(*reader), 0);
    EXPECT_FALSE(writer->checkpoint());
  }

  EXPECT_EQ(count(*reader), 1);
  EXPECT_TRUE(writer->checkpoint());
}

TEST_F(SqliteTest, OpensOnlyWhatIsThere) {
  OpenOptions options;
  options.access = Access::existing;
  const auto opened = Database::open(file(), options);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(SqliteTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file()) << std::string(10'000, 'g');
  const auto opened = Database::open(file());

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
}

TEST_F(SqliteTest, ReadOnlyCannotWrite) {
  with_notes(file()).reset();
  OpenOptions options;
  options.access = Access::read_only;
  auto database = Database::open(file(), options).value();

  EXPECT_EQ(count(*database), 0);
  EXPECT_THROW(
      {
        Transaction transaction(*database);
        transaction.execute("DELETE FROM note");
      },
      Failure);
}

TEST_F(SqliteTest, CopiesIntoAnotherFile) {
  auto database = with_notes(file());
  Notes notes(*database);
  Transaction transaction(*database);
  notes.add(transaction, "copied");
  transaction.commit();

  database->copy_to(folder_ / "copy.db");

  auto copy = Database::open(folder_ / "copy.db").value();
  EXPECT_EQ(Notes(*copy).body(1), "copied");
}

constexpr FileKind kKind{0x506c6e54, "test notes"};

const std::vector<Migration> kMigrations = {
    [](Transaction& transaction) { transaction.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)"); },
    [](Transaction& transaction) { transaction.execute("ALTER TABLE note ADD COLUMN year INTEGER DEFAULT 1"); },
};

TEST_F(SqliteTest, MigratesStepByStepAndKeepsTheRows) {
  auto database = Database::open(file()).value();
  ASSERT_TRUE(migrate(*database, kKind, std::span(kMigrations).first(1)));
  Transaction transaction(*database);
  Notes(*database).add(transaction, "of version 1");
  transaction.commit();

  ASSERT_TRUE(migrate(*database, kKind, kMigrations));
  ASSERT_TRUE(migrate(*database, kKind, kMigrations));

  Statement select(*database, "SELECT body, year FROM note");
  auto rows = select.query();
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "of version 1");
  EXPECT_EQ(rows.integer(1), 1);
}

TEST_F(SqliteTest, AFailedMigrationLeavesTheOldVersion) {
  auto database = Database::open(file()).value();
  ASSERT_TRUE(migrate(*database, kKind, std::span(kMigrations).first(1)));
  auto broken = kMigrations;
  broken[1] = [](Transaction& transaction) { transaction.execute("DROP TABLE note; DROP TABLE missing"); };

  EXPECT_THROW(static_cast<void>(migrate(*database, kKind, broken)), Failure);

  EXPECT_EQ(count(*database), 0);
  EXPECT_TRUE(migrate(*database, kKind, kMigrations));
}

TEST_F(SqliteTest, RefusesAFileOfANewerVersionUntouched) {
  auto database = Database::open(file()).value();
  ASSERT_TRUE(migrate(*database, kKind, kMigrations));

  const auto older = migrate(*database, kKind, std::span(kMigrations).first(1));

  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::unsupported);
  EXPECT_THAT(older.error().message, HasSubstr("newer version"));
  EXPECT_TRUE(migrate(*database, kKind, kMigrations));
}

TEST_F(SqliteTest, RefusesADatabaseOfAnotherProgram) {
  auto database = with_notes(file());
  const auto migrated = migrate(*database, kKind, kMigrations);

  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, ErrorCode::malformed);
}

}  // namespace
}  // namespace plenary::sqlite
