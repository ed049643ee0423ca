#include "tests/unit/seal/sealed_damage.h"

namespace plenary::seal {
namespace {

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

}  // namespace

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
  } catch (const sqlite::Failure& failure) {
    EXPECT_EQ(failure.kind(), sqlite::Failure::Kind::corrupt) << failure.what();
    return -1;
  }
}

void SealedDamageTest::expect_damage_before(std::size_t end, int rows, std::size_t step) {
  for (const std::size_t at : places_in(log_bytes_.size(), step)) {
    restore();
    damage(log(), at);
    EXPECT_EQ(read_all(), at < end ? -1 : rows) << "byte " << at;
  }
}

}  // namespace plenary::seal
