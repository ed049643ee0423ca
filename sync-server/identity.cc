#include "sync-server/identity.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace plenary::hub {
namespace {

using HubSecret = crypto::Secret<32>;

constexpr std::string_view kFormat = "plenary-hub-key-";
constexpr std::string_view kVersion = "1";

std::filesystem::path key_file(const std::filesystem::path& data) {
  return data / "hub.key";
}

Identity identity_of(const HubSecret& secret) {
  const auto transport = crypto::Domain{"plenary hub transport key"};
  const auto signing = crypto::Domain{"plenary hub signing key"};
  return {crypto::AgreementKey::from_secret(crypto::derive_key(secret.span(), transport)),
          crypto::SigningKey::from_seed(crypto::derive_key(secret.span(), signing))};
}

// So that a damaged digit is not taken for another key.
std::string check_of(const HubSecret& secret) {
  using Check = FixedId<struct HubKeyCheckTag, 16>;
  return crypto::hash<Check>(crypto::Domain{"plenary hub key check"}, {secret.span()}).hex().substr(0, 8);
}

[[noreturn]] void throw_system(const std::string& doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

// Writes a new file that only its owner may read, durably.
void write_secret_file(const std::filesystem::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) throw_system("Could not make " + path.string());
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (written) return;
  ::unlink(path.c_str());
  errno = error;
  throw_system("Could not write " + path.string());
}

}  // namespace

Result<Identity> create_identity(const std::filesystem::path& data, Environment& environment) {
  if (std::filesystem::exists(key_file(data))) {
    return fail(ErrorCode::conflict, key_file(data).string() +
                                         " exists already: this folder has a hub. Choose another " +
                                         "folder, or use the hub that is there.");
  }
  if (!std::filesystem::exists(data)) {
    std::filesystem::create_directories(data);
    std::filesystem::permissions(data, std::filesystem::perms::owner_all);
  }
  const auto secret = HubSecret::random(environment);
  std::string text(kFormat);
  text.append(kVersion).append(" ").append(to_hex(secret.span())).append(" ").append(check_of(secret)).append("\n");
  write_secret_file(key_file(data), text);
  crypto::wipe(std::as_writable_bytes(std::span(text)));
  return identity_of(secret);
}

Result<Identity> load_identity(const std::filesystem::path& data) {
  const std::string name = key_file(data).string();
  if (!std::filesystem::exists(key_file(data))) {
    return fail(ErrorCode::not_found,
                data.string() + " has no hub yet. Make one with: plenaryd init --data " + data.string());
  }
  std::ifstream file(key_file(data));
  std::string format, digits;
  file >> format >> digits;
  if (!file) return fail(ErrorCode::malformed, name + " cannot be read or is damaged. Restore it from your backup.");
  if (!format.starts_with(kFormat)) return fail(ErrorCode::malformed, name + " is not the key of a hub.");
  if (format.substr(kFormat.size()) != kVersion) {
    return fail(ErrorCode::unsupported, name + " was written by a newer version of plenaryd. Install that version.");
  }
  auto bytes = from_hex(digits);
  const auto secret = HubSecret::from(bytes ? ByteSpan(*bytes) : ByteSpan{});
  // Keys that were made before the check was added have none.
  std::string check;
  if (!secret || (file >> check && check != check_of(*secret))) {
    return fail(ErrorCode::malformed, name + " is damaged. Restore it from your backup.");
  }
  crypto::wipe(*bytes);
  return identity_of(*secret);
}

}  // namespace plenary::hub
