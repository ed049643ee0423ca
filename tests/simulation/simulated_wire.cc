#include "tests/simulation/simulated_wire.h"

namespace plenary::simulation {
namespace {

// A device that waits longer than this to go on has nothing to do.
constexpr std::int64_t kPatienceMs = 5'000;
// More bytes than this between so few devices: two sessions talk in circles.
constexpr std::uint64_t kCircleBytes = 64U << 20;

}  // namespace

void SimulatedWire::connect(SimulatedDevice& device) {
  links_.push_back(std::make_unique<Link>());
  Link& link = *links_.back();
  link.device = &device;
  sync::DeviceOptions options;
  options.hub = hub_.transport().public_key();
  link.near = std::make_unique<sync::DeviceSession>(device.replica().sync(), device.replica().transport_key(),
                                                    device.environment, options);
  link.far = std::make_unique<sync::HubSession>(hub_.spaces(), hub_.transport(), hub_.signing(), hub_.environment,
                                                sync::HubOptions{});
  on_hub([&] { take_from_hub(link, ask_hub(link, [&](auto& hub) { return hub.start(now_ms_); })); });
  on_device(link, [&] {
    note_contradiction(device);
    return link.near->start(now_ms_);
  });
}

// A colleague's head shows what is wrong where the way from the device's own head passes by it.
void SimulatedWire::note_contradiction(SimulatedDevice& device) {
  auto& replica = device.replica().sync();
  const auto kept = replica.hub_head(space_, hub_.transport().public_key());
  if (!kept) return;
  if (hub_.contradicts(space_, *kept)) {
    deceived_[&device].contradicts_device = true;
    return;
  }
  for (const sync::HubHead& witness : replica.witnessed(space_, hub_.signing())) {
    const bool is_passed = witness.epoch == kept->epoch && witness.number > kept->number;
    if (is_passed && hub_.contradicts(space_, witness)) deceived_[&device].contradicts_witness = true;
  }
}

void SimulatedWire::cut(Link& link) {
  link.cut = true;
  link.to_hub.clear();
  link.to_device.clear();
}

void SimulatedWire::cut_all() {
  for (const auto& link : links_) cut(*link);
}

// The device's disk may fail at any moment: then its connection ends, and after a power cut its program starts anew.
void SimulatedWire::on_device(Link& link, const std::function<sync::Output()>& call) {
  if (link.cut) return;
  const Ending ending = link.device->attempt([&] { take_from_device(link, call()); });
  if (ending != Ending::done) cut(link);
  // The session referred to a replica that is gone.
  if (ending == Ending::power_cut) link.near.reset();
}

void SimulatedWire::on_hub(const std::function<void()>& call) {
  bool broken = false;
  try {
    call();
  } catch (const sqlite::Failure&) {
    broken = true;
  }
  if (!broken && !hub_.disk.power_is_cut()) return;
  cut_all();
  for (const auto& link : links_) link->far.reset();
  hub_.restart();
}

void SimulatedWire::take_from_device(Link& link, sync::Output output) {
  while (true) {
    link.to_hub.insert(link.to_hub.end(), output.send.begin(), output.send.end());
    link.wake_at_ms = output.wake_at_ms;
    for (const sync::Event& event : output.events) {
      const bool tells = event.kind == sync::Event::Kind::refused || event.kind == sync::Event::Kind::alarm ||
                         (event.kind == sync::Event::Kind::closed && !event.error.message.empty());
      if (event.kind == sync::Event::Kind::alarm) alarmed_.insert(link.device);
      if (tells) refusals_.insert(link.device->name + ": " + event.error.message);
    }
    if (!output.more) return;
    output = link.near->resume(now_ms_);
  }
}

// What the hub shows while it answers, it shows to this device.
sync::Output SimulatedWire::ask_hub(Link& link, const std::function<sync::Output(sync::HubSession&)>& call) {
  (void)hub_.take_shown();
  sync::Output output = call(*link.far);
  const SimulatedHub::Shown shown = hub_.take_shown();
  if (shown.anything) shown_.insert(link.device);
  if (shown.less_than_it_has) deceived_[link.device].hides = true;
  return output;
}

void SimulatedWire::take_from_hub(Link& link, sync::Output output) {
  while (!link.cut) {
    link.to_device.insert(link.to_device.end(), output.send.begin(), output.send.end());
    const std::vector<sync::StoreRequest> requests = std::move(output.store);
    const bool more = output.more;
    for (const sync::StoreRequest& request : requests) commit(link, request);
    if (!more) return;
    output = ask_hub(link, [&](auto& hub) { return hub.resume(now_ms_); });
  }
}

void SimulatedWire::commit(Link& link, const sync::StoreRequest& request) {
  watch_(*link.device, request);
  const hub::Committed committed = hub_.store({request});
  take_from_hub(link, ask_hub(link, [&](auto& hub) { return hub.stored(committed.outcomes.at(0), now_ms_); }));
  for (const SpaceId& space : committed.changed) {
    for (const auto& other : links_) {
      if (other->cut) continue;
      take_from_hub(*other, ask_hub(*other, [&](auto& hub) { return hub.changed(space, now_ms_); }));
    }
  }
}

bool SimulatedWire::move(Link& link, bool to_hub) {
  Bytes& bytes = to_hub ? link.to_hub : link.to_device;
  if (bytes.empty() || link.cut) return false;
  std::size_t size = weather_.piece == 0 ? bytes.size() : std::min(weather_.piece, bytes.size());
  if (weather_.cut_after) size = std::min<std::size_t>(size, *weather_.cut_after - arrived_);
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(size);
  const Bytes part(bytes.begin(), end);
  bytes.erase(bytes.begin(), end);
  arrived_ += size;
  if (to_hub) {
    on_hub([&] { take_from_hub(link, ask_hub(link, [&](auto& hub) { return hub.receive(part, now_ms_); })); });
  } else {
    on_device(link, [&] { return link.near->receive(part, now_ms_); });
  }
  if (weather_.cut_after && arrived_ >= *weather_.cut_after) cut_all();
  if (arrived_ > kCircleBytes) throw Violation("A device and the hub talk in circles.");
  return true;
}

bool SimulatedWire::let_time_pass() {
  std::optional<std::int64_t> next;
  for (const auto& link : links_) {
    if (link->cut || !link->wake_at_ms || link->near->over()) continue;
    next = std::min(next.value_or(*link->wake_at_ms), *link->wake_at_ms);
  }
  if (!next || *next > now_ms_ + kPatienceMs) return false;
  now_ms_ = std::max(now_ms_, *next);
  for (const auto& link : links_) {
    if (link->cut || !link->wake_at_ms || *link->wake_at_ms > now_ms_) continue;
    on_device(*link, [&] { return link->near->tick(now_ms_); });
  }
  return true;
}

void SimulatedWire::move_all() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      moved |= move(*links_[i], true);
      moved |= move(*links_[i], false);
    }
    if (!moved) moved = let_time_pass();
  }
}

void SimulatedWire::run() {
  move_all();
  for (const auto& link : links_) {
    if (link->cut) continue;
    if (link->near->up_to_date()) up_to_date_.insert(link->device);
    on_device(*link, [&] { return link->near->finish(now_ms_); });
  }
  move_all();
}

}  // namespace plenary::simulation
