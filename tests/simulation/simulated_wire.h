// Connections between devices and one hub: bytes arrive in order, in pieces of any size, until a connection is cut.
#pragma once

#include <functional>

#include "core/sync/session.h"
#include "tests/contract/random.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/simulated_hub.h"

namespace plenary::simulation {

// What may go wrong on the way.
struct Weather {
  std::size_t piece = 0;                 // bytes given to a session at a time; 0: all that there are
  std::optional<std::size_t> cut_after;  // all connections are cut once this many bytes have arrived
};

class SimulatedWire {
 public:
  // Looks at everything that a device hands over, before the hub decides about it.
  using Watch = std::function<void(SimulatedDevice& sender, const sync::StoreRequest& request)>;

  SimulatedWire(SimulatedHub& hub, const SpaceId& space, const Weather& weather, Watch watch)
      : hub_(hub), space_(space), weather_(weather), watch_(std::move(watch)) {}

  void connect(SimulatedDevice& device);
  // Until nothing moves, or everything is cut. Then good-byes are said.
  void run();

  // Whose connections ended up to date.
  const std::set<SimulatedDevice*>& up_to_date() const { return up_to_date_; }
  // To whom the hub showed what it has, or says it has. Whom it does not let in it shows nothing, true or false.
  const std::set<SimulatedDevice*>& shown() const { return shown_; }
  // From whom the hub hid a log, or to whom it shows another history than to them or to a colleague before: what each
  // should say of it.
  const std::map<SimulatedDevice*, Deception>& deceived() const { return deceived_; }
  // Who said that the hub contradicts itself.
  const std::set<SimulatedDevice*>& alarmed() const { return alarmed_; }
  std::uint64_t bytes() const { return arrived_; }
  // What hub or device refused, and alarms, in words.
  const std::set<std::string>& refusals() const { return refusals_; }

 private:
  struct Link {
    SimulatedDevice* device = nullptr;
    std::unique_ptr<sync::DeviceSession> near;
    std::unique_ptr<sync::HubSession> far;
    Bytes to_hub, to_device;
    std::optional<std::int64_t> wake_at_ms;
    bool cut = false;
  };
  void on_device(Link& link, const std::function<sync::Output()>& call);
  void note_contradiction(SimulatedDevice& device);
  void on_hub(const std::function<void()>& call);
  void take_from_device(Link& link, sync::Output output);
  sync::Output ask_hub(Link& link, const std::function<sync::Output(sync::HubSession&)>& call);
  void take_from_hub(Link& link, sync::Output output);
  void commit(Link& link, const sync::StoreRequest& request);
  bool move(Link& link, bool to_hub);
  bool let_time_pass();
  void move_all();
  static void cut(Link& link);
  void cut_all();

  SimulatedHub& hub_;
  SpaceId space_;
  Weather weather_;
  Watch watch_;
  std::vector<std::unique_ptr<Link>> links_;
  std::uint64_t arrived_ = 0;
  std::int64_t now_ms_ = 1'000;
  std::set<SimulatedDevice*> up_to_date_, alarmed_, shown_;
  std::map<SimulatedDevice*, Deception> deceived_;
  std::set<std::string> refusals_;
};

}  // namespace plenary::simulation
