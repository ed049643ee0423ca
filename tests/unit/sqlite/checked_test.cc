// A database in clear with checksums beside its pages: damage is an error, never data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

#include "core/sqlite/statement.h"
#include "core/sqlite/transaction.h"
#include "tests/support/temporary_folder.h"

namespace plenary::sqlite {
namespace {

constexpr int kPageSize = 1024;

std::uint64_t sum(std::uint64_t number, std::span<const std::byte> content) {
  std::uint64_t check = number * 0x9e3779b97f4a7c15;
  for (const std::byte byte : content) check = check * 0x100000001b3 + std::to_integer<std::uint64_t>(byte) + 1;
  return check | 1;
}

class CheckedTest : public ::testing::Test {
 protected:
  static OpenOptions options(PageCheck check = sum) {
    OpenOptions options;
    options.check = check;
    options.page_size = kPageSize;
    options.sharing = Sharing::shared;
    options.gives_back_room = true;
    return options;
  }
  // Notes of all sizes, an index, and pages that nobody uses any more.
  void write_notes(const OpenOptions& with) {
    const auto database = Database::open(file_, with).value();
    Transaction transaction(*database);
    transaction.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT); CREATE INDEX body ON note (body)");
    Statement insert(*database, "INSERT INTO note (body) VALUES (?)");
    for (int i = 1; i <= 60; ++i) insert.run(transaction, std::string(static_cast<std::size_t>(i * 40), 'a' + i % 26));
    transaction.execute("DELETE FROM note WHERE id % 7 = 0");
    transaction.commit();
  }
  std::string notes(const OpenOptions& with) {
    const auto database = Database::open(file_, with).value();
    std::string text;
    Statement select(*database, "SELECT id, body FROM note ORDER BY id");
    for (auto row = select.query(); row.next();) text += std::to_string(row.integer(0)) + std::string(row.text(1));
    const std::string damage = database->find_damage();
    if (!damage.empty()) throw Failure(Failure::Kind::corrupt, 0, damage);
    return text;
  }
  std::string bytes() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void overwrite(const std::string& bytes) { std::ofstream(file_, std::ios::binary) << bytes; }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "notes.db";
};

TEST_F(CheckedTest, KeepsWhatIsWrittenAlsoForAnotherConnection) {
  write_notes(options());
  const std::string before = notes(options());
  const auto writing = Database::open(file_, options()).value();
  auto to_read = options();
  to_read.access = Access::read_only;
  const auto reading = Database::open(file_, to_read).value();
  {
    Transaction transaction(*writing);
    transaction.execute("INSERT INTO note (id, body) VALUES (1000, 'zz')");
    transaction.commit();
  }
  Statement select(*reading, "SELECT body FROM note WHERE id = 1000");
  {
    auto row = select.query();
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.text(0), "zz");
  }
  writing->checkpoint();
  writing->give_back_room();

  EXPECT_EQ(writing->find_damage(), "");
  EXPECT_TRUE(notes(options()) == before + "1000zz");
}

TEST_F(CheckedTest, AFlippedBitAnywhereIsAnError) {
  write_notes(options());
  const std::string whole = bytes(), before = notes(options());
  ASSERT_GT(whole.size(), 40u * kPageSize);
  int errors = 0;
  for (std::size_t at = 0; at < whole.size(); at += 997) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    overwrite(flipped);
    try {
      EXPECT_TRUE(notes(options()) == before) << "byte " << at;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), Failure::Kind::corrupt) << "byte " << at << ": " << failure.what();
      ++errors;
    }
  }
  // Some stand in pages that nobody uses.
  EXPECT_GT(errors, static_cast<int>(whole.size() / 997 * 8 / 10));
}

TEST_F(CheckedTest, PagesThatWereBlankedOrPutElsewhereAreErrors) {
  write_notes(options());
  const std::string whole = bytes();
  // In the middle of the last notes but one and but two.
  const auto page_of = [&](char letter) { return whole.find(std::string(900, letter)) / kPageSize + 1; };
  const auto begin = static_cast<std::ptrdiff_t>(page_of('h') * kPageSize);
  std::string blanked = whole, moved = whole;
  std::fill_n(blanked.begin() + begin, kPageSize, '\0');
  std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(page_of('g') * kPageSize), kPageSize, moved.begin() + begin);

  overwrite(blanked);
  EXPECT_THAT([&] { notes(options()); }, testing::ThrowsMessage<Failure>(testing::HasSubstr("altered")));
  overwrite(moved);
  EXPECT_THAT([&] { notes(options()); }, testing::ThrowsMessage<Failure>(testing::HasSubstr("altered")));
}

TEST_F(CheckedTest, ADatabaseWithoutChecksumsIsGivenThem) {
  write_notes(options(nullptr));
  const std::string before = notes(options(nullptr));
  EXPECT_TRUE(lacks_checks(file_));
  EXPECT_THROW(notes(options()), Failure);

  Database::add_checks(file_, folder_ / "checked.db", sum);
  std::filesystem::rename(folder_ / "checked.db", file_);

  EXPECT_FALSE(lacks_checks(file_));
  EXPECT_TRUE(notes(options()) == before);
}

TEST_F(CheckedTest, ACopyByAnotherProgramIsBelieved) {
  write_notes(options());
  const std::string before = notes(options());
  Database::open(file_, options(nullptr)).value()->copy_to(folder_ / "copy.db");
  std::filesystem::rename(folder_ / "copy.db", file_);

  EXPECT_TRUE(notes(options()) == before);
}

}  // namespace
}  // namespace plenary::sqlite
