// Channel: an authenticated, encrypted stream of messages over any connection that carries bytes in order.
// Source: architecture.md D8; docs/protocol/sync.md, "Transport".
//
//   frame     = u16 length (big-endian), body
//   1 device  = preface, Noise message 1          preface = "PLNY", u8 count, versions (u8 each, ascending)
//   2 hub     = u8 1, Noise message 2 (payload: u8 version chosen)
//             | u8 0, u8 reason, varint retry after (ms), text (UTF-8)      a refusal, in clear
//   3 device  = Noise message 3
//   then      = Noise transport messages, whose plaintexts, one after the other, are
//               *(varint length, message)
// The pattern is Noise_XK_25519_ChaChaPoly_BLAKE2b; its prologue is the preface, so nobody on the way can take a
// version out of the offer.
#pragma once

#include "core/crypto/noise.h"
#include "core/sync/messages.h"

namespace plenary::sync {

inline constexpr std::uint8_t kProtocolVersion = 1;

class Channel {
 public:
  using Versions = std::vector<std::uint8_t>;  // ascending

  // `key` and `environment` outlive the channel.
  static Channel to_hub(const crypto::AgreementKey& key, const TransportKey& hub, Environment& environment,
                        Versions versions = {kProtocolVersion});
  static Channel from_device(const crypto::AgreementKey& key, Environment& environment,
                             Versions versions = {kProtocolVersion});

  // The device's first frame goes to `out`. Nothing for a hub.
  Result<void> start(Bytes& out);
  // Takes bytes as they came; handshake answers go to `out`. After an error the channel is of no use; `out` may
  // still hold a refusal to be sent.
  Result<void> receive(ByteSpan bytes, Bytes& out);
  // The next whole message that was received. malformed, limit_exceeded.
  Result<std::optional<Message>> next();

  // Puts a message into the current frame. Only when established(). Nothing goes out before flush().
  void send(const Message& message);
  // Bytes of the stream as they are: for tests of what a hostile program sends.
  void send_bytes(ByteSpan bytes) { plain_.insert(plain_.end(), bytes.begin(), bytes.end()); }
  // Seals what was sent into frames, appended to `out`.
  Result<void> flush(Bytes& out);
  std::size_t unflushed() const { return plain_.size(); }

  bool established() const { return established_; }
  // A frame or a message has begun and is not complete.
  bool in_the_middle() const { return !in_.empty() || !stream_.empty(); }
  // Bytes of a frame or a message that are here and can not be taken out yet.
  std::size_t unfinished() const { return in_.size() + stream_.size() - stream_read_; }
  const TransportKey& peer() const { return peer_; }
  std::uint8_t version() const { return version_; }
  // Messages longer than this are refused as they begin.
  void set_message_limit(std::size_t limit) { message_limit_ = limit; }
  // For refusals in clear: how long to wait.
  std::int64_t retry_after_ms() const { return retry_after_ms_; }
  // Frames that came complete, so that a driver of time can tell progress from dripping.
  std::uint64_t frames_in() const { return frames_in_; }
  // Whole messages that were taken out, so that a driver can tell many small ones from a few.
  std::uint64_t messages_in() const { return messages_in_; }

 private:
  Channel(const crypto::AgreementKey& key, Environment& environment, Versions versions);
  Result<void> receive_frame(std::span<std::byte> body, Bytes& out);
  Result<void> receive_first(ByteSpan body, Bytes& out);
  Result<void> receive_second(ByteSpan body, Bytes& out);
  Result<void> receive_third(ByteSpan body);
  Result<void> begin(crypto::noise::Side side, Bytes prologue);
  // The bytes of the next whole message; valid until more is received.
  Result<std::optional<ByteSpan>> next_body();
  void establish();

  const crypto::AgreementKey& key_;
  Environment& environment_;
  Versions versions_;
  std::optional<TransportKey> hub_;  // set on the device's side
  std::optional<crypto::noise::Handshake> handshake_;
  crypto::noise::TransportCiphers ciphers_;
  TransportKey peer_;
  Bytes in_;      // bytes of a frame that is not complete
  Bytes stream_;  // plaintext of a message that is not complete
  std::size_t stream_read_ = 0;
  Bytes plain_;  // messages that wait for flush
  std::size_t message_limit_ = kMaxEarlyMessage;
  std::int64_t retry_after_ms_ = 0;
  std::uint64_t frames_in_ = 0, messages_in_ = 0;
  std::size_t passed_over_ = 0;
  std::uint8_t version_ = 0;
  bool established_ = false;
};

}  // namespace plenary::sync
