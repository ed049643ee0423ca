// Databases of numbered rows in sealed files, and what a reader finds of them after harm was done.
#pragma once

#include <functional>

#include "tests/unit/seal/sealed_folder.h"

namespace plenary::seal {

// Stands in every row.
inline constexpr std::string_view kWord = "lighthouse";

// Rows `first` to `last`, each with its number, in three sizes: in a leaf, in overflow pages, and beside a blob.
void add_rows(sqlite::Database& database, int first, int last);
std::unique_ptr<sqlite::Database> with_rows(std::unique_ptr<sqlite::Database> database, int last);

// How many rows a reader finds. -1: the reading failed as damage. Fails the test when a row is not what was written.
int read_all(const std::function<std::unique_ptr<sqlite::Database>()>& open);

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
  // Harms the log at every `step`th of its places, one at a time. Before `end` that is an error; behind it nothing is
  // durable yet, and a reader finds the `rows` rows that were committed before.
  void expect_damage_before(std::size_t end, int rows, std::size_t step);

  Bytes database_bytes_, log_bytes_;
  std::vector<std::size_t> log_ends_;
};

}  // namespace plenary::seal
