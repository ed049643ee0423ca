// The floor: the least that a tablet could do. Rows in plain SQLite, one transaction a note; at day end one zstd-3 and
// XChaCha20-Poly1305 blob of JSON per 50 of them to a relay. No signature, no merge (an edit applies to its author's
// note in order, concurrent judgements are kept side by side), no conflict, no keys but one fixed one.
#include <poll.h>
#include <unistd.h>
#include <zstd.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/tablet.h"
#include "bench/wire.h"
#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/crypto/random.h"
#include "core/sqlite/statement.h"

namespace plenary::bench {
namespace {

using nlohmann::json;

constexpr std::size_t kOperationsPerBlob = 50;
constexpr int kLevel = 3;

std::unique_ptr<sqlite::Database> open_database(const std::filesystem::path& path) {
  auto database = sqlite::Database::open(path);
  if (!database) throw std::runtime_error(database.error().message);
  sqlite::Transaction transaction(**database);
  transaction.execute(
      "CREATE TABLE IF NOT EXISTS finding (n INTEGER PRIMARY KEY, tablet INTEGER, id TEXT UNIQUE, title TEXT,"
      " stance TEXT, judgement TEXT, at INTEGER);"
      "CREATE TABLE IF NOT EXISTS note (n INTEGER PRIMARY KEY, tablet INTEGER, id TEXT UNIQUE, activity TEXT,"
      " questions TEXT, source TEXT, stance TEXT, tags TEXT, body TEXT, year TEXT, at INTEGER);"
      "CREATE INDEX IF NOT EXISTS note_activity ON note (activity);"
      "CREATE INDEX IF NOT EXISTS note_at ON note (at);"
      "CREATE TABLE IF NOT EXISTS edit (n INTEGER PRIMARY KEY, tablet INTEGER, id TEXT, keep INTEGER, cut INTEGER,"
      " addition TEXT, at INTEGER);"
      "CREATE TABLE IF NOT EXISTS judgement (n INTEGER PRIMARY KEY, tablet INTEGER, id TEXT, stance TEXT,"
      " judgement TEXT, at INTEGER);"
      "CREATE INDEX IF NOT EXISTS judgement_finding ON judgement (id)");
  transaction.commit();
  return std::move(*database);
}

class Rows {
 public:
  explicit Rows(const std::filesystem::path& folder) : database_(open_database(folder / "tablet.db")) {}

  sqlite::Database& database() { return *database_; }

  void add(sqlite::Transaction& t, std::size_t tablet, const Finding& f) {
    insert_finding_.run(t, tablet, f.id, f.title, f.stance, f.judgement, f.at);
    ++findings_;
  }
  void add(sqlite::Transaction& t, std::size_t tablet, const Note& n) {
    insert_note_.run(t, tablet, n.id, n.activity, json(n.questions).dump(), n.source, n.stance, json(n.tags).dump(),
                     n.body, n.year, n.at);
    ++notes_;
  }
  void add(sqlite::Transaction& t, std::size_t tablet, const NoteEdit& e) {
    insert_edit_.run(t, tablet, e.id, e.keep, e.cut, e.add, e.at);
    update_body_.run(t, e.id, e.keep, e.add);
    ++edited_;
  }
  void add(sqlite::Transaction& t, std::size_t tablet, const Judgement& j) {
    insert_judgement_.run(t, tablet, j.id, j.stance, j.judgement, j.at);
  }
  bool holds(const DayShape& shape, Extent extent) const {
    const ExpectedDay expected = expected_day(shape);
    if (extent == Extent::findings) return findings_ >= expected.findings;
    return findings_ >= expected.findings && notes_ >= expected.notes && edited_ >= expected.edited;
  }

 private:
  std::unique_ptr<sqlite::Database> database_;
  sqlite::Statement insert_finding_{*database_,
                                    "INSERT INTO finding (tablet, id, title, stance, judgement, at)"
                                    " VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement insert_note_{*database_,
                                 "INSERT INTO note (tablet, id, activity, questions, source, stance, tags, body, year,"
                                 " at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  sqlite::Statement insert_edit_{*database_,
                                 "INSERT INTO edit (tablet, id, keep, cut, addition, at) VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement update_body_{*database_, "UPDATE note SET body = substr(body, 1, ?2) || ?3 WHERE id = ?1"};
  sqlite::Statement insert_judgement_{
      *database_, "INSERT INTO judgement (tablet, id, stance, judgement, at) VALUES (?, ?, ?, ?, ?)"};
  std::size_t findings_ = 0, notes_ = 0, edited_ = 0;
};

// A fixed key, the same on all tablets: for a benchmark only.
crypto::CipherKey bench_key() {
  std::array<std::byte, 32> bytes;
  bytes.fill(std::byte{7});
  return *crypto::CipherKey::from(bytes);
}

class FloorTablet final : public Tablet {
 public:
  explicit FloorTablet(const TabletPlace& place) : place_(place), rows_(place.folder), key_(bench_key()) {}
  ~FloorTablet() override { disconnect(); }

  void seed() override {
    sqlite::Transaction transaction(rows_.database());
    for (const Finding& finding : shared_findings(place_.shape)) rows_.add(transaction, place_.index, finding);
    transaction.commit();
  }
  std::string invite(std::size_t) override { return "none"; }
  void join(const std::string&) override {}

  void record(const Note& note) override { write(note); }
  void edit(const NoteEdit& edit) override { write(edit); }
  void judge(const Judgement& judgement) override { write(judgement); }

  void connect() override {
    socket_ = connect_to_loopback(place_.port);
    reader_ = {};
    writer_ = {};
    greeted_ = false;
    std::string hello;
    append_u32(hello, static_cast<std::uint32_t>(place_.index));
    append_u32(hello, blobs_seen_);
    writer_.add(frame(0, hello));
    send_unsent();
    writer_.write(socket_);
  }

  void disconnect() override {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  void pump(int timeout_ms) override {
    if (socket_ < 0) return;
    pollfd waiting{socket_, static_cast<short>(POLLIN | (writer_.empty() ? 0 : POLLOUT)), 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return;
    const bool open = reader_.read(socket_, [&](std::uint32_t n, std::string_view blob) { receive(n, blob); }) &&
                      writer_.write(socket_);
    if (!open) throw std::runtime_error("the floor relay went away");
  }

  bool holds(Extent extent) override { return rows_.holds(place_.shape, extent); }
  bool handed_over() override { return socket_ < 0 || (greeted_ && awaiting_.empty()); }

  std::string digest() override {
    crypto::Hasher hasher(32);
    hash_rows(hasher, "SELECT id, stance, source, body, at FROM note ORDER BY id");
    hash_rows(hasher, "SELECT id, stance, judgement FROM finding ORDER BY id");
    hash_rows(hasher, "SELECT id, tablet, stance, judgement FROM judgement ORDER BY id, tablet");
    return hasher.finish<Digest>().hex();
  }

 private:
  template <class Row>
  void write(const Row& row) {
    sqlite::Transaction transaction(rows_.database());
    rows_.add(transaction, place_.index, row);
    transaction.commit();
  }

  void hash_rows(crypto::Hasher& hasher, sqlite::Sql sql) {
    sqlite::Statement statement(rows_.database(), sql);
    for (auto rows = statement.query(); rows.next();) {
      for (int column = 0; column < rows.columns(); ++column) hasher.update_sized(as_bytes(rows.text(column)));
    }
  }

  // All of a kind that the relay has not acknowledged, as the JSON array [kind, tablet, object].
  void collect(const char* kind, sqlite::Sql sql, std::int64_t& last, std::vector<std::string>& out) {
    sqlite::Statement statement(rows_.database(), sql);
    for (auto rows = statement.query(last, place_.index); rows.next();) {
      last = rows.integer(0);
      std::string operation = "[\"" + std::string(kind) + "\"," + std::to_string(place_.index) + ",";
      operation += rows.text(1);
      out.push_back(operation + "]");
    }
  }

  void send_unsent() {
    std::vector<std::string> operations;
    collect("finding",
            "SELECT n, json_object('id', id, 'title', title, 'stance', stance, 'judgement', judgement, 'at', at)"
            " FROM finding WHERE n > ? AND tablet = ? ORDER BY n",
            sent_.finding, operations);
    collect("note",
            "SELECT n, json_object('id', id, 'activity', activity, 'questions', json(questions), 'source', source,"
            " 'stance', stance, 'tags', json(tags), 'body', body, 'year', year, 'at', at)"
            " FROM note WHERE n > ? AND tablet = ? ORDER BY n",
            sent_.note, operations);
    collect("edit",
            "SELECT n, json_object('id', id, 'keep', keep, 'cut', cut, 'add', addition, 'at', at)"
            " FROM edit WHERE n > ? AND tablet = ? ORDER BY n",
            sent_.edit, operations);
    collect("judge",
            "SELECT n, json_object('id', id, 'stance', stance, 'judgement', judgement, 'at', at)"
            " FROM judgement WHERE n > ? AND tablet = ? ORDER BY n",
            sent_.judgement, operations);
    for (std::size_t from = 0; from < operations.size(); from += kOperationsPerBlob) {
      const std::size_t to = std::min(operations.size(), from + kOperationsPerBlob);
      std::string text = "[" + operations[from];
      for (std::size_t i = from + 1; i < to; ++i) text += "," + operations[i];
      writer_.add(frame(1, as_text(seal(text + "]"))));
      awaiting_.push_back(to - from);
    }
  }

  Bytes seal(std::string_view text) {
    Bytes packed(ZSTD_compressBound(text.size()));
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), kLevel));
    const auto nonce = crypto::random_nonce(environment_);
    const Bytes sealed = crypto::seal(key_, nonce, {}, packed);
    Bytes blob(nonce.begin(), nonce.end());
    blob.insert(blob.end(), sealed.begin(), sealed.end());
    return blob;
  }

  std::string open(std::string_view blob) {
    crypto::XNonce nonce;
    const ByteSpan bytes = as_bytes(blob);
    std::copy_n(bytes.begin(), nonce.size(), nonce.begin());
    const auto packed = crypto::open(key_, nonce, {}, bytes.subspan(nonce.size()));
    if (!packed) throw std::runtime_error(packed.error().message);
    std::string text(ZSTD_getFrameContentSize(packed->data(), packed->size()), '\0');
    ZSTD_decompress(text.data(), text.size(), packed->data(), packed->size());
    return text;
  }

  void receive(std::uint32_t number, std::string_view blob) {
    blobs_seen_ = std::max(blobs_seen_, number);
    if (!blob.empty()) {
      apply(json::parse(open(blob)));
    } else if (!greeted_) {
      greeted_ = true;
    } else {
      awaiting_.pop_front();
    }
  }

  void apply(const json& operations) {
    sqlite::Transaction transaction(rows_.database());
    for (const json& operation : operations) apply_one(transaction, operation);
    transaction.commit();
  }

  void apply_one(sqlite::Transaction& transaction, const json& operation) {
    const auto& kind = operation[0].get_ref<const std::string&>();
    const std::size_t tablet = operation[1];
    const json& v = operation[2];
    if (kind == "note") {
      rows_.add(transaction, tablet,
                Note{v["id"], v["activity"], v["questions"], v["source"], v["stance"], v["tags"], v["body"], v["year"],
                     v["at"]});
    } else if (kind == "edit") {
      rows_.add(transaction, tablet, NoteEdit{0, v["id"], v["keep"], v["cut"], v["add"], v["at"]});
    } else if (kind == "judge") {
      rows_.add(transaction, tablet, Judgement{0, v["id"], v["stance"], v["judgement"], v["at"]});
    } else {
      rows_.add(transaction, tablet, Finding{v["id"], v["title"], v["stance"], v["judgement"], v["at"]});
    }
  }

  struct Watermarks {
    std::int64_t finding = 0, note = 0, edit = 0, judgement = 0;
  };

  TabletPlace place_;
  crypto::SystemEnvironment environment_;
  Rows rows_;
  crypto::CipherKey key_;
  Watermarks sent_;
  int socket_ = -1;
  FrameReader reader_;
  FrameWriter writer_;
  bool greeted_ = false;
  std::uint32_t blobs_seen_ = 0;
  std::deque<std::size_t> awaiting_;  // operations in each blob that is not acknowledged
};

}  // namespace

std::unique_ptr<Tablet> make_floor_tablet(const TabletPlace& place) {
  return std::make_unique<FloorTablet>(place);
}

}  // namespace plenary::bench
