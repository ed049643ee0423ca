#include <gtest/gtest.h>

#include "core/crypto/box.h"
#include "core/crypto/kdf.h"
#include "core/crypto/random.h"
#include "core/crypto/sign.h"

namespace plenary::crypto {
namespace {

const Domain kLetters{"plenary test letters", 1, {}};

SpaceId some_space() {
  SpaceId space;
  space.bytes[0] = std::byte{9};
  return space;
}

TEST(HasherTest, GivesThePublishedHashOfAbc) {
  Hasher hasher(64);
  NoiseHash hash;
  hasher.update("a").update("bc").finish(hash);

  EXPECT_EQ(to_hex(hash),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(HasherTest, ContinuesACopyOnItsOwn) {
  Hasher one(32);
  one.update("same");
  Hasher other = one;

  EXPECT_EQ(one.update("!").finish<Digest>(), Hasher(32).update("same!").finish<Digest>());
  EXPECT_EQ(other.update("?").finish<Digest>(), Hasher(32).update("same?").finish<Digest>());
}

TEST(HasherTest, SeparatesTypesVersionsSpacesKeysAndSizes) {
  const ByteSpan text = as_bytes("text");
  const Bytes key(32, std::byte{1});
  const Digest plain = hash<Digest>(kLetters, {text});

  EXPECT_EQ(plain, hash<Digest>(kLetters, {as_bytes("te"), as_bytes("xt")}));
  EXPECT_NE(plain, hash<Digest>({"plenary test other", 1, {}}, {text}));
  EXPECT_NE(plain, hash<Digest>({"plenary test letters", 2, {}}, {text}));
  EXPECT_NE(plain, hash<Digest>({"plenary test letters", 1, some_space()}, {text}));
  EXPECT_NE(plain, hash<Digest>(kLetters, {text}, key));
  EXPECT_NE(to_bytes(hash<LogId>(kLetters, {text}).span()), to_bytes(plain.span().first(16)));
}

TEST(HasherTest, BeginsWithTheDomainAsDocumented) {
  const Domain domain{"abc", 7, some_space()};
  Bytes expected = {std::byte{3}, std::byte{'a'}, std::byte{'b'}, std::byte{'c'}, std::byte{7}};
  const ByteSpan space = domain.space.span();
  expected.insert(expected.end(), space.begin(), space.end());

  EXPECT_EQ(domain.encode(), expected);
  EXPECT_EQ(Hasher(domain, 32).update("x").finish<Digest>(), Hasher(32).update(expected).update("x").finish<Digest>());
}

TEST(SigningKeyTest, SignsForOneDomainAndOneMessage) {
  SystemEnvironment environment;
  const SigningKey key = SigningKey::generate(environment);
  const Signature signature = key.sign(kLetters, as_bytes("hello"));

  EXPECT_TRUE(verify(key.public_key(), kLetters, as_bytes("hello"), signature));
  EXPECT_FALSE(verify(key.public_key(), kLetters, as_bytes("hallo"), signature));
  EXPECT_FALSE(verify(key.public_key(), {"plenary test letters", 1, some_space()}, as_bytes("hello"), signature));
  EXPECT_FALSE(verify(SigningKey::generate(environment).public_key(), kLetters, as_bytes("hello"), signature));
}

TEST(SigningKeyTest, IsTheSameAgainFromItsSeed) {
  SystemEnvironment environment;
  const SigningKey key = SigningKey::generate(environment);

  EXPECT_EQ(SigningKey::from_seed(key.seed()).public_key(), key.public_key());
  EXPECT_EQ(key.duplicate().sign(kLetters, {}), key.sign(kLetters, {}));
}

TEST(SecretTest, IsGoneFromWhereItWasMoved) {
  SystemEnvironment environment;
  Secret<32> original = Secret<32>::random(environment);
  const Secret<32> copy = original.duplicate();

  const Secret<32> moved = std::move(original);

  EXPECT_EQ(moved, copy);
  EXPECT_EQ(original, Secret<32>());
  EXPECT_FALSE(Secret<32>::from(copy.span().first(31)));
  EXPECT_EQ(to_bytes(LockedSecret(copy.span()).span()), to_bytes(copy.span()));
}

TEST(AeadTest, RefusesAnyAlteredBit) {
  SystemEnvironment environment;
  const CipherKey key = CipherKey::random(environment);
  const XNonce nonce = random_nonce(environment);
  const Bytes sealed = seal(key, nonce, as_bytes("page 7"), as_bytes("a note"));

  EXPECT_EQ(open(key, nonce, as_bytes("page 7"), sealed).value(), to_bytes("a note"));
  EXPECT_FALSE(open(key, nonce, as_bytes("page 8"), sealed));
  EXPECT_FALSE(open(key, nonce, as_bytes("page 7"), ByteSpan(sealed).first(15)));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes altered = sealed;
    altered[bit / 8] ^= std::byte{static_cast<unsigned char>(1 << bit % 8)};
    EXPECT_FALSE(open(key, nonce, as_bytes("page 7"), altered)) << bit;
  }
}

TEST(AeadTest, WorksInPlaceLikeApart) {
  SystemEnvironment environment;
  const CipherKey key = CipherKey::random(environment);
  const XNonce nonce = random_nonce(environment);
  Bytes page = to_bytes("a page of the database");
  std::array<std::byte, kTagSize> tag;

  seal_in_place(key, nonce, {}, page, tag);
  Bytes joined = page;
  joined.insert(joined.end(), tag.begin(), tag.end());

  EXPECT_EQ(open(key, nonce, {}, joined).value(), to_bytes("a page of the database"));
  EXPECT_TRUE(open_in_place(key, nonce, {}, page, tag));
  EXPECT_EQ(page, to_bytes("a page of the database"));
  tag[0] ^= std::byte{1};
  EXPECT_FALSE(open_in_place(key, nonce, {}, page, tag));
}

TEST(BoxTest, OpensForItsReaderAndDomainAlone) {
  SystemEnvironment environment;
  const AgreementKey reader = AgreementKey::generate(environment);
  const AgreementKey other = AgreementKey::generate(environment);
  const Bytes box = seal_box(environment, reader.public_key(), kLetters, as_bytes("a key")).value();

  EXPECT_EQ(box.size(), 5 + kBoxOverhead);
  EXPECT_EQ(open_box(reader, kLetters, box).value(), to_bytes("a key"));
  EXPECT_FALSE(open_box(other, kLetters, box));
  EXPECT_FALSE(open_box(reader, {"plenary test other", 1, {}}, box));
  for (std::size_t size = 0; size < box.size(); ++size)
    EXPECT_FALSE(open_box(reader, kLetters, ByteSpan(box).first(size)));
}

TEST(BoxTest, RefusesAReaderOfLowOrder) {
  SystemEnvironment environment;
  const Result<Bytes> box = seal_box(environment, TransportKey{}, kLetters, as_bytes("a key"));
  ASSERT_FALSE(box);
  EXPECT_EQ(box.error().code, ErrorCode::refused);
}

TEST(StretchTest, DependsOnPassphraseSaltAndCostAndRefusesAbsurdCosts) {
  initialise();
  const StretchCost cheap{1, 8};
  const Salt salt{}, other_salt{std::byte{1}};
  const Secret<32> key = stretch_passphrase("correct horse", salt, cheap).value();

  EXPECT_EQ(key, stretch_passphrase("correct horse", salt, cheap).value());
  EXPECT_FALSE(key == stretch_passphrase("correct house", salt, cheap).value());
  EXPECT_FALSE(key == stretch_passphrase("correct horse", other_salt, cheap).value());
  EXPECT_FALSE(key == stretch_passphrase("correct horse", salt, {2, 8}).value());
  EXPECT_EQ(stretch_passphrase("x", salt, {3, 4'000'000'000}).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(stretch_passphrase("x", salt, {0, 8}).error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace plenary::crypto
