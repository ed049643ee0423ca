// A long random workload, played on sealed and on plain SQLite side by side: after every step both must say the same,
// and a copy of the sealed files taken at any moment must open as what was committed last.
#include "core/crypto/hash.h"
#include "tests/unit/seal/sealed_folder.h"

namespace plenary::seal {
namespace {

// Everything that a reader could see, as one hash.
Digest contents(sqlite::Database& database) {
  crypto::Hasher hasher(32);
  const auto add = [&](sqlite::Sql sql) {
    sqlite::Statement select(database, sql);
    for (auto rows = select.query(); rows.next();) {
      for (int column = 0; column < rows.columns(); ++column) hasher.update_sized(as_bytes(rows.text(column)));
    }
    hasher.update("|");
  };
  add("SELECT name, sql FROM sqlite_schema ORDER BY name");
  add("SELECT id, body, hex(mark), weight FROM note ORDER BY id");
  add("SELECT body FROM note ORDER BY body, id");
  add("SELECT rowid, body FROM words WHERE words MATCH 'lighthouse OR ferry' ORDER BY rowid");
  return hasher.finish<Digest>();
}

// One of the two databases. Both get the same steps, made from the same seed.
class Side {
 public:
  Side(std::filesystem::path path, const sqlite::SealedVfs* vfs, std::uint64_t seed)
      : path_(std::move(path)), vfs_(vfs), chance_(seed), delete_securely_(seed % 2 == 0) {
    open();
    execute(*database_,
            "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, mark BLOB, weight REAL);"
            "CREATE INDEX note_body ON note (body);"
            "CREATE VIRTUAL TABLE words USING fts5 (body)");
  }

  sqlite::Database& database() { return *database_; }

  // `within`: called in the middle of transactions.
  void step(const std::function<void()>& within) {
    switch (below(12)) {
      case 0:
        database_->configure("VACUUM");
        return;
      case 1:
        database_->checkpoint();
        return;
      case 2:
        return open();
      case 3:
        return execute(*database_, "DROP INDEX note_body; CREATE INDEX note_body ON note (body)");
      default:
        return write(within);
    }
  }

 private:
  std::size_t below(std::size_t limit) { return chance_() % limit; }

  void open() {
    database_.reset();
    sqlite::OpenOptions options;
    options.seal = vfs_;
    options.cache_kib = 64;  // so small that transactions spill into the log before they commit
    options.checkpoint_pages = 50;
    database_ = sqlite::Database::open(path_, options).value();
    // Pages that were freed without being overwritten leave gaps in the file.
    if (!delete_securely_) database_->configure("PRAGMA secure_delete=OFF");
  }

  void write(const std::function<void()>& within) {
    sqlite::Transaction transaction(*database_);
    for (std::size_t part = 0, parts = 1 + below(4); part < parts; ++part) {
      sqlite::Savepoint savepoint(transaction);
      for (std::size_t i = 0, count = 1 + below(12); i < count; ++i) change(transaction);
      within();
      if (below(4) != 0) savepoint.release();
    }
    if (below(5) != 0) transaction.commit();
  }

  void change(sqlite::Transaction& transaction) {
    const auto id = static_cast<std::int64_t>(1 + below(300));
    switch (below(6)) {
      case 0:
        return run(transaction, "DELETE FROM note WHERE id BETWEEN ?1 AND ?1 + 20", id);
      case 1:
        return run(transaction, "UPDATE note SET body = body || ' and the ferry', weight = 0.5 WHERE id % 7 = ?1 % 7",
                   id);
      case 2:
        return run(transaction, "DELETE FROM words WHERE rowid = ?1", id);
      case 3:
        return run(transaction, "INSERT OR REPLACE INTO words (rowid, body) VALUES (?1, ?2)", id, sentence());
      default:
        return run(transaction, "INSERT OR REPLACE INTO note (id, body, mark) VALUES (?1, ?2, ?3)", id, sentence(),
                   blob());
    }
  }

  template <class... Values>
  void run(sqlite::Transaction& transaction, sqlite::Sql sql, const Values&... values) {
    sqlite::Statement(*database_, sql).run(transaction, values...);
  }

  std::string sentence() {
    static constexpr const char* kWords[] = {"lighthouse", "ferry", "reasoning", "bar", "model", "talk", "feedback"};
    std::string text;
    for (std::size_t i = 0, count = 1 + below(30); i < count; ++i) text += std::string(kWords[below(7)]) + " ";
    return text;
  }

  Bytes blob() {
    Bytes bytes(below(3) == 0 ? below(30'000) : below(300));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(chance_());
    return bytes;
  }

  std::filesystem::path path_;
  const sqlite::SealedVfs* vfs_;
  std::mt19937_64 chance_;
  bool delete_securely_;
  std::unique_ptr<sqlite::Database> database_;
};

class SealedWorkloadTest : public SealedFolder {
 protected:
  // What the files would be had the power gone just now.
  Digest after_power_cut() {
    const auto copies = folder_ / "copies";
    std::filesystem::remove_all(copies);
    std::filesystem::create_directories(copies);
    for (const auto& path : {file(), log()})
      if (std::filesystem::exists(path)) std::filesystem::copy(path, copies / path.filename());
    const auto database = open(copies / file().filename());
    EXPECT_EQ(database->find_damage(), "");
    return contents(*database);
  }

  void play(std::uint64_t seed, int steps) {
    std::mt19937_64 chance(seed + 1000);
    Side plain(folder_ / "plain.db", nullptr, seed);
    Side sealed(file(), &vfs_, seed);
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
      const Digest committed = contents(sealed.database());
      plain.step([] {});
      sealed.step([&] {
        if (chance() % 8 != 0) return;
        ASSERT_EQ(after_power_cut(), committed);
      });
      ASSERT_EQ(contents(sealed.database()), contents(plain.database()));
      if (chance() % 8 != 0) continue;
      ASSERT_EQ(after_power_cut(), contents(plain.database()));
    }
    EXPECT_EQ(sealed.database().find_damage(), "");
  }
};

TEST_F(SealedWorkloadTest, SaysWhatPlainSqliteSaysWhateverIsDone) {
  play(2, 100);
}

TEST_F(SealedWorkloadTest, SaysTheSameWhereFreedPagesAreNotOverwritten) {
  play(3, 100);
}

}  // namespace
}  // namespace plenary::seal
