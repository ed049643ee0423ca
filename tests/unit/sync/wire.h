// Connections in memory between tablets and a hub: bytes arrive in order, in pieces of any size, until the connection
// is cut. Time stands still until nothing moves any more.
#pragma once

#include <functional>
#include <memory>

#include "tests/unit/sync/memory_hub.h"
#include "tests/unit/sync/memory_tablet.h"

namespace plenary::sync {

// One tablet's connection to a hub.
struct Link {
  MemoryTablet* tablet = nullptr;
  std::unique_ptr<DeviceSession> device;
  std::unique_ptr<HubSession> hub;
  Bytes to_hub, to_device;  // on their way
  Bytes recorded_to_hub;    // everything that ever went there
  bool cut = false;
  bool hub_closed = false;  // nothing more comes from the hub than what is on its way
  std::optional<std::int64_t> wake_at_ms;
  std::vector<Event> events;  // of the tablet's session
  std::vector<Event> hub_events;

  const Event* event(Event::Kind kind) const {
    for (const Event& each : events) {
      if (each.kind == kind) return &each;
    }
    return nullptr;
  }
};

class Wire {
 public:
  explicit Wire(MemoryHub& hub) : hub_(hub) {}

  // Bytes given to a session at a time; 0: all that there are.
  std::size_t piece = 0;
  // All connections are cut once this many bytes have arrived, in both directions together.
  std::optional<std::size_t> cut_after;
  std::size_t arrived = 0;
  // The hub closes the connection in the middle of the frame that it sends with this number, of all connections
  // together; the first is 1.
  std::optional<std::size_t> hub_closes_in;
  std::size_t hub_frames = 0;
  // Changes what a tablet sends, on the way.
  std::function<void(Bytes&)> meddle;
  DeviceOptions device_options;
  HubOptions hub_options;

  Link& connect(MemoryTablet& tablet, const TransportKey* expected_hub = nullptr);
  // Until nothing moves, and no session wants to be woken within five seconds.
  void run();
  void tell(Link& link) { from_device(link, link.device->local_change(now_ms)); }
  void finish(Link& link) { from_device(link, link.device->finish(now_ms)); }
  void cut(Link& link);

  std::int64_t now_ms = 1'000;

 private:
  bool move(Link& link, Bytes& bytes, bool to_hub);
  void from_device(Link& link, Output output);
  void from_hub(Link& link, Output output);
  void send_frames(Link& link, ByteSpan frames);
  bool let_time_pass();

  MemoryHub& hub_;
  crypto::SystemEnvironment environment_;
  std::vector<std::unique_ptr<Link>> links_;
};

// Connects, exchanges everything, says good-bye.
void meet(MemoryTablet& tablet, MemoryHub& hub);

}  // namespace plenary::sync
