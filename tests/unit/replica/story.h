// Stories told with replicas: a made-up clock and chance, a small schema, tablets in temporary folders, and a way for
// two of them to meet without a hub.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "core/replica/replica.h"
#include "core/replica/unlock.h"
#include "core/sqlite/database.h"
#include "core/sqlite/sealed_vfs.h"
#include "core/sync/space_log.h"
#include "tests/support/temporary_folder.h"

namespace plenary::replica {

inline constexpr Role kLead = 1, kReviewer = 2, kShadow = 3, kHost = 4;

// A clock that moves when told, and chance from a seed.
class StoryEnvironment final : public Environment {
 public:
  explicit StoryEnvironment(std::uint64_t seed) : chance_(seed) {}
  std::int64_t now_ms() override { return now_ += 1000; }
  void random(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(chance_());
  }
  void set_now(std::int64_t now) { now_ = now; }

 private:
  std::mt19937_64 chance_;
  std::int64_t now_ = 1'763'460'000'000;
};

// A note of evidence with a field of each policy, a finding, and decisions.
merge::Schema story_schema();
const merge::Schema& schema();

// What every profile of a story is locked with.
const Unlock& unlock();

// A database file of such a profile, opened behind the replica's back.
class OpenedFile {
 public:
  explicit OpenedFile(const std::filesystem::path& path);
  sqlite::Database& operator*() { return *database_; }

 private:
  StoryEnvironment environment_{4711};
  seal::PageSeals seals_;
  sqlite::SealedVfs vfs_{seals_};
  std::unique_ptr<sqlite::Database> database_;
};

// All that the files of such a profile say to whoever has its key: their pages opened, those that nobody uses any more
// and old frames of a log included.
std::string opened_files(const std::filesystem::path& folder);

// The value, or a failed test that shows the error.
template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    throw std::runtime_error(result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// One person's tablet.
struct Tablet {
  Tablet(const std::filesystem::path& folder, const std::string& person, std::uint64_t seed);

  // Closes the replica and opens it again, as when the program is started anew.
  void reopen();
  RecordId note(const SpaceId& space, const std::string& body);
  void set(const SpaceId& space, const RecordId& id, const std::string& field, const Value& value);
  void write(const SpaceId& space, const RecordId& id, const std::string& field, const std::string& text);
  RecordView get(const SpaceId& space, const RecordId& id) { return must(replica->get(space, id)); }
  Digest digest(const SpaceId& space) { return must(replica->digest(space)); }

  std::filesystem::path folder;
  StoryEnvironment environment;
  std::unique_ptr<Replica> replica;
};

// An image of the whole disk is put back: the very same files, so that no install mark can tell.
void take_image(Tablet& tablet);
void restore_image(Tablet& tablet);

// What a backup program keeps, the contents of files, and how it puts them back.
std::filesystem::path back_up(Tablet& tablet);
void restore(Tablet& tablet, const std::filesystem::path& backup);

// Passes everything that `to` lacks, as a hub would between them.
sync::StoreSummary pass_on(Tablet& from, Tablet& to, const SpaceId& space);
// Both ways, twice, so that what one ratifies reaches the other.
void meet(Tablet& one, Tablet& other, const SpaceId& space);

class StoryTest : public testing::Test {
 protected:
  Tablet& tablet(const std::string& person);
  // A team space founded by the first tablet; the others joined and were ratified.
  SpaceId team(Tablet& lead, std::initializer_list<std::pair<Tablet*, Role>> others);
  // Every tablet's tables are what its log says, and all digests are equal.
  void expect_equal(const SpaceId& space, std::initializer_list<Tablet*> tablets);

  TemporaryFolder folder_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
};

}  // namespace plenary::replica
