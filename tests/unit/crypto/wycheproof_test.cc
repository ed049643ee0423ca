#include <gtest/gtest.h>

#include "core/crypto/aead.h"
#include "core/crypto/box.h"
#include "core/crypto/sign.h"
#include "tests/unit/crypto/vectors.h"

namespace plenary::crypto {
namespace {

using nlohmann::json;

template <class Play>
int play_all(const std::string& file, Play play) {
  int played = 0;
  const json vectors = read_vectors("wycheproof/" + file);
  for (const json& group : vectors["testGroups"]) {
    for (const json& test : group["tests"]) {
      SCOPED_TRACE(file + " " + std::to_string(test["tcId"].get<int>()) + " " + test["comment"].get<std::string>());
      play(group, test);
      ++played;
    }
  }
  return played;
}

bool flagged(const json& test, const std::string& flag) {
  const json& flags = test["flags"];
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

TEST(WycheproofTest, X25519AgreesOrRefusesAPublicSecret) {
  const int played = play_all("x25519_test.json", [](const json&, const json& test) {
    const AgreementKey own = AgreementKey::from_secret(*Secret<32>::from(hex_of(test, "private")));
    const Result<Secret<32>> shared = own.agree(*TransportKey::from(hex_of(test, "public")));

    ASSERT_EQ(shared.has_value(), !flagged(test, "ZeroSharedSecret"));
    if (!shared) return;
    EXPECT_EQ(to_bytes(shared->span()), hex_of(test, "shared"));
  });
  EXPECT_EQ(played, 518);
}

TEST(WycheproofTest, Ed25519AcceptsTheValidAndNothingElse) {
  const int played = play_all("ed25519_test.json", [](const json& group, const json& test) {
    const DeviceKey key = *DeviceKey::from(hex_of(group["publicKey"], "pk"));
    const auto signature = Signature::from(hex_of(test, "sig"));

    const bool accepted = signature && verify_raw(key, hex_of(test, "msg"), *signature);

    EXPECT_EQ(accepted, test["result"] == "valid");
  });
  EXPECT_EQ(played, 151);
}

TEST(WycheproofTest, XChaCha20Poly1305SealsAndOpensTheValidAndNothingElse) {
  const int played = play_all("xchacha20_poly1305_test.json", [](const json&, const json& test) {
    const CipherKey key = *CipherKey::from(hex_of(test, "key"));
    const Bytes nonce_bytes = hex_of(test, "iv");
    XNonce nonce;
    if (nonce_bytes.size() != nonce.size()) return;  // cannot be expressed here
    std::ranges::copy(nonce_bytes, nonce.begin());
    const Bytes associated = hex_of(test, "aad");
    Bytes sealed = hex_of(test, "ct");
    const Bytes tag = hex_of(test, "tag");
    sealed.insert(sealed.end(), tag.begin(), tag.end());

    const Result<Bytes> opened = open(key, nonce, associated, sealed);

    ASSERT_EQ(opened.has_value(), test["result"] == "valid");
    if (!opened) return;
    EXPECT_EQ(*opened, hex_of(test, "msg"));
    EXPECT_EQ(seal(key, nonce, associated, *opened), sealed);
  });
  EXPECT_EQ(played, 315);
}

}  // namespace
}  // namespace plenary::crypto
