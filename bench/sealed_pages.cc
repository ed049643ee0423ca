#include "bench/sealed_pages.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "bench/day.h"
#include "core/crypto/random.h"
#include "core/seal/page_seal.h"
#include "core/sqlite/sealed_vfs.h"
#include "core/sqlite/statement.h"

namespace plenary::bench {
namespace {

constexpr int kCommits = 400, kNotes = 20'000, kScans = 5;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Figures {
  double commits_per_second = 0, inserts_per_second = 0, scanned_per_second = 0;
};

class Notes {
 public:
  Notes(const std::filesystem::path& file, const sqlite::SealedVfs* seal) : file_(file), seal_(seal) {
    open(8192);
    sqlite::Transaction transaction(*database_);
    transaction.execute("CREATE TABLE note (n INTEGER PRIMARY KEY, body TEXT); CREATE INDEX note_body ON note (body)");
    transaction.commit();
  }

  Figures measure(const std::vector<Note>& notes) {
    Figures figures;
    figures.commits_per_second = kCommits / seconds_of([&] {
                                   for (int i = 0; i < kCommits; ++i) insert(notes, 1);
                                 });
    figures.inserts_per_second = kNotes / seconds_of([&] { insert(notes, kNotes); });
    // So small a cache that every page comes through the VFS, from the system's own cache.
    open(64);
    figures.scanned_per_second = kNotes * kScans / seconds_of([&] {
                                   for (int i = 0; i < kScans; ++i) scan();
                                 });
    return figures;
  }

 private:
  void open(int cache_kib) {
    database_.reset();
    sqlite::OpenOptions options;
    options.seal = seal_;
    options.cache_kib = cache_kib;
    auto database = sqlite::Database::open(file_, options);
    if (!database) throw std::runtime_error(database.error().message);
    database_ = *std::move(database);
  }

  void insert(const std::vector<Note>& notes, int count) {
    sqlite::Statement statement(*database_, "INSERT INTO note (body) VALUES (?)");
    sqlite::Transaction transaction(*database_);
    for (int i = 0; i < count; ++i) statement.run(transaction, notes[next_++ % notes.size()].body);
    transaction.commit();
  }

  void scan() {
    sqlite::Statement statement(*database_, "SELECT sum(length(body)) FROM note NOT INDEXED");
    auto rows = statement.query();
    if (!rows.next() || rows.integer(0) == 0) throw std::runtime_error("the scan found nothing");
  }

  std::filesystem::path file_;
  const sqlite::SealedVfs* seal_;
  std::unique_ptr<sqlite::Database> database_;
  std::size_t next_ = 0;
};

double median(std::vector<Figures> runs, double Figures::*figure) {
  std::ranges::sort(runs, {}, figure);
  return runs[runs.size() / 2].*figure;
}

}  // namespace

void add_sealed_pages(const std::filesystem::path& folder, int runs, std::vector<Row>& rows) {
  crypto::SystemEnvironment environment;
  seal::PageSeals seals(seal::PageKey::random(environment), environment);
  const sqlite::SealedVfs vfs(seals);
  const std::vector<Note> notes = tablet_day({}, 0).notes;
  std::vector<Figures> plain, sealed;
  for (int run = 0; run < runs; ++run) {
    std::filesystem::create_directories(folder);
    plain.push_back(Notes(folder / "plain.db", nullptr).measure(notes));
    sealed.push_back(Notes(folder / "sealed.db", &vfs).measure(notes));
    std::filesystem::remove_all(folder);
  }
  const auto add = [&](const char* measure, double Figures::*figure, const char* unit) {
    rows.push_back({"sealed pages", measure, median(sealed, figure), unit, median(plain, figure), std::nullopt});
  };
  add("insert a note, durable", &Figures::commits_per_second, "notes/s");
  add("insert notes in one transaction", &Figures::inserts_per_second, "notes/s");
  add("scan, no page in SQLite's cache", &Figures::scanned_per_second, "notes/s");
}

}  // namespace plenary::bench
