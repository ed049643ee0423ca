#include "core/seal/vault.h"

#include <gmock/gmock.h>

#include "core/crypto/hash.h"
#include "core/seal/quick_unlock.h"
#include "core/seal/recovery_code.h"
#include "tests/unit/seal/sealed_folder.h"

namespace plenary::seal {
namespace {

using testing::HasSubstr;

// Cheap, so that the tests are quick.
Passphrase phrase(std::string_view text) {
  return Passphrase(text, {1, 8});
}

class VaultTest : public ::testing::Test {
 protected:
  SeededEnvironment environment_{5};
  Vault::Made made_ = Vault::make(phrase("four words of mine"), environment_).value();

  Vault again() const { return Vault::decode(made_.vault.encode()).value(); }
};

TEST_F(VaultTest, OpensWithItsPassphraseAndNoOther) {
  EXPECT_EQ(again().open(phrase("four words of mine")).value(), made_.key);

  const auto refused = again().open(phrase("four words of yours"));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not the passphrase"));
}

TEST_F(VaultTest, HoldsTheKeyInNoReadableForm) {
  const Bytes bytes = made_.vault.encode();

  EXPECT_EQ(as_text(bytes).find(as_text(made_.key.span())), std::string_view::npos);
  EXPECT_EQ(as_text(bytes).find("four words"), std::string_view::npos);
}

TEST_F(VaultTest, KeepsItsKeyWhenThePassphraseChanges) {
  Vault vault = again();

  ASSERT_TRUE(vault.set_passphrase(made_.key, phrase("another phrase"), environment_));

  const Vault changed = Vault::decode(vault.encode()).value();
  EXPECT_EQ(changed.open(phrase("another phrase")).value(), made_.key);
  EXPECT_FALSE(changed.open(phrase("four words of mine")));
  EXPECT_EQ(changed.id(), made_.vault.id());
}

TEST_F(VaultTest, ARecoveryCodeOpensItUntilTheNextOneIsMade) {
  Vault vault = again();
  EXPECT_EQ(vault.open_with_recovery_code(print_recovery_code(make_recovery_code(environment_))).error().code,
            ErrorCode::not_found);

  const std::string first = vault.set_recovery_code(made_.key, environment_);
  EXPECT_EQ(Vault::decode(vault.encode()).value().open_with_recovery_code(first).value(), made_.key);
  const std::string second = vault.set_recovery_code(made_.key, environment_);

  EXPECT_EQ(vault.open_with_recovery_code(second).value(), made_.key);
  EXPECT_EQ(vault.open_with_recovery_code(first).error().code, ErrorCode::refused);
  EXPECT_EQ(vault.open(phrase("four words of mine")).value(), made_.key) << "the passphrase stays";
}

TEST_F(VaultTest, AFlippedBitAnywhereIsCalledDamage) {
  made_.vault.set_recovery_code(made_.key, environment_);
  const Bytes good = made_.vault.encode();

  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bytes = good;
    bytes[at] ^= std::byte{1};
    const auto vault = Vault::decode(bytes);
    ASSERT_FALSE(vault) << at;
    EXPECT_NE(vault.error().code, ErrorCode::refused) << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(Vault::decode(ByteSpan(good).first(size))) << size;
}

// Somebody who alters the vault can make its check fit again; its seal only with the key.
TEST_F(VaultTest, ARecoveryCodeThatSomebodyTookOutIsNoticed) {
  Vault with = again();
  with.set_recovery_code(made_.key, environment_);
  Bytes bytes = with.encode();
  constexpr std::size_t kWrapped = 72, kSeal = 32, kCheck = 16;
  const std::size_t flag = bytes.size() - kCheck - kSeal - kWrapped - 1;
  bytes[flag] = std::byte{0};
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(flag) + 1;
  bytes.erase(first, first + kWrapped);
  bytes.resize(bytes.size() - kCheck);
  const auto check = crypto::hash<FixedId<struct CheckTag, 16>>({"plenary vault check", 1, {}}, {bytes});
  bytes.insert(bytes.end(), check.bytes.begin(), check.bytes.end());

  const auto key = Vault::decode(bytes).value().open(phrase("four words of mine"));

  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::malformed);
}

TEST_F(VaultTest, RefusesCostsThatNoVaultOfOursHas) {
  EXPECT_EQ(Vault::make(Passphrase("four words of mine", {1000, 8}), environment_).error().code,
            ErrorCode::limit_exceeded);
  EXPECT_EQ(Vault::make(Passphrase("four words of mine", {1, 1u << 30}), environment_).error().code,
            ErrorCode::limit_exceeded);
}

TEST_F(VaultTest, RefusesAPassphraseThatIsTooShort) {
  EXPECT_EQ(Vault::make(phrase("short"), environment_).error().code, ErrorCode::invalid_argument);
}

TEST_F(VaultTest, ANewerVaultIsCalledNewer) {
  Bytes bytes = made_.vault.encode();
  bytes[7] = std::byte{9};

  EXPECT_EQ(Vault::decode(bytes).error().code, ErrorCode::unsupported);
}

// Found by fuzz_vault: it was read, and written as version 1. Anybody can make the check at the end.
TEST_F(VaultTest, ThereIsNoVersionBeforeTheFirst) {
  Bytes bytes = made_.vault.encode();
  bytes[7] = std::byte{0};
  bytes.resize(bytes.size() - 16);
  const auto check = crypto::hash<FixedId<struct VaultCheckTag, 16>>({"plenary vault check", 1, {}}, {bytes});
  bytes.insert(bytes.end(), check.bytes.begin(), check.bytes.end());

  ASSERT_FALSE(Vault::decode(bytes));
  EXPECT_EQ(Vault::decode(bytes).error().code, ErrorCode::malformed);
}

TEST(RecoveryCodeTest, IsReadHoweverItIsTyped) {
  SeededEnvironment environment(8);
  const std::string code = make_recovery_code(environment);
  const std::string printed = print_recovery_code(code);
  std::string careless;
  for (char c : printed) {
    if (c == '-') c = ' ';
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
    careless += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }

  EXPECT_EQ(printed.size(), 34u);
  EXPECT_EQ(read_recovery_code(printed).value(), code);
  EXPECT_EQ(read_recovery_code(careless).value(), code);
}

TEST(RecoveryCodeTest, NoticesAMistypedCharacter) {
  SeededEnvironment environment(8);
  const std::string code = make_recovery_code(environment);
  std::size_t noticed = 0;

  for (std::size_t at = 0; at < code.size(); ++at) {
    std::string typed = code;
    typed[at] = typed[at] == 'Z' ? 'Y' : 'Z';
    noticed += !read_recovery_code(typed);
  }

  EXPECT_EQ(noticed, code.size());
  EXPECT_FALSE(read_recovery_code(code.substr(1)));
  EXPECT_FALSE(read_recovery_code(""));
}

TEST(QuickUnlockTest, GivesTheKeyForThePin) {
  SeededEnvironment environment(8);
  auto quick = QuickUnlock::make(page_key(4), phrase("2580"), environment).value();

  for (int i = 0; i < QuickUnlock::kAttempts - 1; ++i)
    EXPECT_EQ(quick.open(phrase("1111")).error().code, ErrorCode::refused);
  EXPECT_EQ(quick.open(phrase("2580")).value(), page_key(4));

  EXPECT_EQ(quick.open(phrase("1111")).error().message, "That is not the PIN. Attempts left: 4") << "counted anew";
}

TEST(QuickUnlockTest, IsWipedByTheFifthWrongPin) {
  SeededEnvironment environment(8);
  auto quick = QuickUnlock::make(page_key(4), phrase("2580"), environment).value();

  for (int i = 0; i < QuickUnlock::kAttempts; ++i) EXPECT_FALSE(quick.open(phrase("1111")));

  EXPECT_TRUE(quick.is_wiped());
  EXPECT_EQ(quick.open(phrase("2580")).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace plenary::seal
