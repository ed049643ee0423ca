#include "core/crypto/noise.h"

#include "core/crypto/noise_patterns.h"

namespace plenary::crypto::noise {

Result<void> Cipher::seal(ByteSpan associated, ByteSpan plaintext, Bytes& out) {
  const std::size_t begin = out.size();
  out.insert(out.end(), plaintext.begin(), plaintext.end());
  if (!has_key_) return {};
  if (remaining() == 0) return fail(ErrorCode::limit_exceeded, "The connection's nonces are used up: connect again.");
  out.resize(out.size() + kTagSize);
  transport_seal(key_, counter_++, associated, std::span(out).subspan(begin));
  return {};
}

Result<std::span<std::byte>> Cipher::open(ByteSpan associated, std::span<std::byte> message) {
  if (!has_key_) return message;
  if (remaining() == 0) return fail(ErrorCode::limit_exceeded, "The connection's nonces are used up: connect again.");
  if (!transport_open(key_, counter_, associated, message)) {
    return fail(ErrorCode::refused,
                "A message on the connection is not authentic: it was altered, repeated or cut, or the "
                "other side does not have the key that we expect.");
  }
  ++counter_;
  return message.first(message.size() - kTagSize);
}

namespace {

// SymmetricState of the specification, section 5.2.
class Transcript {
 public:
  Transcript(std::string_view protocol, ByteSpan prologue) {
    if (protocol.size() <= hash_.size()) {
      std::ranges::copy(as_bytes(protocol), hash_.begin());
    } else {
      Hasher(hash_.size()).update(protocol).finish(hash_);
    }
    chaining_key_ = *Secret<64>::from(hash_);
    mix_hash(prologue);
  }

  const NoiseHash& hash() const { return hash_; }

  void mix_hash(ByteSpan bytes) { Hasher(hash_.size()).update(hash_).update(bytes).finish(hash_); }

  void mix_key(ByteSpan input) {
    HkdfOutput output = hkdf_blake2b(chaining_key_.span(), input);
    chaining_key_ = std::move(output.first);
    cipher_ = Cipher(cipher_key(output.second));
  }

  void mix_key_and_hash(ByteSpan input) {
    HkdfOutput output = hkdf_blake2b(chaining_key_.span(), input);
    chaining_key_ = std::move(output.first);
    mix_hash(output.second.span());
    cipher_ = Cipher(cipher_key(output.third));
  }

  Result<void> seal(ByteSpan plaintext, Bytes& out) {
    const std::size_t begin = out.size();
    const Result<void> sealed = cipher_.seal(hash_, plaintext, out);
    if (sealed) mix_hash(ByteSpan(out).subspan(begin));
    return sealed;
  }

  Result<Bytes> open(ByteSpan message) {
    Bytes bytes = to_bytes(message);
    const NoiseHash before = hash_;
    mix_hash(message);
    const Result<std::span<std::byte>> opened = cipher_.open(before, bytes);
    if (!opened) return tl::make_unexpected(opened.error());
    bytes.resize(opened->size());
    return bytes;
  }

  bool has_key() const { return cipher_.has_key(); }

  std::pair<Cipher, Cipher> split() const {
    const HkdfOutput output = hkdf_blake2b(chaining_key_.span(), {});
    return {Cipher(cipher_key(output.first)), Cipher(cipher_key(output.second))};
  }

 private:
  static CipherKey cipher_key(const Secret<64>& secret) {
    return *CipherKey::from(secret.span().first(CipherKey::kSize));
  }

  NoiseHash hash_{};
  Secret<64> chaining_key_;
  Cipher cipher_;
};

}  // namespace

class Handshake::Impl {
 public:
  Impl(std::string_view name, Pattern pattern, Side side, HandshakeInput input, Environment& environment)
      : pattern_(std::move(pattern)),
        side_(side),
        transcript_("Noise_" + std::string(name) + "_25519_ChaChaPoly_BLAKE2b", input.prologue),
        static_key_(std::move(input.static_key)),
        remote_static_(input.remote_static),
        shared_keys_(std::move(input.shared_keys)),
        environment_(environment) {
    if (pattern_.initiator_known) transcript_.mix_hash(static_of(Side::initiator).span());
    if (pattern_.responder_known) transcript_.mix_hash(static_of(Side::responder).span());
  }

  bool finished() const { return next_ == pattern_.messages.size(); }
  bool writes_next() const { return !finished() && (next_ % 2 == 0) == (side_ == Side::initiator); }
  const NoiseHash& hash() const { return transcript_.hash(); }
  const std::optional<TransportKey>& remote_static() const { return remote_static_; }

  Result<Bytes> write(ByteSpan payload) {
    CHECK(writes_next());
    Bytes message;
    for (Token token : pattern_.messages[next_]) {
      const Result<void> written = write_token(token, message);
      if (!written) return tl::make_unexpected(written.error());
    }
    const Result<void> sealed = transcript_.seal(payload, message);
    if (!sealed) return tl::make_unexpected(sealed.error());
    if (message.size() > kMaxMessage) {
      return fail(ErrorCode::limit_exceeded, "A handshake message is longer than 65535 bytes.");
    }
    ++next_;
    return message;
  }

  Result<Bytes> read(ByteSpan message) {
    CHECK(!finished() && !writes_next());
    if (message.size() > kMaxMessage) {
      return fail(ErrorCode::limit_exceeded, "A handshake message is longer than 65535 bytes.");
    }
    for (Token token : pattern_.messages[next_]) {
      const Result<void> done = read_token(token, message);
      if (!done) return tl::make_unexpected(done.error());
    }
    Result<Bytes> payload = transcript_.open(message);
    if (payload) ++next_;
    return payload;
  }

  TransportCiphers split() {
    CHECK(finished());
    auto [initiator, responder] = transcript_.split();
    if (side_ == Side::initiator) return {std::move(initiator), std::move(responder)};
    return {std::move(responder), std::move(initiator)};
  }

 private:
  const TransportKey& static_of(Side side) const { return side == side_ ? static_key_->public_key() : *remote_static_; }

  Result<void> write_token(Token token, Bytes& message) {
    if (token == Token::e) {
      ephemeral_ = AgreementKey::generate(environment_);
      const ByteSpan key = ephemeral_->public_key().span();
      message.insert(message.end(), key.begin(), key.end());
      mix_ephemeral(key);
      return {};
    }
    if (token == Token::s) return transcript_.seal(static_key_->public_key().span(), message);
    return mix(token);
  }

  Result<void> read_token(Token token, ByteSpan& message) {
    if (token != Token::e && token != Token::s) return mix(token);
    const bool sealed = token == Token::s && transcript_.has_key();
    const std::size_t size = TransportKey::kSize + (sealed ? kTagSize : 0);
    if (message.size() < size) return fail(ErrorCode::malformed, "A handshake message is too short.");
    const ByteSpan part = message.first(size);
    message = message.subspan(size);
    if (token == Token::e) {
      remote_ephemeral_ = TransportKey::from(part);
      mix_ephemeral(part);
      return {};
    }
    const Result<Bytes> opened = transcript_.open(part);
    if (!opened) return tl::make_unexpected(opened.error());
    remote_static_ = TransportKey::from(*opened);
    return {};
  }

  void mix_ephemeral(ByteSpan key) {
    transcript_.mix_hash(key);
    if (pattern_.uses_psk) transcript_.mix_key(key);
  }

  Result<void> mix(Token token) {
    if (token == Token::psk) {
      transcript_.mix_key_and_hash(shared_keys_[next_shared_key_++].span());
      return {};
    }
    // The first letter is the initiator's key, the second the responder's.
    const bool initiator_static = token == Token::se || token == Token::ss;
    const bool responder_static = token == Token::es || token == Token::ss;
    const bool own_static = side_ == Side::initiator ? initiator_static : responder_static;
    const bool other_static = side_ == Side::initiator ? responder_static : initiator_static;
    const AgreementKey& own = own_static ? *static_key_ : *ephemeral_;
    const TransportKey& other = other_static ? *remote_static_ : *remote_ephemeral_;
    const Result<Secret<32>> shared = own.agree(other);
    if (!shared) return tl::make_unexpected(shared.error());
    transcript_.mix_key(shared->span());
    return {};
  }

  Pattern pattern_;
  Side side_;
  Transcript transcript_;
  std::optional<AgreementKey> static_key_, ephemeral_;
  std::optional<TransportKey> remote_static_, remote_ephemeral_;
  std::vector<Secret<32>> shared_keys_;
  std::size_t next_shared_key_ = 0;
  std::size_t next_ = 0;
  Environment& environment_;
};

namespace {

// Does `input` hold every key that `side` needs, so that nothing is missing in the middle?
bool sufficient(const Pattern& pattern, Side side, const HandshakeInput& input) {
  std::size_t shared_keys = 0;
  bool needs_static = side == Side::initiator ? pattern.initiator_known : pattern.responder_known;
  for (std::size_t i = 0; i < pattern.messages.size(); ++i) {
    const bool own = (i % 2 == 0) == (side == Side::initiator);
    for (Token token : pattern.messages[i]) {
      if (token == Token::psk) ++shared_keys;
      if (token == Token::s && own) needs_static = true;
    }
  }
  const bool needs_remote = side == Side::initiator ? pattern.responder_known : pattern.initiator_known;
  return (!needs_static || input.static_key) && (!needs_remote || input.remote_static) &&
         shared_keys <= input.shared_keys.size();
}

}  // namespace

Result<Handshake> Handshake::begin(std::string_view name, Side side, HandshakeInput input, Environment& environment) {
  std::optional<Pattern> pattern = find_pattern(name);
  if (!pattern) return fail(ErrorCode::invalid_argument, "There is no handshake pattern " + std::string(name) + ".");
  if (!sufficient(*pattern, side, input)) {
    return fail(ErrorCode::invalid_argument, "The handshake " + std::string(name) + " needs a key that is missing.");
  }
  return Handshake(std::make_unique<Impl>(name, std::move(*pattern), side, std::move(input), environment));
}

Handshake::Handshake(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Handshake::Handshake(Handshake&&) noexcept = default;
Handshake& Handshake::operator=(Handshake&&) noexcept = default;
Handshake::~Handshake() = default;

bool Handshake::finished() const {
  return impl_->finished();
}
bool Handshake::writes_next() const {
  return impl_->writes_next();
}
Result<Bytes> Handshake::write(ByteSpan payload) {
  return impl_->write(payload);
}
Result<Bytes> Handshake::read(ByteSpan message) {
  return impl_->read(message);
}
const NoiseHash& Handshake::hash() const {
  return impl_->hash();
}
const std::optional<TransportKey>& Handshake::remote_static() const {
  return impl_->remote_static();
}
TransportCiphers Handshake::split() {
  return impl_->split();
}

}  // namespace plenary::crypto::noise
