// Profile: one person on one device: the folder and the device's keys. docs/storage.md, "A profile".
//
//   <folder>/vault                    the key of all files below, wrapped by the passphrase (core/seal/vault.h)
//   <folder>/profile.plenary          device keys, the person's name (SQLite, held by whoever has the profile open)
//   <folder>/spaces/<id>.plenary      one space each
//   <folder>/spaces/<id>.mark         the space's install mark: tells its file from copies and restored backups of it
//   <folder>/spaces/<id>.roster.mark  the same for what its keeper decides, on the keeper's device
//
// Every database file is sealed (core/sqlite/sealed_vfs.h).
#pragma once

#include <filesystem>

#include "core/crypto/box.h"
#include "core/crypto/sign.h"
#include "core/replica/unlock.h"
#include "core/roster/record.h"
#include "core/sqlite/sealed_vfs.h"
#include "core/sqlite/statement.h"

namespace plenary::replica {

class Profile {
 public:
  // conflict: the folder holds something already. `unlock`: a new passphrase, for which a vault is made, or a key.
  static Result<std::unique_ptr<Profile>> create(const std::filesystem::path& folder, const std::string& person,
                                                 const Unlock& unlock, Environment& environment);
  // not_found, busy, unsupported, malformed, refused (it does not unlock). `environment` outlives the profile.
  static Result<std::unique_ptr<Profile>> open(const std::filesystem::path& folder, const Unlock& unlock,
                                               Environment& environment);
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  const std::string& person() const { return person_; }
  const crypto::SigningKey& signing() const { return *signing_; }
  const crypto::AgreementKey& transport() const { return *transport_; }
  roster::DeviceIdentity identity() const { return {signing_->public_key(), transport_->public_key()}; }
  // Through which all databases of the profile are opened; outlives them.
  const sqlite::SealedVfs& seal() const { return vfs_; }
  const seal::PageKey& page_key() const { return seals_.key(); }

  std::filesystem::path space_path(const SpaceId& space) const;
  // Of the space's install marks (core/base/file_mark.h).
  std::filesystem::path mark_path(const SpaceId& space) const;
  std::filesystem::path roster_mark_path(const SpaceId& space) const;
  std::filesystem::path spaces_folder() const { return folder_ / "spaces"; }

 private:
  Profile(std::filesystem::path folder, seal::PageKey key, Environment& environment);
  Result<void> open_database(sqlite::Access access);
  std::optional<Bytes> value(std::string_view name);
  void set(sqlite::Transaction& transaction, std::string_view name, ByteSpan value);
  Result<void> load();

  std::filesystem::path folder_;
  seal::PageSeals seals_;
  sqlite::SealedVfs vfs_{seals_};
  std::unique_ptr<sqlite::Database> database_;
  std::string person_;
  std::optional<crypto::SigningKey> signing_;
  std::optional<crypto::AgreementKey> transport_;
};

}  // namespace plenary::replica
