// TCP proxies on loopback that count bytes and change nothing, all on one thread: one port per tablet.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace plenary::bench {

struct Traffic {
  std::uint64_t up = 0, down = 0;
  friend Traffic operator-(Traffic a, Traffic b) { return {a.up - b.up, a.down - b.down}; }
};

class Proxies {
 public:
  // `count` ports, all leading to `target`.
  Proxies(std::uint16_t target, std::size_t count);
  ~Proxies();
  Proxies(const Proxies&) = delete;
  Proxies& operator=(const Proxies&) = delete;

  std::uint16_t port(std::size_t index) const { return gates_[index]->port; }
  Traffic traffic(std::size_t index) const;
  Traffic total() const;
  // Waits until no byte has passed for `ms`.
  void wait_for_silence(int ms) const;

 private:
  struct Gate {
    int listener = -1;
    std::uint16_t port = 0;
    std::atomic<std::uint64_t> up{0}, down{0};
  };
  struct Pair;

  void serve();
  void accept_all(std::vector<std::unique_ptr<Pair>>& pairs);

  std::uint16_t target_;
  std::vector<std::unique_ptr<Gate>> gates_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace plenary::bench
