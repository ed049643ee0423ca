#include "bench/floor_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/wire.h"

namespace plenary::bench {
namespace {

volatile sig_atomic_t stopping = 0;

struct Client {
  int socket = -1;
  std::uint32_t tablet = 0;
  bool greeted = false;
  FrameReader reader;
  FrameWriter writer;
};

struct Blob {
  std::uint32_t from;
  std::string bytes;
};

class Relay {
 public:
  explicit Relay(const std::filesystem::path& folder)
      : file_(::open((folder / "blobs.log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error("the floor relay cannot write in " + folder.string());
  }

  void serve() {
    std::uint16_t port = 0;
    const int listener = listen_on_loopback(port);
    std::printf("port %u\n", unsigned{port});
    std::fflush(stdout);
    while (!stopping) {
      std::vector<pollfd> waiting{{listener, POLLIN, 0}};
      for (const Client& c : clients_) {
        waiting.push_back({c.socket, static_cast<short>(POLLIN | (c.writer.empty() ? 0 : POLLOUT)), 0});
      }
      if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;  // a signal
      std::size_t place = 1;
      for (auto it = clients_.begin(); it != clients_.end() && place < waiting.size(); ++place) {
        it = waiting[place].revents == 0 || serve_one(*it) ? std::next(it) : drop(it);
      }
      for (int socket; (socket = accept_from(listener)) >= 0;) clients_.emplace_back().socket = socket;
    }
  }

 private:
  bool serve_one(Client& client) {
    const bool open = client.reader.read(client.socket, [&](std::uint32_t kind, std::string_view blob) {
      kind == 0 ? greet(client, blob) : push(client, blob);
    });
    return open && client.writer.write(client.socket);
  }

  std::list<Client>::iterator drop(std::list<Client>::iterator client) {
    ::close(client->socket);
    return clients_.erase(client);
  }

  void greet(Client& client, std::string_view hello) {
    client.tablet = read_u32(hello);
    client.greeted = true;
    for (std::size_t i = read_u32(hello.substr(4)); i < blobs_.size(); ++i) {
      if (blobs_[i].from != client.tablet) {
        client.writer.add(frame(static_cast<std::uint32_t>(i + 1), blobs_[i].bytes));
      }
    }
    client.writer.add(frame(count(), {}));
  }

  void push(Client& client, std::string_view blob) {
    append(blob);
    blobs_.push_back({client.tablet, std::string(blob)});
    client.writer.add(frame(count(), {}));
    const std::string out = frame(count(), blob);
    for (Client& other : clients_) {
      if (&other == &client || !other.greeted) continue;
      other.writer.add(out);
      other.writer.write(other.socket);
    }
  }

  void append(std::string_view blob) {
    std::string length;
    append_u32(length, static_cast<std::uint32_t>(blob.size()));
    const iovec parts[] = {{length.data(), length.size()}, {const_cast<char*>(blob.data()), blob.size()}};
    const auto size = static_cast<ssize_t>(length.size() + blob.size());
    if (::writev(file_, parts, 2) != size || ::fdatasync(file_) != 0) throw std::runtime_error("the relay's disk");
  }

  std::uint32_t count() const { return static_cast<std::uint32_t>(blobs_.size()); }

  int file_;
  std::vector<Blob> blobs_;  // a copy of the file in memory
  std::list<Client> clients_;
};

}  // namespace

int run_floor_relay(const std::filesystem::path& folder) {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &action, nullptr);
  Relay(folder).serve();
  return 0;
}

}  // namespace plenary::bench
