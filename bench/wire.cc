#include "bench/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace plenary::bench {
namespace {

constexpr std::size_t kReadSize = 256 * 1024;

[[noreturn]] void throw_errno(const char* doing) {
  throw std::system_error(errno, std::generic_category(), doing);
}

void make_quick(int socket) {
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string frame(std::uint32_t number, std::string_view blob) {
  std::string out;
  out.reserve(8 + blob.size());
  append_u32(out, static_cast<std::uint32_t>(4 + blob.size()));
  append_u32(out, number);
  out.append(blob);
  return out;
}

bool FrameReader::read(int socket, const Handler& handler) {
  bool open = true;
  for (;;) {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + kReadSize);
    const ssize_t got = ::recv(socket, buffer_.data() + before, kReadSize, 0);
    buffer_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0 || (got < 0 && errno != EAGAIN)) open = false;
    if (got < static_cast<ssize_t>(kReadSize)) break;
  }
  std::size_t at = 0;
  while (buffer_.size() - at >= 8) {
    const std::string_view rest = std::string_view(buffer_).substr(at);
    const std::size_t length = read_u32(rest);
    if (rest.size() < 4 + length) break;
    handler(read_u32(rest.substr(4)), rest.substr(8, length - 4));
    at += 4 + length;
  }
  buffer_.erase(0, at);
  return open;
}

bool FrameWriter::write(int socket) {
  while (!empty()) {
    const ssize_t wrote = ::send(socket, buffer_.data() + sent_, buffer_.size() - sent_, MSG_NOSIGNAL);
    if (wrote < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(wrote);
  }
  buffer_.clear();
  sent_ = 0;
  return true;
}

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) throw_errno("socket");
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) < 0) throw_errno("bind");
  if (::listen(listener, 64) < 0) throw_errno("listen");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  fcntl(listener, F_SETFL, O_NONBLOCK);
  port = ntohs(address.sin_port);
  return listener;
}

int accept_from(int listener) {
  const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket >= 0) make_quick(socket);
  return socket;
}

int connect_to_loopback(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw_errno("socket");
  sockaddr_in address = loopback(port);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) throw_errno("connect");
  make_quick(socket);
  return socket;
}

}  // namespace plenary::bench
