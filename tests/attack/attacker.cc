#include "tests/attack/attacker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace plenary::attack {
namespace {

constexpr int kSendTimeoutMs = 1'000;
constexpr int kHearTimeoutMs = 10'000;

}  // namespace

Attacker::Attacker(const Target& target) : target_(target) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
    return;
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Attacker::~Attacker() {
  if (socket_ >= 0) ::close(socket_);
}

bool Attacker::send(ByteSpan bytes) {
  sent_.insert(sent_.end(), bytes.begin(), bytes.end());
  while (connected() && !bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      continue;
    }
    pollfd room{socket_, POLLOUT, 0};
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || ::poll(&room, 1, kSendTimeoutMs) <= 0) return false;
  }
  return connected();
}

// Nothing: the hub closed. 0: it was silent for so long.
std::optional<std::size_t> Attacker::receive(std::span<std::byte> into, int milliseconds) {
  if (!connected()) return std::nullopt;
  pollfd readable{socket_, POLLIN, 0};
  if (::poll(&readable, 1, milliseconds) <= 0) return 0;
  const ssize_t count = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
  if (count <= 0) return std::nullopt;
  return static_cast<std::size_t>(count);
}

bool Attacker::shake_hands(const crypto::AgreementKey& key) {
  channel_.emplace(sync::Channel::to_hub(key, target_.hub, environment_));
  Bytes out;
  if (!channel_->start(out) || !send(out)) return false;
  std::array<std::byte, 4096> buffer;
  while (!channel_->established()) {
    const auto count = receive(buffer, kHearTimeoutMs);
    Bytes answer;
    if (!count || *count == 0 || !channel_->receive(ByteSpan(buffer).first(*count), answer)) return false;
    if (!answer.empty() && !send(answer)) return false;
  }
  channel_->set_message_limit(sync::kMaxMessage);
  return true;
}

bool Attacker::flush() {
  Bytes bytes;
  return channel_->flush(bytes) && send(bytes);
}

bool Attacker::say(const sync::Message& message) {
  channel_->send(message);
  return flush();
}

bool Attacker::say_bytes(ByteSpan stream) {
  channel_->send_bytes(stream);
  return flush();
}

std::optional<sync::Message> Attacker::hear() {
  std::array<std::byte, 65536> buffer;
  for (;;) {
    auto message = channel_->next();
    if (!message) return std::nullopt;
    if (*message) return **message;
    const auto count = receive(buffer, kHearTimeoutMs);
    Bytes nothing;
    if (!count || *count == 0 || !channel_->receive(ByteSpan(buffer).first(*count), nothing)) return std::nullopt;
  }
}

bool Attacker::is_closed_within(int milliseconds) {
  std::array<std::byte, 65536> buffer;
  for (;;) {
    const auto count = receive(buffer, milliseconds);
    if (!count) return true;
    if (*count == 0) return false;
  }
}

sync::Message hello(const SpaceId& space, std::uint64_t window) {
  sync::Open open;
  open.space = space;
  return sync::Hello{"", window, "", {open}};
}

}  // namespace plenary::attack
