#include "core/sync/channel.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/sync/session.h"

namespace plenary::sync {
namespace {

constexpr std::string_view kMagic = "PLNY";
constexpr std::size_t kMaxVersions = 16;
constexpr std::size_t kLengthSize = 2;
constexpr std::size_t kFramePlaintext = kMaxFrame - crypto::kTagSize;
constexpr std::size_t kMaxRefusalText = 400;
enum : std::uint8_t { kRefusalMark = 0, kHandshakeMark = 1 };

void put_frame(ByteSpan body, Bytes& out) {
  CHECK(body.size() <= kMaxFrame);
  out.push_back(static_cast<std::byte>(body.size() >> 8));
  out.push_back(static_cast<std::byte>(body.size() & 255));
  out.insert(out.end(), body.begin(), body.end());
}

std::size_t frame_length(ByteSpan in) {
  return std::to_integer<std::size_t>(in[0]) << 8 | std::to_integer<std::size_t>(in[1]);
}

Bytes preface(const Channel::Versions& versions) {
  ByteWriter writer;
  writer.raw(as_bytes(kMagic));
  writer.u8(static_cast<std::uint8_t>(versions.size()));
  for (std::uint8_t version : versions) writer.u8(version);
  return std::move(writer).take();
}

// The reasons that are said in clear, by number.
constexpr std::pair<std::uint8_t, ErrorCode> kReasons[] = {
    {1, ErrorCode::unsupported}, {2, ErrorCode::limit_exceeded}, {3, ErrorCode::unavailable}, {4, ErrorCode::refused}};

Error read_refusal(ByteSpan body, std::int64_t& retry_after_ms) {
  ByteReader reader(body);
  const std::uint8_t number = reader.u8();
  retry_after_ms = static_cast<std::int64_t>(reader.bounded(86'400'000));
  std::string text(as_text(reader.raw(std::min(reader.remaining(), kMaxRefusalText))));
  std::ranges::replace_if(
      text, [](char c) { return c < 32 || c == 127; }, '?');  // ASCII: it is not authenticated
  const auto reason = std::ranges::find(kReasons, number, [](const auto& pair) { return pair.first; });
  return {reason == std::end(kReasons) ? ErrorCode::refused : reason->second,
          "The hub, or something on the way to it, refused the connection: " + text};
}

Error unexpected(const std::string& what) {
  return {ErrorCode::malformed, "The other side sent " + what + "."};
}

}  // namespace

Bytes refuse_connection(const Error& reason, std::int64_t retry_after_ms) {
  const auto code = std::ranges::find(kReasons, reason.code, [](const auto& pair) { return pair.second; });
  ByteWriter writer;
  writer.u8(kRefusalMark);
  writer.u8(code == std::end(kReasons) ? std::uint8_t{4} : code->first);
  writer.varint(static_cast<std::uint64_t>(std::max<std::int64_t>(retry_after_ms, 0)));
  writer.raw(as_bytes(std::string_view(reason.message).substr(0, kMaxRefusalText)));
  Bytes out;
  put_frame(writer.bytes(), out);
  return out;
}

Channel::Channel(const crypto::AgreementKey& key, Environment& environment, Versions versions)
    : key_(key), environment_(environment), versions_(std::move(versions)) {
  CHECK(!versions_.empty() && versions_.size() <= kMaxVersions && std::ranges::is_sorted(versions_));
}

Channel Channel::to_hub(const crypto::AgreementKey& key, const TransportKey& hub, Environment& environment,
                        Versions versions) {
  Channel channel(key, environment, std::move(versions));
  channel.hub_ = hub;
  return channel;
}

Channel Channel::from_device(const crypto::AgreementKey& key, Environment& environment, Versions versions) {
  return Channel(key, environment, std::move(versions));
}

Result<void> Channel::begin(crypto::noise::Side side, Bytes prologue) {
  crypto::noise::HandshakeInput input{std::move(prologue), key_.duplicate(), hub_, {}};
  auto handshake = crypto::noise::Handshake::begin("XK", side, std::move(input), environment_);
  CHECK(handshake.has_value());
  handshake_ = std::move(*handshake);
  return {};
}

Result<void> Channel::start(Bytes& out) {
  if (!hub_) return {};
  Bytes first = preface(versions_);
  if (const auto begun = begin(crypto::noise::Side::initiator, first); !begun) return begun;
  const Result<Bytes> message = handshake_->write({});
  if (!message) return tl::make_unexpected(message.error());
  first.insert(first.end(), message->begin(), message->end());
  put_frame(first, out);
  return {};
}

Result<void> Channel::receive(ByteSpan bytes, Bytes& out) {
  in_.insert(in_.end(), bytes.begin(), bytes.end());
  std::size_t read = 0;
  Result<void> result;
  while (result && in_.size() - read >= kLengthSize) {
    const std::size_t length = frame_length(ByteSpan(in_).subspan(read));
    if (!established_ && length > kMaxHandshakeFrame) {
      result = tl::make_unexpected(unexpected("something that is not the beginning of this protocol"));
      break;
    }
    if (in_.size() - read < kLengthSize + length) break;
    result = receive_frame(std::span(in_).subspan(read + kLengthSize, length), out);
    read += kLengthSize + length;
    ++frames_in_;
  }
  in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(read));
  return result;
}

Result<void> Channel::receive_frame(std::span<std::byte> body, Bytes& out) {
  if (!established_) {
    if (!handshake_) return hub_ ? tl::make_unexpected(unexpected("a frame too early")) : receive_first(body, out);
    return hub_ ? receive_second(body, out) : receive_third(body);
  }
  const auto plain = ciphers_.receive.open({}, body);
  if (!plain) return tl::make_unexpected(plain.error());
  stream_.insert(stream_.end(), plain->begin(), plain->end());
  return {};
}

Result<void> Channel::receive_first(ByteSpan body, Bytes& out) {
  ByteReader reader(body);
  const bool magic = as_text(reader.raw(kMagic.size())) == kMagic;
  const ByteSpan offered = reader.raw(reader.bounded(kMaxVersions));
  if (!magic || !reader.ok()) {
    return tl::make_unexpected(unexpected("something that is not the beginning of this protocol"));
  }
  for (std::uint8_t version : versions_) {
    if (std::ranges::find(offered, std::byte{version}) != offered.end()) version_ = version;
  }
  if (version_ == 0) {
    const Error reason{ErrorCode::unsupported,
                       "This hub speaks none of the versions of the protocol that the device "
                       "offers. Update the older of the two."};
    const Bytes refusal = refuse_connection(reason, 0);
    out.insert(out.end(), refusal.begin(), refusal.end());
    return tl::make_unexpected(reason);
  }
  const std::size_t preface_size = body.size() - reader.remaining();
  if (const auto begun = begin(crypto::noise::Side::responder, to_bytes(body.first(preface_size))); !begun)
    return begun;
  const Result<Bytes> payload = handshake_->read(body.subspan(preface_size));
  if (!payload) {
    return fail(ErrorCode::refused, "The device expects a hub with another key, or its offer was altered on the way.");
  }
  const std::byte chosen{version_};
  const Result<Bytes> message = handshake_->write({&chosen, 1});
  if (!message) return tl::make_unexpected(message.error());
  Bytes answer{std::byte{kHandshakeMark}};
  answer.insert(answer.end(), message->begin(), message->end());
  put_frame(answer, out);
  return {};
}

Result<void> Channel::receive_second(ByteSpan body, Bytes& out) {
  if (body.empty()) return tl::make_unexpected(unexpected("an empty answer to the handshake"));
  if (body.front() == std::byte{kRefusalMark}) {
    return tl::make_unexpected(read_refusal(body.subspan(1), retry_after_ms_));
  }
  const Result<Bytes> payload = handshake_->read(body.subspan(1));
  if (body.front() != std::byte{kHandshakeMark} || !payload) {
    return fail(ErrorCode::refused,
                "The hub did not prove that it has the key from the invitation: this is another hub, or the connection "
                "was interfered with. Ask who set up the hub for its key.");
  }
  const auto chosen = payload->size() == 1 ? std::to_integer<std::uint8_t>(payload->front()) : std::uint8_t{0};
  if (std::ranges::find(versions_, chosen) == versions_.end()) {
    return fail(ErrorCode::unsupported, "The hub chose a version of the protocol that this device did not offer.");
  }
  version_ = chosen;
  const Result<Bytes> message = handshake_->write({});
  if (!message) return tl::make_unexpected(message.error());
  put_frame(*message, out);
  establish();
  return {};
}

Result<void> Channel::receive_third(ByteSpan body) {
  const Result<Bytes> payload = handshake_->read(body);
  if (!payload) return tl::make_unexpected(payload.error());
  establish();
  return {};
}

void Channel::establish() {
  peer_ = *handshake_->remote_static();
  ciphers_ = handshake_->split();
  handshake_.reset();
  established_ = true;
}

Result<std::optional<Message>> Channel::next() {
  // Messages of a newer version are passed over. There may be as many of them as bytes: no recursion.
  for (;;) {
    const Result<std::optional<ByteSpan>> body = next_body();
    if (!body) return tl::make_unexpected(body.error());
    if (!*body) return std::optional<Message>();
    ++messages_in_;
    auto message = decode_message(**body);
    if (!message || *message) return message;
    if (++passed_over_ > kMaxPassedOver) {
      return fail(ErrorCode::limit_exceeded, "The other side sent more than " + std::to_string(kMaxPassedOver) +
                                                 " messages that this version does not know.");
    }
  }
}

Result<std::optional<ByteSpan>> Channel::next_body() {
  ByteReader reader(ByteSpan(stream_).subspan(stream_read_));
  const std::size_t available = reader.remaining();
  const std::uint64_t length = reader.varint();
  if (!reader.ok() && available >= 10) return tl::make_unexpected(unexpected("a message whose length is none"));
  if (reader.ok() && length > message_limit_) {
    return fail(ErrorCode::limit_exceeded, "The other side sent a message of " + std::to_string(length) +
                                               " bytes; the limit is " + std::to_string(message_limit_) + ".");
  }
  if (!reader.ok() || reader.remaining() < length) {
    stream_.erase(stream_.begin(), stream_.begin() + static_cast<std::ptrdiff_t>(stream_read_));
    stream_read_ = 0;
    return std::optional<ByteSpan>();
  }
  const ByteSpan body = reader.raw(length);
  stream_read_ += available - reader.remaining();
  return std::optional(body);
}

void Channel::send(const Message& message) {
  CHECK(established_);
  const Bytes body = encode_message(message);
  ByteWriter length;
  length.varint(body.size());
  plain_.insert(plain_.end(), length.bytes().begin(), length.bytes().end());
  plain_.insert(plain_.end(), body.begin(), body.end());
}

Result<void> Channel::flush(Bytes& out) {
  for (ByteSpan rest = plain_; !rest.empty();) {
    const ByteSpan part = rest.first(std::min(rest.size(), kFramePlaintext));
    rest = rest.subspan(part.size());
    const std::size_t length = part.size() + crypto::kTagSize;
    out.push_back(static_cast<std::byte>(length >> 8));
    out.push_back(static_cast<std::byte>(length & 255));
    if (const auto sealed = ciphers_.send.seal({}, part, out); !sealed) return sealed;
  }
  plain_.clear();
  return {};
}

}  // namespace plenary::sync
