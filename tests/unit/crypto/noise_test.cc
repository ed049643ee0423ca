#include "core/crypto/noise.h"

#include <gtest/gtest.h>

#include "core/crypto/noise_patterns.h"
#include "core/crypto/random.h"
#include "tests/unit/crypto/vectors.h"

namespace plenary::crypto::noise {
namespace {

using nlohmann::json;

// Gives out the ephemeral key that a vector names.
class FixedEnvironment final : public Environment {
 public:
  explicit FixedEnvironment(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::int64_t now_ms() override { return 0; }
  void random(std::span<std::byte> out) override {
    ASSERT_LE(out.size(), bytes_.size());
    std::copy_n(bytes_.begin(), out.size(), out.begin());
  }

 private:
  Bytes bytes_;
};

HandshakeInput input_of(const json& vector, const std::string& side) {
  HandshakeInput input;
  input.prologue = hex_of(vector, side + "_prologue");
  if (vector.contains(side + "_static")) {
    input.static_key = AgreementKey::from_secret(*Secret<32>::from(hex_of(vector, side + "_static")));
  }
  if (vector.contains(side + "_remote_static")) {
    input.remote_static = TransportKey::from(hex_of(vector, side + "_remote_static"));
  }
  for (const json& key : vector.value(side + "_psks", json::array())) {
    input.shared_keys.push_back(*Secret<32>::from(*from_hex(key.get<std::string>())));
  }
  return input;
}

std::string pattern_name(const json& vector) {
  const std::string protocol = vector["protocol_name"];
  const auto begin = protocol.find('_') + 1;
  return protocol.substr(begin, protocol.find('_', begin) - begin);
}

struct Peer {
  Handshake handshake;
  TransportCiphers ciphers;
};

// One message of a vector: from `from` to `to`, compared byte by byte.
void exchange(Peer& from, Peer& to, const json& message) {
  const Bytes payload = hex_of(message, "payload");
  const Bytes expected = hex_of(message, "ciphertext");
  Bytes received;
  if (!from.handshake.finished()) {
    EXPECT_EQ(from.handshake.write(payload).value(), expected);
    received = to.handshake.read(expected).value();
    if (from.handshake.finished()) {
      from.ciphers = from.handshake.split();
      to.ciphers = to.handshake.split();
    }
  } else {
    Bytes sealed;
    ASSERT_TRUE(from.ciphers.send.seal({}, payload, sealed));
    EXPECT_EQ(sealed, expected);
    received = to_bytes(to.ciphers.receive.open({}, sealed).value());
  }
  EXPECT_EQ(received, payload);
}

void play(const json& vector) {
  const std::string name = pattern_name(vector);
  FixedEnvironment initiator_random(hex_of(vector, "init_ephemeral"));
  FixedEnvironment responder_random(hex_of(vector, "resp_ephemeral"));
  Peer initiator{Handshake::begin(name, Side::initiator, input_of(vector, "init"), initiator_random).value(), {}};
  Peer responder{Handshake::begin(name, Side::responder, input_of(vector, "resp"), responder_random).value(), {}};
  const bool one_way = find_pattern(name)->messages.size() == 1;
  bool from_initiator = true;
  for (const json& message : vector["messages"]) {
    from_initiator ? exchange(initiator, responder, message) : exchange(responder, initiator, message);
    if (!one_way) from_initiator = !from_initiator;
  }
  EXPECT_EQ(to_bytes(initiator.handshake.hash()), hex_of(vector, "handshake_hash"));
  EXPECT_EQ(initiator.handshake.hash(), responder.handshake.hash());
}

TEST(NoiseTest, PassesEveryPublishedHandshakeWithBlake2b) {
  int played = 0;
  bool played_ours = false;
  const json file = read_vectors("noise/cacophony-25519-chachapoly.json");
  for (const json& vector : file["vectors"]) {
    const std::string name = vector["protocol_name"];
    if (!name.ends_with("_BLAKE2b")) continue;
    SCOPED_TRACE(name);
    play(vector);
    ++played;
    played_ours |= name == "Noise_XK_25519_ChaChaPoly_BLAKE2b";
  }
  EXPECT_EQ(played, 59);
  EXPECT_TRUE(played_ours);
}

TEST(NoiseTest, KnowsNoPatternThatIsNotInTheTable) {
  EXPECT_FALSE(find_pattern("ZZ"));
  EXPECT_FALSE(find_pattern(""));
  EXPECT_FALSE(find_pattern("XKpsk9"));
  EXPECT_FALSE(find_pattern("XKfallback"));
  EXPECT_TRUE(find_pattern("XKpsk0+psk3"));
}

class NoiseXkTest : public testing::Test {
 protected:
  Handshake device(const TransportKey& hub, std::string_view prologue = "v1") {
    HandshakeInput input{to_bytes(prologue), device_.duplicate(), hub, {}};
    return Handshake::begin("XK", Side::initiator, std::move(input), random_).value();
  }
  Handshake hub(std::string_view prologue = "v1") {
    HandshakeInput input{to_bytes(prologue), hub_.duplicate(), {}, {}};
    return Handshake::begin("XK", Side::responder, std::move(input), random_).value();
  }

  SystemEnvironment random_;
  AgreementKey device_ = AgreementKey::generate(random_);
  AgreementKey hub_ = AgreementKey::generate(random_);
};

TEST_F(NoiseXkTest, TellsTheHubWhichDeviceItIs) {
  Handshake a = device(hub_.public_key());
  Handshake b = hub();

  ASSERT_TRUE(b.read(a.write({}).value()));
  ASSERT_TRUE(a.read(b.write({}).value()));
  ASSERT_TRUE(b.read(a.write({}).value()));

  EXPECT_EQ(b.remote_static(), device_.public_key());
  EXPECT_EQ(a.hash(), b.hash());
}

TEST_F(NoiseXkTest, RefusesAHubWithAnotherKey) {
  Handshake a = device(AgreementKey::generate(random_).public_key());
  Handshake b = hub();

  const Result<Bytes> first = b.read(a.write({}).value());

  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::refused);
}

TEST_F(NoiseXkTest, RefusesAnotherPrologue) {
  Handshake a = device(hub_.public_key(), "v1 v2");
  Handshake b = hub("v1");

  EXPECT_FALSE(b.read(a.write({}).value()));
}

TEST_F(NoiseXkTest, RefusesAnAlteredOrShortMessageWithoutHarm) {
  for (std::size_t size = 0; size < 48; ++size) {
    Handshake b = hub();
    const Bytes message = device(hub_.public_key()).write({}).value();
    EXPECT_FALSE(b.read(ByteSpan(message).first(size))) << size;
    Handshake c = hub();
    Bytes altered = message;
    altered[size] ^= std::byte{1};
    EXPECT_FALSE(c.read(altered)) << size;
  }
}

TEST_F(NoiseXkTest, RefusesAMissingKeyAtTheBeginning) {
  const auto begun = Handshake::begin("XK", Side::initiator, {}, random_);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::invalid_argument);
}

TEST_F(NoiseXkTest, OpensMessagesOnlyOnceAndInOrder) {
  Cipher sender(*CipherKey::from(Bytes(32, std::byte{7})));
  Cipher receiver(*CipherKey::from(Bytes(32, std::byte{7})));
  Bytes first, second;
  ASSERT_TRUE(sender.seal({}, as_bytes("one"), first));
  ASSERT_TRUE(sender.seal({}, as_bytes("two"), second));

  Bytes early = second, once = first, twice = first;
  EXPECT_FALSE(receiver.open({}, early));
  EXPECT_TRUE(receiver.open({}, once));
  EXPECT_FALSE(receiver.open({}, twice));
  EXPECT_TRUE(receiver.open({}, second));
}

}  // namespace
}  // namespace plenary::crypto::noise
