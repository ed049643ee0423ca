// The floor relay's wire: frame = u32 length of the rest, u32 number, blob; little-endian. From a tablet, number 0 is
// the hello, whose blob is (u32 tablet, u32 blobs it has), and 1 is a push. From the relay, the number is how many
// blobs there are up to here; an empty blob acknowledges.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace plenary::bench {

void append_u32(std::string& out, std::uint32_t value);
std::uint32_t read_u32(std::string_view bytes);

std::string frame(std::uint32_t number, std::string_view blob);

// Collects what a socket gives and hands out whole frames.
class FrameReader {
 public:
  using Handler = std::function<void(std::uint32_t number, std::string_view blob)>;
  // Reads what is there from a non-blocking socket. False: the other side has closed.
  bool read(int socket, const Handler& handler);

 private:
  std::string buffer_;
};

// Bytes on their way out of a non-blocking socket.
class FrameWriter {
 public:
  void add(std::string_view bytes) { buffer_.append(bytes); }
  bool empty() const { return sent_ == buffer_.size(); }
  // Writes as much as the socket takes. False: the other side has closed.
  bool write(int socket);

 private:
  std::string buffer_;
  std::size_t sent_ = 0;
};

// Loopback sockets, non-blocking and without delay. They throw std::system_error.
int listen_on_loopback(std::uint16_t& port);  // port 0: a free one, written back
int accept_from(int listener);                // -1: nobody waits
int connect_to_loopback(std::uint16_t port);

}  // namespace plenary::bench
