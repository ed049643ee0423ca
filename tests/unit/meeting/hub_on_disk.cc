#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary {

HubOnDisk::Open::Open(const std::filesystem::path& folder, const hub::Policy& policy, const crypto::SigningKey& signing)
    : to_write(hub::open_hub_database(folder).value()),
      to_read(hub::open_hub_database_to_read(folder).value()),
      writer(*to_write, policy, signing),
      reader(*to_read) {}

HubOnDisk::HubOnDisk(const std::filesystem::path& folder)
    : folder_(folder), identity_(hub::create_identity(folder, environment_).value()), policy_(hub::Configuration{}) {
  start();
}

HubOnDisk::HubOnDisk(HubOnDisk& original, const std::filesystem::path& folder)
    : folder_(folder),
      identity_((original.stop(), std::filesystem::copy(original.folder_, folder), hub::load_identity(folder).value())),
      policy_(hub::Configuration{}) {
  open_ = std::make_unique<Open>(folder_, policy_, identity_.signing);
  original.start();
}

void HubOnDisk::stop() {
  if (open_) hub::renew_mark(database(), folder_, environment_);
  open_.reset();
}

void HubOnDisk::start() {
  open_ = std::make_unique<Open>(folder_, policy_, identity_.signing);
  if (hub::was_put_back(database(), folder_)) {
    writer().open_epoch(static_cast<std::uint64_t>(environment_.now_ms() / 1000));
  }
  hub::renew_mark(database(), folder_, environment_);
}

void HubOnDisk::serve(sync::HubSession& session, sync::Output output, Bytes& to_device) {
  for (;;) {
    to_device.insert(to_device.end(), output.send.begin(), output.send.end());
    const std::vector<sync::StoreRequest> requests = std::move(output.store);
    const bool more = output.more;
    for (const sync::StoreRequest& request : requests) {
      const hub::Committed committed = open_->writer.store({&request, 1});
      for (const SpaceId& space : committed.changed) open_->reader.changed(space);
      serve(session, session.stored(committed.outcomes.at(0), 0), to_device);
      serve(session, session.changed(request.space, 0), to_device);
    }
    if (!more) return;
    output = session.resume(0);
  }
}

std::vector<sync::Event> HubOnDisk::meet(replica::Tablet& tablet, const SpaceId& space) {
  sync::DeviceOptions options;
  options.hub = key();
  options.spaces = {space};
  sync::DeviceSession device(tablet.replica->sync(), tablet.replica->transport_key(), tablet.environment, options);
  sync::HubSession hub(open_->reader, identity_.transport, identity_.signing.public_key(), environment_, {});
  Bytes to_hub, to_device;
  std::vector<sync::Event> events;
  std::int64_t now_ms = 1'000;
  const auto take = [&](sync::Output output) {
    for (;;) {
      to_hub.insert(to_hub.end(), output.send.begin(), output.send.end());
      events.insert(events.end(), output.events.begin(), output.events.end());
      if (!output.more) return;
      output = device.resume(now_ms);
    }
  };
  serve(hub, hub.start(0), to_device);
  take(device.start(now_ms));
  for (int idle = 0; idle < 3;) {
    const Bytes up = std::exchange(to_hub, {}), down = std::exchange(to_device, {});
    if (!up.empty()) serve(hub, hub.receive(up, 0), to_device);
    if (!down.empty()) take(device.receive(down, now_ms));
    if (!up.empty() || !down.empty()) continue;
    // Nothing moves: time passes, for what is written at most every two seconds.
    ++idle;
    now_ms += 2'500;
    take(device.tick(now_ms));
  }
  take(device.finish(now_ms));
  return events;
}

std::size_t HubOnDisk::stored_segments(const SpaceId& space) {
  std::size_t count = 0;
  for (const auto& stored : open_->reader.items_after(space, 0, SIZE_MAX)) {
    count += stored.item.kind == sync::ItemKind::segment ? 1 : 0;
  }
  return count;
}

std::string HubOnDisk::readable_by(replica::Tablet& member, const SpaceId& space) {
  std::string text;
  const auto& keys = dynamic_cast<replica::ReplicaFacade&>(*member.replica).opened(space).keys();
  for (const auto& stored : open_->reader.items_after(space, 0, SIZE_MAX)) {
    if (stored.item.kind != sync::ItemKind::segment) continue;
    const auto segment = log::view_segment(stored.item.bytes).value();
    text += as_text(seal::open_segment(keys, segment.envelope, segment.sealed).value());
  }
  return text;
}

}  // namespace plenary
