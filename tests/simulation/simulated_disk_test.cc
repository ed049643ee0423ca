// The disk that the simulations stand on: it loses what it should lose, and nothing else.
#include <gtest/gtest.h>

#include "core/sqlite/statement.h"
#include "tests/simulation/scratch.h"
#include "tests/support/simulated_disk.h"

namespace plenary::simulation {
namespace {

class SimulatedDiskTest : public testing::Test {
 protected:
  void open() {
    database_ = sqlite::Database::open(disk_.folder() / "test.db").value();
    sqlite::Transaction transaction(*database_);
    transaction.execute("CREATE TABLE IF NOT EXISTS line (number INTEGER PRIMARY KEY, text TEXT)");
    transaction.commit();
  }
  void write(const std::string& text) {
    sqlite::Transaction transaction(*database_);
    sqlite::Statement insert(*database_, "INSERT INTO line (text) VALUES (?)");
    insert.run(transaction, text);
    transaction.commit();
  }
  std::int64_t lines() {
    sqlite::Statement count(*database_, "SELECT count(*) FROM line");
    auto rows = count.query();
    rows.next();
    return rows.integer(0);
  }
  void cut_power() {
    database_.reset();
    disk_.power_back();
    open();
  }

  Scratch scratch_{"disk"};
  SimulatedDisk disk_{scratch_.path() / "disk", 7};
  std::unique_ptr<sqlite::Database> database_;
};

TEST_F(SimulatedDiskTest, KeepsWhatWasCommittedWhereverThePowerIsCut) {
  open();
  std::int64_t committed = 0;
  for (std::uint64_t operation = 1; operation < 60; ++operation) {
    disk_.fail_in(operation % 9 + 1, Fault::power_cut);
    try {
      for (int i = 0; i < 4; ++i) {
        write(std::string(3'000, 'x'));
        ++committed;
      }
    } catch (const sqlite::Failure&) {
    }
    cut_power();
    // What was being written may have arrived, too.
    ASSERT_GE(lines(), committed);
    ASSERT_LE(lines(), committed + 1);
    committed = lines();
    ASSERT_EQ(database_->find_damage(), "");
  }
}

TEST_F(SimulatedDiskTest, LosesWhatNobodySynced) {
  open();
  database_->configure("PRAGMA synchronous=OFF");
  bool lost = false;
  for (int round = 0; round < 20 && !lost; ++round) {
    const std::int64_t before = lines();
    write("not synced");
    disk_.fail_in(1, Fault::power_cut);
    try {
      write("never arrives");
    } catch (const sqlite::Failure&) {
    }
    cut_power();
    database_->configure("PRAGMA synchronous=OFF");
    lost = lines() <= before;
  }
  EXPECT_TRUE(lost);
}

TEST_F(SimulatedDiskTest, IsFullWhenItsLimitIsReached) {
  open();
  disk_.limit(disk_.size() + 10'000);
  const auto fill = [&] {
    for (int i = 0; i < 100; ++i) write(std::string(1'000, 'x'));
  };
  try {
    fill();
    FAIL() << "the disk never filled";
  } catch (const sqlite::Failure& failure) {
    EXPECT_EQ(failure.kind(), sqlite::Failure::Kind::disk_full);
  }
  const std::int64_t before = lines();

  disk_.limit(std::nullopt);
  write("There is room again.");

  EXPECT_EQ(lines(), before + 1);
}

TEST_F(SimulatedDiskTest, GivesAnOldCopyBack) {
  open();
  write("before");
  database_.reset();
  const auto image = disk_.image();
  open();
  write("after");
  EXPECT_TRUE(disk_.contains("after"));
  database_.reset();

  disk_.restore(image);
  open();

  EXPECT_EQ(lines(), 1);
  EXPECT_FALSE(disk_.contains("after"));
}

TEST_F(SimulatedDiskTest, KeepsASecondConnectionOutAndLetsItIn) {
  open();
  sqlite::OpenOptions options;
  options.busy_timeout_ms = 0;
  const auto second = sqlite::Database::open(disk_.folder() / "test.db", options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);

  options.sharing = sqlite::Sharing::shared;
  auto one = sqlite::Database::open(disk_.folder() / "shared.db", options).value();
  auto other = sqlite::Database::open(disk_.folder() / "shared.db", options).value();
  sqlite::Transaction transaction(*one);
  transaction.execute("CREATE TABLE seen (number INTEGER)");
  EXPECT_FALSE(sqlite::Transaction::begin(*other).has_value());
  transaction.commit();
  sqlite::Statement select(*other, "SELECT count(*) FROM seen");
  EXPECT_TRUE(select.query().next());
}

}  // namespace
}  // namespace plenary::simulation
