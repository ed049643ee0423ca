// What happens to sealed files in the hands of others and on worn disks: never anything else than what was written.
#include <gmock/gmock.h>

#include "tests/unit/seal/sealed_damage.h"

namespace plenary::seal {
namespace {

using sqlite::Failure;
using testing::AnyOf;

TEST_F(SealedDamageTest, NoWordOfItStandsInAnyFileWhileItWorksOrAfter) {
  const auto words_in_files = [&] {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      const Bytes bytes = bytes_of(entry.path());
      found += as_text(bytes).find(kWord) != std::string_view::npos;
      found += as_text(bytes).find("CREATE TABLE") != std::string_view::npos;
    }
    return found;
  };
  auto database = with_rows(open(file(), 32), 60);
  EXPECT_GT(std::filesystem::file_size(log()), 30 * kFrame);
  EXPECT_EQ(words_in_files(), 0u);
  {
    sqlite::Transaction transaction(*database);
    transaction.execute("UPDATE note SET body = body || ' still'");
    EXPECT_EQ(words_in_files(), 0u);
  }
  database->configure("VACUUM");
  EXPECT_EQ(words_in_files(), 0u);
  database->copy_to(folder_ / "copy.plenary");
  EXPECT_EQ(words_in_files(), 0u);

  database.reset();

  EXPECT_EQ(words_in_files(), 0u);
  EXPECT_EQ(seal::read_all([this] { return open(folder_ / "copy.plenary"); }), 60);
}

TEST_F(SealedDamageTest, AFlippedBitInAnyPageIsAnError) {
  const Bytes good = written_back();
  ASSERT_EQ(read_all(), 60);

  for (std::size_t page = 0; page < good.size() / kPage; ++page) {
    // Ciphertext, nonce, tag.
    for (const std::size_t within : {std::size_t{0}, std::size_t{17}, std::size_t{2000}, kPage - 30, kPage - 3}) {
      write_bytes(file(), good);
      damage(file(), page * kPage + within);
      EXPECT_EQ(read_all(), -1) << "page " << page + 1 << ", byte " << within;
    }
  }
}

TEST_F(SealedDamageTest, APageThatWasPutElsewhereOrBlankedIsAnError) {
  const Bytes good = written_back();
  const auto part = [&](Bytes& bytes, std::size_t page) { return std::span(bytes).subspan(page * kPage, kPage); };

  for (std::size_t page = 1; page + 1 < good.size() / kPage; ++page) {
    Bytes swapped = good;
    std::ranges::swap_ranges(part(swapped, page), part(swapped, page + 1));
    write_bytes(file(), swapped);
    EXPECT_EQ(read_all(), -1) << "page " << page + 1;
    Bytes blank = good;
    std::ranges::fill(part(blank, page), std::byte{0});
    write_bytes(file(), blank);
    EXPECT_EQ(read_all(), -1) << "page " << page + 1;
  }
}

TEST_F(SealedDamageTest, AFileThatWasCutIsAnError) {
  const Bytes good = written_back();

  for (const std::size_t size :
       {good.size() - 1, good.size() - kPage, good.size() / 2, kPage + 7, kPage, kPage / 2, std::size_t{2}}) {
    write_bytes(file(), ByteSpan(good).first(size));
    EXPECT_EQ(read_all(), -1) << size << " bytes";
  }
}

TEST_F(SealedDamageTest, AnotherKeyOrAnotherNameOpensNothing) {
  written_back();
  PageSeals others(page_key(2), environment_);
  const sqlite::SealedVfs vfs(others);

  EXPECT_EQ(seal::read_all([&] { return open_with(vfs, file()); }), -1);
  std::filesystem::rename(file(), folder_ / "other.plenary");
  EXPECT_EQ(seal::read_all([&] { return open(folder_ / "other.plenary"); }), -1);
}

TEST_F(SealedDamageTest, APlainDatabaseOrOneOfOtherPagesIsNotRead) {
  with_rows(sqlite::Database::open(file()).value(), 5).reset();
  EXPECT_EQ(read_all(), -1);

  std::filesystem::remove(file());
  auto database = open(file());
  database->configure("PRAGMA page_size=8192");
  database->configure("VACUUM");
  execute(*database, "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, mark BLOB)");
  database.reset();
  EXPECT_EQ(std::filesystem::file_size(file()), 2 * kPage);
}

// One nonce for two pages would show what they have in common.
TEST_F(SealedDamageTest, APageThatIsWrittenAgainLooksDifferent) {
  constexpr sqlite::PagePlace kPlace{sqlite::PageHome::database, 7, {}};
  const std::array<std::byte, kPage> plain{};
  const auto seal = [&](PageSeal& cipher) {
    std::array<std::byte, kPage> sealed{};
    cipher.seal(kPlace, plain, 0, sealed);
    return sealed;
  };
  PageSeal today(page_key(1), "notes.plenary", environment_), tomorrow(page_key(1), "notes.plenary", environment_);

  const auto first = seal(today), second = seal(today), of_tomorrow = seal(tomorrow);

  EXPECT_NE(first, second);
  EXPECT_NE(first, of_tomorrow);
}

// What is no page of the database or of its log would stand there in clear; so nothing of the kind is written.
TEST_F(SealedDamageTest, NothingIsWrittenOutsideTheDatabaseAndItsLog) {
  auto database = with_rows(open(file()), 60);

  database->configure("PRAGMA temp_store=FILE");
  database->configure("PRAGMA temp.cache_size=2");
  EXPECT_THROW(execute(*database, "CREATE TEMP TABLE draft AS SELECT * FROM note"), Failure);
  database->configure("PRAGMA temp_store=MEMORY");
  EXPECT_THROW(database->configure("PRAGMA journal_mode=DELETE"), Failure);
  database.reset();

  EXPECT_EQ(read_all(), 60);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    EXPECT_THAT(entry.path().filename().string(), AnyOf("notes.plenary", "notes.plenary-wal", "notes.plenary-journal"));
}

// A page that was freed before it was written is no exception: zeros that nobody sealed would be read as damage.
TEST_F(SealedDamageTest, EveryPageOfTheFileIsSealedAlsoThoseThatNobodyUses) {
  auto database = open(file());
  database->configure("PRAGMA secure_delete=OFF");
  execute(*database,
          "CREATE TABLE dropped (mark BLOB); CREATE TABLE kept (mark BLOB);"
          "INSERT INTO dropped VALUES (randomblob(100000)); INSERT INTO kept VALUES (randomblob(100000));"
          "DROP TABLE dropped");
  database.reset();

  const Bytes bytes = bytes_of(file());
  PageSeal cipher(page_key(1), "notes.plenary", environment_);
  std::array<std::byte, kPage> plain;
  EXPECT_GT(bytes.size(), 40 * kPage);
  for (std::size_t page = 0; page < bytes.size() / kPage; ++page) {
    const sqlite::PlainPage sealed(bytes.data() + page * kPage, kPage);
    EXPECT_TRUE(cipher.open({sqlite::PageHome::database, page + 1, {}}, sealed, plain)) << "page " << page + 1;
  }
}

}  // namespace
}  // namespace plenary::seal
