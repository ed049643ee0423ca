// The file of a profile that is read before there is a key, without the check at its end, which anybody can make:
// whatever is accepted has one form only.
#include "core/base/check.h"
#include "core/crypto/hash.h"
#include "core/seal/vault.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes = to_bytes(ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  const auto check = crypto::hash<FixedId<struct VaultCheckTag, 16>>({"plenary vault check", 1, {}}, {bytes});
  bytes.insert(bytes.end(), check.bytes.begin(), check.bytes.end());
  if (const auto vault = seal::Vault::decode(bytes)) CHECK(vault->encode() == bytes);
  return 0;
}
