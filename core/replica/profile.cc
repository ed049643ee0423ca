#include "core/replica/profile.h"

#include "core/seal/label.h"
#include "core/sqlite/migration.h"

namespace plenary::replica {
namespace {

constexpr std::int32_t kApplication = 0x506c5072;  // "PlPr"
constexpr std::size_t kMaxPersonBytes = 200;
constexpr std::string_view kPerson = "person", kSigning = "signing seed", kTransport = "transport secret";

Result<void> migrate(sqlite::Database& database) {
  const sqlite::Migration migrations[] = {[](sqlite::Transaction& transaction) {
    transaction.execute("CREATE TABLE plenary_profile (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
  }};
  return sqlite::migrate(database, {kApplication, "Plenary profile"}, migrations);
}

// A new vault for a new passphrase; or the key that the caller keeps.
Result<seal::PageKey> new_key(const std::filesystem::path& folder, const Unlock& unlock, Environment& environment) {
  if (unlock.passphrase() == nullptr) return unlock.key(folder);
  auto made = seal::Vault::make(*unlock.passphrase(), environment);
  if (!made) return tl::make_unexpected(made.error());
  write_vault(folder, made->vault);
  return std::move(made->key);
}

}  // namespace

Profile::Profile(std::filesystem::path folder, seal::PageKey key, Environment& environment)
    : folder_(std::move(folder)), seals_(std::move(key), environment) {}

Result<void> Profile::open_database(sqlite::Access access) {
  sqlite::OpenOptions options;
  options.access = access;
  options.busy_timeout_ms = 0;
  options.seal = &vfs_;
  auto database = sqlite::Database::open(folder_ / "profile.plenary", options);
  if (!database) {
    if (database.error().code == ErrorCode::not_found) {
      return fail(ErrorCode::not_found, "There is no profile in " + folder_.string() + ". Create one first.");
    }
    if (database.error().code == ErrorCode::busy) {
      return fail(ErrorCode::busy, "The profile in " + folder_.string() +
                                       " is open in another program. Close it there, then try again.");
    }
    return tl::make_unexpected(database.error());
  }
  database_ = *std::move(database);
  return migrate(*database_);
}

Result<std::unique_ptr<Profile>> Profile::create(const std::filesystem::path& folder, const std::string& person,
                                                 const Unlock& unlock, Environment& environment) {
  if (person.empty() || person.size() > kMaxPersonBytes) {
    return fail(ErrorCode::invalid_argument, "A profile needs the name of its person, of at most 200 bytes.");
  }
  if (auto fits = seal::check_label(person, "The name of the person"); !fits) return tl::make_unexpected(fits.error());
  if (unlock.passphrase() != nullptr) {
    if (auto fits = unlock.passphrase()->check_new(); !fits) return tl::make_unexpected(fits.error());
  }
  if (auto free = check_free(folder); !free) return tl::make_unexpected(free.error());
  std::filesystem::create_directories(folder / "spaces");
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  auto key = new_key(folder, unlock, environment);
  if (!key) return tl::make_unexpected(key.error());
  std::unique_ptr<Profile> profile(new Profile(folder, *std::move(key), environment));
  if (auto done = profile->open_database(sqlite::Access::create); !done) return tl::make_unexpected(done.error());
  {
    const auto signing = crypto::SigningKey::generate(environment);
    const auto transport = crypto::AgreementKey::generate(environment);
    sqlite::Transaction transaction(*profile->database_);
    profile->set(transaction, kPerson, as_bytes(person));
    profile->set(transaction, kSigning, signing.seed().span());
    profile->set(transaction, kTransport, transport.secret().span());
    transaction.commit();
  }
  if (auto done = profile->load(); !done) return tl::make_unexpected(done.error());
  return profile;
}

Result<std::unique_ptr<Profile>> Profile::open(const std::filesystem::path& folder, const Unlock& unlock,
                                               Environment& environment) {
  auto key = unlock.key(folder);
  if (!key) return tl::make_unexpected(key.error());
  std::unique_ptr<Profile> profile(new Profile(folder, *std::move(key), environment));
  if (auto done = profile->open_database(sqlite::Access::existing); !done) return tl::make_unexpected(done.error());
  if (auto done = profile->load(); !done) return tl::make_unexpected(done.error());
  return profile;
}

std::optional<Bytes> Profile::value(std::string_view name) {
  sqlite::Statement select(*database_, "SELECT value FROM plenary_profile WHERE name = ?");
  auto rows = select.query(name);
  return rows.next() ? std::optional(to_bytes(rows.blob(0))) : std::nullopt;
}

void Profile::set(sqlite::Transaction& transaction, std::string_view name, ByteSpan value) {
  sqlite::Statement insert(*database_, "INSERT OR REPLACE INTO plenary_profile (name, value) VALUES (?, ?)");
  insert.run(transaction, name, value);
}

Result<void> Profile::load() {
  const auto person = value(kPerson), signing = value(kSigning), transport = value(kTransport);
  auto seed = signing ? crypto::SigningKey::Seed::from(*signing) : std::nullopt;
  auto secret = transport ? crypto::Secret<32>::from(*transport) : std::nullopt;
  if (!person || !seed || !secret) {
    return fail(ErrorCode::malformed, "The profile in " + folder_.string() + " was never completed. Create another.");
  }
  person_ = as_text(*person);
  signing_ = crypto::SigningKey::from_seed(*seed);
  transport_ = crypto::AgreementKey::from_secret(*std::move(secret));
  return {};
}

std::filesystem::path Profile::space_path(const SpaceId& space) const {
  return spaces_folder() / (to_hex(space.span().first(16)) + ".plenary");
}

std::filesystem::path Profile::mark_path(const SpaceId& space) const {
  return space_path(space).replace_extension(".mark");
}

std::filesystem::path Profile::roster_mark_path(const SpaceId& space) const {
  return space_path(space).replace_extension(".roster.mark");
}

}  // namespace plenary::replica
