// Connection: carries a sync::DeviceSession to a hub over TCP. One object, one sync.
//
// run() blocks the thread that calls it, and everything of the device's spaces happens on that thread. cancel() and
// local_change() may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/sync/session.h"

namespace plenary::link {

// Where a hub is, and who it has to be.
struct HubAddress {
  std::string host;
  std::uint16_t port = 0;
  TransportKey key;
  friend bool operator==(const HubAddress&, const HubAddress&) = default;
};

// "hub.example.org:7411", "192.0.2.7:7411", "[2001:db8::7]:7411". Errors: invalid_argument.
Result<HubAddress> parse_hub_address(std::string_view host_and_port, const TransportKey& key);

enum class Stay : std::uint8_t {
  until_up_to_date,  // both sides hold the same: say good-bye
  for_live_push,     // stay until cancel(), or until the connection ends
};

struct Options {
  Stay stay = Stay::until_up_to_date;
  // Names are looked up and the hub reached within this time…
  std::chrono::milliseconds connect_timeout{10'000};
  // …and then the hub is never silent for longer while something is to be done.
  std::chrono::milliseconds silence_timeout{60'000};
  std::string token;            // for founding spaces on a hub that asks for one
  std::string program;          // name and version, for the hub's log
  std::vector<SpaceId> spaces;  // empty: all that belong to the hub
  // Called on the thread of run(), at most every 50 ms and at the end.
  std::function<void(const sync::Progress&)> on_progress;
  std::function<void(const sync::Event&)> on_event;
};

// How a sync went that reached its end.
struct Summary {
  sync::Progress progress;
  std::vector<sync::Event> refused;  // spaces and items that the hub or this device refused; the rest went on
  bool up_to_date = false;           // false: cancelled before
};

class Connection {
 public:
  // `spaces`, `key` (the device's transport key pair) and `environment` outlive the connection.
  Connection(sync::DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment, HubAddress hub,
             Options options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects and syncs. Errors: unavailable (the hub cannot be reached, is silent, or the connection broke: what was
  // acknowledged is safe, the rest stays here), refused (a wrong hub key, or the hub refuses this device),
  // and what else ended the session. Exceptions of the device's storage come through.
  Result<Summary> run();
  // Says good-bye and makes run() return soon. Also before run().
  void cancel();
  // Something was written on this device: hand it over now.
  void local_change();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenary::link
