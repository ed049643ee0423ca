// What happens to the write-ahead log of a sealed database: damage is an error, what a killed program left is none.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <cstring>

#include "tests/unit/seal/sealed_damage.h"

namespace plenary::seal {
namespace {

using sqlite::Failure;

TEST_F(SealedDamageTest, AFlippedBitInALogThatAKilledProgramLeftIsAnErrorOrHarmless) {
  killed_after_three_commits();
  ASSERT_EQ(read_all(), 60);

  expect_damage_before(log_ends_[2], 60, 3);
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

  expect_damage_before(log_ends_[1], 40, 7);
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

  expect_damage_before(log_ends_[0], 44, 7);
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

}  // namespace
}  // namespace plenary::seal
