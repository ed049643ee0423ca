// What a tablet's folder tells whoever has it and not the passphrase: nothing.
#include <gmock/gmock.h>

#include <fstream>

#include "core/crypto/random.h"
#include "core/sqlite/failure.h"
#include "core/sqlite/statement.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Cheap to stretch, so that the tests are quick.
seal::Passphrase phrase(std::string_view text) {
  return seal::Passphrase(text, {1, 8});
}
Unlock with(std::string_view text) {
  return Unlock::with(phrase(text));
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class LockedTest : public StoryTest {
 protected:
  LockedTest() { crypto::initialise(); }

  std::filesystem::path home() const { return folder_.path() / "ann"; }
  std::unique_ptr<Replica> create() {
    return must(Replica::create(home(), kName, schema(), environment_, with("four words of mine")));
  }
  Result<std::unique_ptr<Replica>> open(const Unlock& unlock) {
    return Replica::open(home(), schema(), environment_, unlock);
  }
  static RecordId note(Replica& replica, const SpaceId& space, const std::string& body) {
    const auto edit = replica.edit(space);
    const RecordId id = must(edit->create("evidence"));
    must(edit->set_text(id, "body", body));
    must(edit->commit());
    return id;
  }
  // "file: word" for each of the words that stands in a file of the profile.
  std::vector<std::string> readable(const std::vector<std::string>& words) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      for (const auto& word : words)
        if (bytes.find(word) != std::string::npos) found.push_back(entry.path().filename().string() + ": " + word);
    }
    return found;
  }

  static constexpr const char* kName = "Lead Lighthouse-Example";
  StoryEnvironment environment_{31};
};

TEST_F(LockedTest, NoWordThatWasTypedStandsInAnyFileWhileWorkingOrAfter) {
  auto words = lines_of(std::filesystem::path(PLENARY_SOURCE_DIR) / "demo" / "distinctive-words.txt");
  ASSERT_EQ(words.size(), 40u);
  words.insert(words.end(), {kName, "Review of Ysgol y Bryn", "CREATE TABLE", "evidence", "signing seed", "handover"});
  auto replica = create();
  const SpaceId space = must(replica->found_space("review_team", "Review of Ysgol y Bryn", kLead)).space;

  for (const auto& word : words) {
    note(*replica, space, "They said " + word + " and wrote it down.");
    EXPECT_THAT(readable(words), IsEmpty());
  }
  EXPECT_EQ(must(replica->search(space, words[7], 10)).size(), 1u) << "the search has the words";
  const Bytes day_end = must(replica->export_day_end(space));
  must(replica->import_day_end(day_end));

  EXPECT_THAT(readable(words), IsEmpty());
  replica.reset();
  EXPECT_THAT(readable(words), IsEmpty());
  EXPECT_EQ(must(open(with("four words of mine")))->person(), kName);
}

TEST_F(LockedTest, OpensWithItsPassphraseAlone) {
  create().reset();

  const auto refused = open(with("four words of yours"));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not the passphrase"));
  EXPECT_TRUE(open(with("four words of mine")));
}

TEST_F(LockedTest, AnotherPassphraseOpensTheSameNotes) {
  auto replica = create();
  const SpaceId space = must(replica->found_space("review_team", "Team", kLead)).space;
  const RecordId id = note(*replica, space, "Before the change.");
  EXPECT_EQ(change_passphrase(home(), with("four words of mine"), phrase("other words"), environment_).error().code,
            ErrorCode::busy)
      << "it is open";
  replica.reset();

  must(change_passphrase(home(), with("four words of mine"), phrase("other words"), environment_));

  EXPECT_FALSE(open(with("four words of mine")));
  EXPECT_EQ(must(must(open(with("other words")))->get(space, id))["body"].text(), "Before the change.");
  EXPECT_EQ(change_passphrase(home(), with("a wrong one"), phrase("third words"), environment_).error().code,
            ErrorCode::refused);
  EXPECT_TRUE(open(with("other words")));
}

TEST_F(LockedTest, AForgottenPassphraseIsReplacedByTheRecoveryCode) {
  create().reset();
  const std::string code = must(change_recovery_code(home(), with("four words of mine"), environment_));
  std::string mistyped = code;
  mistyped[3] = mistyped[3] == 'A' ? 'B' : 'A';

  EXPECT_EQ(
      change_passphrase(home(), Unlock::with_recovery_code(mistyped), phrase("new words"), environment_).error().code,
      ErrorCode::invalid_argument);
  must(change_passphrase(home(), Unlock::with_recovery_code(code), phrase("new words"), environment_));

  EXPECT_FALSE(open(with("four words of mine")));
  EXPECT_TRUE(open(with("new words")));
}

TEST_F(LockedTest, APassphraseThatIsTooShortLeavesNothingBehind) {
  const auto refused = Replica::create(home(), kName, schema(), environment_, with("short"));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(home()));
}

TEST_F(LockedTest, ADamagedVaultIsCalledDamaged) {
  create().reset();
  {
    std::fstream file(home() / "vault", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(60);
    file.put('\0');
  }

  const auto opened = open(with("four words of mine"));

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::malformed);
  EXPECT_THAT(opened.error().message, HasSubstr("damaged"));
}

// A program that ended while it wrote the new vault leaves a part of it beside the old one.
TEST_F(LockedTest, AVaultThatWasNotWrittenToItsEndChangesNothing) {
  create().reset();
  std::ofstream(home() / "vault.part") << "PLVAULT";

  EXPECT_TRUE(open(with("four words of mine")));
  must(change_passphrase(home(), with("four words of mine"), phrase("other words"), environment_));
  EXPECT_FALSE(std::filesystem::exists(home() / "vault.part"));
  EXPECT_TRUE(open(with("other words")));
}

TEST_F(LockedTest, AProfileFromBeforeEncryptionIsNamedAsSuchAndLeftAlone) {
  std::filesystem::create_directories(home() / "spaces");
  const auto old = home() / "profile.plenary";
  {
    const auto database = must(sqlite::Database::open(old));
    sqlite::Transaction transaction(*database);
    transaction.execute("CREATE TABLE plenary_profile (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
    transaction.commit();
  }
  const auto written = std::filesystem::last_write_time(old);

  const auto opened = open(with("four words of mine"));

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unsupported);
  EXPECT_THAT(opened.error().message, HasSubstr("did not encrypt"));
  EXPECT_EQ(std::filesystem::last_write_time(old), written);
}

TEST_F(LockedTest, OneSpacesFileIsNotTakenForAnothers) {
  auto replica = create();
  const SpaceId first = must(replica->found_space("review_team", "First", kLead)).space;
  const SpaceId second = must(replica->found_space("review_team", "Second", kLead)).space;
  replica.reset();
  const auto path = [&](const SpaceId& space) {
    return home() / "spaces" / (to_hex(space.span().first(16)) + ".plenary");
  };
  std::filesystem::copy_file(path(first), path(second), std::filesystem::copy_options::overwrite_existing);

  replica = must(open(with("four words of mine")));

  EXPECT_EQ(replica->status(second).error().code, ErrorCode::malformed);
  EXPECT_TRUE(replica->status(first));
}

}  // namespace
}  // namespace plenary::replica
