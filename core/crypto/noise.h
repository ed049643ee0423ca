// The Noise protocol framework, revision 34, for 25519, ChaChaPoly and BLAKE2b. The handshake patterns are data: a
// table of tokens (noise_patterns.h), so that what we use is checked by every published vector of the same machine.
#pragma once

#include "core/crypto/aead.h"
#include "core/crypto/box.h"
#include "core/crypto/kdf.h"

namespace plenary::crypto::noise {

inline constexpr std::size_t kMaxMessage = 65'535;

// One direction's cipher after the handshake. Messages are opened in the order in which they were sealed: a message
// that is lost, repeated, altered or out of order is refused, and so is everything after it.
class Cipher {
 public:
  Cipher() = default;  // without a key: passes everything through, as Noise has it before the first key
  explicit Cipher(CipherKey key) : key_(std::move(key)), has_key_(true) {}

  bool has_key() const { return has_key_; }
  // The nonces that are left. At none, sealing and opening are refused: a new connection is due.
  std::uint64_t remaining() const { return kNonceEnd - counter_; }

  // Appends the ciphertext of `plaintext` to `out`. limit_exceeded when the nonces are used up.
  Result<void> seal(ByteSpan associated, ByteSpan plaintext, Bytes& out);
  // Opens where it lies and returns the plaintext as a part of `message`.
  Result<std::span<std::byte>> open(ByteSpan associated, std::span<std::byte> message);

 private:
  static constexpr std::uint64_t kNonceEnd = UINT64_MAX;  // reserved by the specification
  CipherKey key_;
  bool has_key_ = false;
  std::uint64_t counter_ = 0;
};

enum class Side : std::uint8_t { initiator, responder };

// What one side brings. Which of them a pattern needs is checked when it begins.
struct HandshakeInput {
  Bytes prologue;  // both sides must have the same
  std::optional<AgreementKey> static_key;
  std::optional<TransportKey> remote_static;  // where the pattern has the other side's key known before
  std::vector<Secret<32>> shared_keys;        // for psk patterns, in the order of their use
};

struct TransportCiphers {
  Cipher send, receive;
};

class Handshake {
 public:
  // `pattern`: "XK", "IKpsk2"… The environment gives the ephemeral key and outlives the handshake.
  // invalid_argument: no such pattern, or a key that it needs is missing.
  static Result<Handshake> begin(std::string_view pattern, Side side, HandshakeInput input, Environment& environment);

  Handshake(Handshake&&) noexcept;
  Handshake& operator=(Handshake&&) noexcept;
  ~Handshake();

  bool finished() const;
  bool writes_next() const;

  // The next message, with `payload` in it. Only when writes_next(). After an error the handshake is of no use.
  Result<Bytes> write(ByteSpan payload);
  // Reads the other side's message; returns its payload.
  Result<Bytes> read(ByteSpan message);

  // Of everything exchanged: the same on both sides, and for this connection alone. When finished().
  const NoiseHash& hash() const;
  const std::optional<TransportKey>& remote_static() const;
  TransportCiphers split();

 private:
  class Impl;
  explicit Handshake(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::crypto::noise
