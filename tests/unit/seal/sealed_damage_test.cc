// What happens to sealed files in the hands of others and on worn disks: never anything else than what was written.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cstring>

#include "tests/unit/seal/sealed_folder.h"

namespace plenary::seal {
namespace {

using sqlite::Failure;
using testing::AnyOf;

constexpr std::string_view kWord = "lighthouse";

// Rows 1 to `last`, each with its number, in three sizes: in a leaf, in overflow pages, and beside a blob.
void add_rows(sqlite::Database& database, int first, int last) {
  sqlite::Transaction transaction(database);
  sqlite::Statement insert(database, "INSERT INTO note (id, body, mark) VALUES (?, ?, ?)");
  for (int id = first; id <= last; ++id) {
    std::string body = "The " + std::string(kWord) + " stood at " + std::to_string(id);
    if (id % 7 == 0) body.append(9000, 'x');
    insert.run(transaction, id, body, Bytes(id % 5 == 0 ? 5000 : 10, static_cast<std::byte>(id)));
  }
  transaction.commit();
}

std::unique_ptr<sqlite::Database> with_rows(std::unique_ptr<sqlite::Database> database, int last) {
  execute(*database, "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, mark BLOB)");
  add_rows(*database, 1, last);
  return database;
}

// How many rows a reader finds. -1: the reading failed as damage. Fails the test when a row is not what was written.
int read_all(const std::function<std::unique_ptr<sqlite::Database>()>& open) {
  try {
    const auto database = open();
    sqlite::Statement tables(*database, "SELECT count(*) FROM sqlite_schema");
    {
      auto rows = tables.query();
      if (!rows.next() || rows.integer(0) == 0) return 0;
    }
    sqlite::Statement select(*database, "SELECT id, body, mark FROM note ORDER BY id");
    int count = 0;
    for (auto rows = select.query(); rows.next();) {
      const auto id = rows.integer(0);
      EXPECT_EQ(id, ++count);
      EXPECT_EQ(rows.text(1).substr(0, 24 + std::to_string(id).size()),
                "The lighthouse stood at " + std::to_string(id));
      EXPECT_EQ(rows.text(1).size() > 9000, id % 7 == 0);
      EXPECT_EQ(to_bytes(rows.blob(2)), Bytes(id % 5 == 0 ? 5000 : 10, static_cast<std::byte>(id)));
    }
    return count;
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), Failure::Kind::corrupt) << failure.what();
    return -1;
  }
}

class SealedDamageTest : public SealedFolder {
 protected:
  int read_all() {
    return seal::read_all([this] { return open(file()); });
  }
  // A database with 60 rows whose log was written back.
  Bytes written_back() {
    with_rows(open(file()), 60).reset();
    EXPECT_FALSE(std::filesystem::exists(log()));
    return bytes_of(file());
  }
  // The files as a program leaves them that is killed after commits of rows 1 to 20, to 40, and to 60.
  void killed_after_three_commits() {
    auto database = with_rows(open(file()), 20);
    database->checkpoint();
    for (int last = 20; last <= 60; last += 20) {
      if (last > 20) add_rows(*database, last - 19, last);
      log_ends_.push_back(end_of_frames());
    }
    killed(std::move(database));
  }
  // Where the next frame will begin: behind it stands only that what is before it is durable.
  std::size_t end_of_frames() const {
    const std::size_t size = std::filesystem::file_size(log());
    return size < kLogHeader ? 0 : size - (size - kLogHeader) % kFrame;
  }
  // The files as they are now, as if the program had ended here.
  void killed(std::unique_ptr<sqlite::Database> database) {
    database_bytes_ = bytes_of(file());
    log_bytes_ = bytes_of(log());
    database.reset();
    restore();
  }
  void restore() {
    write_bytes(file(), database_bytes_);
    write_bytes(log(), log_bytes_);
  }

  Bytes database_bytes_, log_bytes_;
  std::vector<std::size_t> log_ends_;
};

TEST_F(SealedDamageTest, NoWordOfItStandsInAnyFileWhileItWorksOrAfter) {
  const auto words_in_files = [&] {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
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

// Every `step`th place of those in which a log is most easily harmed: its header, each frame's header, nonce and tag,
// and the word behind the last; and some of each page.
std::vector<std::size_t> places_in(std::size_t log_size, std::size_t step) {
  std::vector<std::size_t> places;
  std::size_t count = 0;
  for (std::size_t at = 0; at < log_size; ++at) {
    const std::size_t within = at < kLogHeader ? 0 : (at - kLogHeader) % kFrame;
    const bool is_one = within < 24 || within >= kFrame - 40 || within % 1013 == 0;
    if (is_one && count++ % step == 0) places.push_back(at);
  }
  return places;
}

TEST_F(SealedDamageTest, AFlippedBitInALogThatAKilledProgramLeftIsAnErrorOrHarmless) {
  killed_after_three_commits();
  ASSERT_EQ(read_all(), 60);

  for (const std::size_t at : places_in(log_bytes_.size(), 3)) {
    restore();
    damage(log(), at);
    EXPECT_EQ(read_all(), at < log_ends_[2] ? -1 : 60) << "byte " << at;
  }
}

TEST_F(SealedDamageTest, ADamagedLogStaysAsItIsAndTheErrorNamesIt) {
  killed_after_three_commits();
  damage(log(), log_ends_[1] - 100);
  const Bytes damaged = bytes_of(log());

  EXPECT_EQ(read_all(), -1);
  EXPECT_EQ(read_all(), -1);

  EXPECT_EQ(bytes_of(log()), damaged);
  EXPECT_EQ(bytes_of(file()), database_bytes_);
  try {
    open(file());
    FAIL() << "it opened";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), testing::HasSubstr("notes.plenary-wal was altered"));
  }
}

// The last commit, as it stands in the file before it was synced: any part of it may be lost, and nobody was told that
// it was done.
TEST_F(SealedDamageTest, ACommitThatThePowerCutShortIsNoDamage) {
  killed_after_three_commits();
  log_bytes_.resize(log_ends_[2]);
  restore();
  ASSERT_EQ(read_all(), 60);

  for (const std::size_t at : places_in(log_bytes_.size(), 7)) {
    restore();
    damage(log(), at);
    EXPECT_EQ(read_all(), at < log_ends_[1] ? -1 : 40) << "byte " << at;
  }
}

TEST_F(SealedDamageTest, ALogThatBeganAnewIsHeldToWhatIsInItNow) {
  {
    auto database = with_rows(open(file()), 40);
    // Written back but not emptied, so that the next commit begins the log anew, with other salts.
    database->configure("PRAGMA wal_checkpoint(FULL)");
    add_rows(*database, 41, 44);
    log_ends_ = {end_of_frames()};
    killed(std::move(database));
  }
  ASSERT_EQ(read_all(), 44);

  for (const std::size_t at : places_in(log_bytes_.size(), 7)) {
    restore();
    damage(log(), at);
    EXPECT_EQ(read_all(), at < log_ends_[0] ? -1 : 44) << "byte " << at;
  }
}

// Its frames stand behind those of the commit that came after it, whole and with the same salts.
TEST_F(SealedDamageTest, WhatIsLeftOfATransactionThatWasTakenBackIsNoDamage) {
  auto database = with_rows(open(file(), 16), 20);
  const std::size_t before = end_of_frames();
  {
    sqlite::Transaction transaction(*database);
    transaction.execute("UPDATE note SET body = body || hex(zeroblob(20000))");
    ASSERT_GT(end_of_frames(), before + 30 * kFrame) << "it was too small to reach the log before its commit";
  }
  add_rows(*database, 21, 22);
  killed(std::move(database));

  EXPECT_EQ(read_all(), 22);
  restore();
  damage(log(), log_bytes_.size() - kFrame);
  EXPECT_EQ(read_all(), 22);
}

TEST_F(SealedDamageTest, ALogThatWasCutGivesWhatWasCommittedBeforeTheCut) {
  killed_after_three_commits();

  for (const std::size_t size : {log_ends_[2] - 1, log_ends_[2] - kFrame, log_ends_[1] + 8, log_ends_[1]}) {
    restore();
    write_bytes(log(), ByteSpan(log_bytes_).first(size));
    EXPECT_EQ(read_all(), 40) << size << " bytes";
  }
}

TEST_F(SealedDamageTest, SwappedFramesAndFramesOfAnEarlierLogAreNotRead) {
  killed_after_three_commits();
  const auto frame = [](Bytes& bytes, std::size_t at) { return std::span(bytes).subspan(at, kFrame); };

  Bytes swapped = log_bytes_;
  std::ranges::swap_ranges(frame(swapped, log_ends_[1]), frame(swapped, log_ends_[1] + kFrame));
  write_bytes(log(), swapped);
  EXPECT_EQ(read_all(), -1);

  restore();
  Bytes page_of_other = log_bytes_;
  std::copy_n(page_of_other.begin() + static_cast<std::ptrdiff_t>(kLogHeader + 24), kPage,
              page_of_other.begin() + static_cast<std::ptrdiff_t>(log_ends_[1] + 24));
  write_bytes(log(), page_of_other);
  EXPECT_EQ(read_all(), -1);
}

TEST_F(SealedDamageTest, DamageInTheLogOfAnOpenDatabaseIsAnError) {
  auto database = with_rows(open(file(), 16), 60);

  for (std::size_t at = kLogHeader + 24; at < std::filesystem::file_size(log()); at += kFrame) damage(log(), at + 100);

  sqlite::Statement select(*database, "SELECT sum(length(body)), count(DISTINCT hex(mark)) FROM note");
  EXPECT_THROW(
      {
        auto rows = select.query();
        rows.next();
      },
      Failure);
}

// SQLite looks at its own checksums when it opens a log, and never again: the seal knows the place.
TEST_F(SealedDamageTest, APageOfAnotherFrameInTheLogOfAnOpenDatabaseIsAnError) {
  auto database = with_rows(open(file(), 16), 60);
  Bytes bytes = bytes_of(log());
  const auto page = [&](std::size_t frame) {
    return std::span(bytes).subspan(kLogHeader + frame * kFrame + 24, kPage);
  };
  for (std::size_t frame = 0; frame + 1 < (bytes.size() - kLogHeader) / kFrame; frame += 2) {
    std::ranges::swap_ranges(page(frame), page(frame + 1));
  }
  write_bytes(log(), bytes);

  int code = SQLITE_OK;
  try {
    sqlite::Statement select(*database, "SELECT sum(length(body)), count(DISTINCT hex(mark)) FROM note");
    select.query().next();
  } catch (const Failure& failure) {
    code = failure.code();
  }

  EXPECT_EQ(code, SQLITE_IOERR_DATA) << "not for SQLite to notice by what the page says";
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
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
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

// SQLite's checksum of a plain page, by which anybody could tell whether a guess at the page is right.
std::uint64_t checksum(std::uint64_t before, ByteSpan bytes, bool big_endian) {
  auto first = static_cast<std::uint32_t>(before), second = static_cast<std::uint32_t>(before >> 32);
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * (big_endian ? 3 - i : i));
    return value;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    first += word(at) + second;
    second += word(at + 4) + first;
  }
  return std::uint64_t{second} << 32 | first;
}

std::uint64_t stored(ByteSpan bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i)
    value |= std::to_integer<std::uint64_t>(bytes[at + (i & 4) + 3 - (i & 3)]) << (8 * i);
  return value;
}

TEST_F(SealedDamageTest, TheLogShowsNoChecksumOfAPlainPage) {
  killed_after_three_commits();
  const ByteSpan frame = ByteSpan(log_bytes_).subspan(kLogHeader, kFrame);
  sqlite::PagePlace place{sqlite::PageHome::log, 1, {}};
  std::copy_n(frame.begin(), 8, place.frame.begin());
  std::copy_n(log_bytes_.begin() + 16, 8, place.frame.begin() + 8);
  std::array<std::byte, kPage> plain;
  PageSeal cipher(page_key(1), "notes.plenary", environment_);

  ASSERT_TRUE(cipher.open(place, sqlite::PlainPage(frame.data() + 24, kPage), plain));
  const bool big_endian = (log_bytes_[3] & std::byte{1}) != std::byte{0};
  std::uint64_t plain_sum = checksum(stored(log_bytes_, 24), frame.first(8), big_endian);
  plain_sum = checksum(plain_sum, plain, big_endian);

  EXPECT_NE(stored(frame, 16), plain_sum);
  std::uint64_t hidden = 0;
  std::memcpy(&hidden, frame.data() + 16, 8);
  std::array<std::byte, 8> revealed;
  const std::uint64_t sum = cipher.reveal(place, hidden);
  std::memcpy(revealed.data(), &sum, 8);
  EXPECT_EQ(stored(revealed, 0), plain_sum) << "the test computes what SQLite computes";
}

TEST(PageSealTest, SealsThePageOfOnePlaceForThatPlaceAlone) {
  SeededEnvironment environment(3);
  PageSeal cipher(page_key(1), "a", environment), again(page_key(1), "a", environment);
  PageSeal other_name(page_key(1), "b", environment), other_key(page_key(2), "a", environment);
  std::array<std::byte, kPage> plain{}, sealed{}, twice{}, opened{};
  std::ranges::fill(std::span(plain).first(kPage - 40), std::byte{7});
  const sqlite::PagePlace place{sqlite::PageHome::database, 9, {}};

  cipher.seal(place, plain, 7, sealed);
  cipher.seal(place, plain, 7, twice);

  EXPECT_NE(sealed, twice);
  ASSERT_TRUE(again.open(place, sealed, opened));
  EXPECT_EQ(opened, plain);
  EXPECT_EQ(again.remark(sealed), 7u);
  EXPECT_FALSE(again.open({sqlite::PageHome::database, 10, {}}, sealed, opened));
  EXPECT_EQ(opened, decltype(opened){});
  EXPECT_FALSE(again.open({sqlite::PageHome::log, 9, {}}, sealed, opened));
  EXPECT_FALSE(again.open({sqlite::PageHome::database, 9, {std::byte{1}}}, sealed, opened));
  EXPECT_FALSE(other_name.open(place, sealed, opened));
  EXPECT_FALSE(other_key.open(place, sealed, opened));
}

TEST(PageSealTest, HidesChecksumsByAnotherPermutationAtEachPlace) {
  SeededEnvironment environment(3);
  const PageSeal cipher(page_key(1), "a", environment);
  const sqlite::PagePlace here{sqlite::PageHome::log, 1, {}}, there{sqlite::PageHome::log, 2, {}};

  for (const std::uint64_t sum : {0ull, 1ull, 0x0123456789abcdefull, ~0ull}) {
    EXPECT_EQ(cipher.reveal(here, cipher.hide(here, sum)), sum);
    EXPECT_NE(cipher.hide(here, sum), sum);
    EXPECT_NE(cipher.hide(here, sum), cipher.hide(there, sum));
  }
}

}  // namespace
}  // namespace plenary::seal
