// The small parts of the hub: token bucket, log lines, identity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/crypto/random.h"
#include "sync-server/event_log.h"
#include "sync-server/identity.h"
#include "sync-server/token_bucket.h"
#include "tests/support/temporary_folder.h"

namespace plenary::hub {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TokenBucketTest, LetsABurstPassAndThenWaits) {
  TokenBucket bucket(1000, 100, 0);

  EXPECT_EQ(bucket.take(1000, 0), 0);
  EXPECT_EQ(bucket.take(50, 0), 500);
  EXPECT_EQ(bucket.take(0, 500), 0);
}

TEST(TokenBucketTest, RefillsToItsBurstAndNoFurther) {
  TokenBucket bucket(1000, 100, 0);
  bucket.take(1000, 0);

  EXPECT_FALSE(bucket.is_full(9'999));
  EXPECT_TRUE(bucket.is_full(10'000'000));
  EXPECT_EQ(bucket.take(1000, 10'000'000), 0);
  EXPECT_GT(bucket.take(1, 10'000'000), 0);
}

TEST(TokenBucketTest, NeverRefusesForEverWhatIsLargerThanTheBurst) {
  TokenBucket bucket(1000, 100, 0);

  EXPECT_EQ(bucket.take(3000, 0), 20'000);
  EXPECT_EQ(bucket.take(0, 20'000), 0);
}

TEST(TokenBucketTest, CountsSmallGainsToo) {
  TokenBucket bucket(10, 1, 0);
  bucket.take(10, 0);
  for (int now_ms = 100; now_ms < 10'000; now_ms += 100) bucket.take(0, now_ms);

  EXPECT_TRUE(bucket.is_full(10'000));
}

TEST(EventLogTest, WritesTheSameAsTextAndAsJson) {
  SpaceId space;
  space.bytes.fill(std::byte{0xab});
  const std::initializer_list<EventLog::Field> fields = {{"space", space}, {"bytes", 42}, {"reason", "too slow"}};

  EXPECT_EQ(EventLog::line(LogFormat::text, "closed", fields), "closed space=abababab bytes=42 reason=\"too slow\"");
  EXPECT_EQ(EventLog::line(LogFormat::json, "closed", fields),
            R"("event":"closed","space":"abababab","bytes":42,"reason":"too slow")");
}

TEST(EventLogTest, ForeignTextCannotForgeALine) {
  const std::string line = EventLog::line(LogFormat::json, "closed", {{"reason", "a\"\n{\"level\":\"error\"}"}});

  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr(R"(a\"\u000a{\"level)"));
}

class IdentityTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  crypto::SystemEnvironment environment_;
};

TEST_F(IdentityTest, IsTheSameAfterLoading) {
  const auto made = create_identity(folder_ / "data", environment_).value();
  const auto loaded = load_identity(folder_ / "data").value();

  EXPECT_EQ(made.transport.public_key(), loaded.transport.public_key());
  EXPECT_EQ(made.signing.public_key(), loaded.signing.public_key());
}

TEST_F(IdentityTest, IsReadableByItsOwnerAlone) {
  ASSERT_TRUE(create_identity(folder_ / "data", environment_));

  struct stat file {};
  ASSERT_EQ(::stat((folder_ / "data" / "hub.key").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST_F(IdentityTest, IsNeverReplaced) {
  ASSERT_TRUE(create_identity(folder_.path(), environment_));
  const auto second = create_identity(folder_.path(), environment_);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(IdentityTest, AFlippedBitIsNeverTakenForAnotherKey) {
  const auto made = create_identity(folder_ / "data", environment_).value();
  const auto file = folder_ / "data" / "hub.key";
  std::ifstream in(file);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};

  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    std::ofstream(file) << flipped;
    const auto loaded = load_identity(folder_ / "data");
    EXPECT_TRUE(!loaded || loaded->signing.public_key() == made.signing.public_key()) << "bit " << bit;
  }
}

TEST_F(IdentityTest, ReadsAKeyThatWasWrittenWithoutACheck) {
  const auto made = create_identity(folder_ / "data", environment_).value();
  const auto file = folder_ / "data" / "hub.key";
  std::ifstream in(file);
  std::string format, digits;
  in >> format >> digits;
  std::ofstream(file) << format << " " << digits << "\n";

  EXPECT_EQ(load_identity(folder_ / "data").value().signing.public_key(), made.signing.public_key());
}

TEST_F(IdentityTest, SaysHowToMakeOne) {
  const auto loaded = load_identity(folder_.path());

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::not_found);
  EXPECT_THAT(loaded.error().message, HasSubstr("plenaryd init"));
}

TEST_F(IdentityTest, TellsDamagedForeignAndNewerFilesApart) {
  const auto load = [&](std::string_view text) {
    std::ofstream(folder_ / "hub.key") << text;
    return load_identity(folder_.path()).error().code;
  };

  EXPECT_EQ(load(""), ErrorCode::malformed);
  EXPECT_EQ(load("plenary-hub-key-1 abcd\n"), ErrorCode::malformed);
  EXPECT_EQ(load("-----BEGIN KEY----- abcd\n"), ErrorCode::malformed);
  EXPECT_EQ(load("plenary-hub-key-2 " + std::string(64, 'a')), ErrorCode::unsupported);
}

}  // namespace
}  // namespace plenary::hub
