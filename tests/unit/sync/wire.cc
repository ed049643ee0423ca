#include "tests/unit/sync/wire.h"

#include <algorithm>

namespace plenary::sync {

Link& Wire::connect(MemoryTablet& tablet, const TransportKey* expected_hub) {
  links_.push_back(std::make_unique<Link>());
  Link& link = *links_.back();
  link.tablet = &tablet;
  DeviceOptions options = device_options;
  options.hub = expected_hub ? *expected_hub : hub_.transport().public_key();
  link.device = std::make_unique<DeviceSession>(tablet, tablet.transport(), environment_, options);
  link.hub = std::make_unique<HubSession>(hub_, hub_.transport(), hub_.signing(), environment_, hub_options);
  from_hub(link, link.hub->start(now_ms));
  from_device(link, link.device->start(now_ms));
  return link;
}

void Wire::cut(Link& link) {
  link.cut = true;
  link.to_hub.clear();
  link.to_device.clear();
}

void Wire::from_device(Link& link, Output output) {
  while (true) {
    if (meddle) meddle(output.send);
    link.to_hub.insert(link.to_hub.end(), output.send.begin(), output.send.end());
    link.recorded_to_hub.insert(link.recorded_to_hub.end(), output.send.begin(), output.send.end());
    link.events.insert(link.events.end(), output.events.begin(), output.events.end());
    link.wake_at_ms = output.wake_at_ms;
    if (!output.more) return;
    output = link.device->resume(now_ms);
  }
}

void Wire::send_frames(Link& link, ByteSpan frames) {
  while (!frames.empty() && !link.hub_closed) {
    const std::size_t body = std::to_integer<std::size_t>(frames[0]) * 256 + std::to_integer<std::size_t>(frames[1]);
    const ByteSpan frame = frames.first(2 + body);
    link.hub_closed = ++hub_frames == hub_closes_in;
    const ByteSpan sent = link.hub_closed ? frame.first(frame.size() / 2) : frame;
    link.to_device.insert(link.to_device.end(), sent.begin(), sent.end());
    frames = frames.subspan(frame.size());
  }
}

void Wire::from_hub(Link& link, Output output) {
  while (true) {
    send_frames(link, output.send);
    link.hub_events.insert(link.hub_events.end(), output.events.begin(), output.events.end());
    const std::vector<StoreRequest> requests = std::move(output.store);
    const bool more = output.more;
    for (const StoreRequest& request : requests) {
      from_hub(link, link.hub->stored(hub_.commit(request), now_ms));
      for (const auto& other : links_) {
        if (!other->cut) from_hub(*other, other->hub->changed(request.space, now_ms));
      }
    }
    if (!more) return;
    output = link.hub->resume(now_ms);
  }
}

bool Wire::move(Link& link, Bytes& bytes, bool to_hub) {
  if (link.hub_closed && link.to_device.empty()) cut(link);
  if (bytes.empty() || link.cut) return false;
  std::size_t size = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
  if (cut_after) size = std::min(size, *cut_after - arrived);
  const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  arrived += size;
  if (to_hub) {
    from_hub(link, link.hub->receive(part, now_ms));
  } else {
    from_device(link, link.device->receive(part, now_ms));
  }
  if (cut_after && arrived >= *cut_after) {
    for (const auto& each : links_) cut(*each);
  }
  return true;
}

bool Wire::let_time_pass() {
  std::optional<std::int64_t> next;
  for (const auto& link : links_) {
    if (!link->cut && link->wake_at_ms && !link->device->over()) {
      next = std::min(next.value_or(*link->wake_at_ms), *link->wake_at_ms);
    }
  }
  if (!next || *next > now_ms + 5'000) return false;
  now_ms = std::max(now_ms, *next);
  for (const auto& link : links_) {
    if (!link->cut && link->wake_at_ms && *link->wake_at_ms <= now_ms) from_device(*link, link->device->tick(now_ms));
  }
  return true;
}

void Wire::run() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      moved |= move(*links_[i], links_[i]->to_hub, true);
      moved |= move(*links_[i], links_[i]->to_device, false);
    }
    if (!moved) moved = let_time_pass();
  }
}

void meet(MemoryTablet& tablet, MemoryHub& hub) {
  Wire wire(hub);
  Link& link = wire.connect(tablet);
  wire.run();
  wire.finish(link);
  wire.run();
}

}  // namespace plenary::sync
