#include "bench/proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "bench/wire.h"

namespace plenary::bench {
namespace {

constexpr int kLookRoundMs = 50;
constexpr std::size_t kChunk = 256 * 1024;

}  // namespace

// One connection through a gate: [0] is the tablet's socket, [1] the hub's. What came from one waits for the other,
// and nothing more is read until it has gone, so that the proxy holds nothing back and hoards nothing.
struct Proxies::Pair {
  Gate* gate;
  int socket[2];
  std::string waiting[2];  // bytes on their way to socket[i]
  bool open = true;

  ~Pair() {
    ::close(socket[0]);
    ::close(socket[1]);
  }

  short wanted(int side) const {
    return static_cast<short>((waiting[1 - side].empty() ? POLLIN : 0) | (waiting[side].empty() ? 0 : POLLOUT));
  }

  void flush(int side) {
    std::string& bytes = waiting[side];
    if (bytes.empty()) return;
    const ssize_t wrote = ::send(socket[side], bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (wrote > 0) bytes.erase(0, static_cast<std::size_t>(wrote));
    if (wrote < 0 && errno != EAGAIN) open = false;
  }

  void move_from(int side) {
    std::string& bytes = waiting[1 - side];
    if (!bytes.empty()) return;
    bytes.resize(kChunk);
    const ssize_t got = ::recv(socket[side], bytes.data(), kChunk, 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) open = false;
    (side == 0 ? gate->up : gate->down) += bytes.size();
    flush(1 - side);
  }
};

Proxies::Proxies(std::uint16_t target, std::size_t count) : target_(target) {
  for (std::size_t i = 0; i < count; ++i) {
    gates_.push_back(std::make_unique<Gate>());
    gates_.back()->listener = listen_on_loopback(gates_.back()->port);
  }
  thread_ = std::thread([this] { serve(); });
}

Proxies::~Proxies() {
  stopping_ = true;
  thread_.join();
  for (const auto& gate : gates_) ::close(gate->listener);
}

void Proxies::accept_all(std::vector<std::unique_ptr<Pair>>& pairs) {
  for (const auto& gate : gates_) {
    for (int socket; (socket = accept_from(gate->listener)) >= 0;) {
      pairs.push_back(std::unique_ptr<Pair>(new Pair{gate.get(), {socket, connect_to_loopback(target_)}, {}, true}));
    }
  }
}

void Proxies::serve() {
  std::vector<std::unique_ptr<Pair>> pairs;
  while (!stopping_) {
    std::vector<pollfd> waiting;
    for (const auto& gate : gates_) waiting.push_back({gate->listener, POLLIN, 0});
    for (const auto& pair : pairs) {
      for (int side : {0, 1}) waiting.push_back({pair->socket[side], pair->wanted(side), 0});
    }
    if (::poll(waiting.data(), waiting.size(), kLookRoundMs) <= 0) continue;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      for (int side : {0, 1}) {
        const short events = waiting[gates_.size() + 2 * i + static_cast<std::size_t>(side)].revents;
        if (events & POLLOUT) pairs[i]->flush(side);
        if (events & (POLLIN | POLLHUP | POLLERR)) pairs[i]->move_from(side);
      }
    }
    std::erase_if(pairs, [](const auto& pair) { return !pair->open; });
    accept_all(pairs);
  }
}

Traffic Proxies::traffic(std::size_t index) const {
  return {gates_[index]->up, gates_[index]->down};
}

Traffic Proxies::total() const {
  Traffic sum;
  for (const auto& gate : gates_) {
    sum.up += gate->up;
    sum.down += gate->down;
  }
  return sum;
}

void Proxies::wait_for_silence(int ms) const {
  Traffic before = total();
  for (int quiet = 0; quiet < ms; quiet += 25) {
    ::poll(nullptr, 0, 25);
    const Traffic now = total();
    if (now.up != before.up || now.down != before.down) quiet = 0;
    before = now;
  }
}

}  // namespace plenary::bench
