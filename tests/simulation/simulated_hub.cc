#include "tests/simulation/simulated_hub.h"

#include <algorithm>

namespace plenary::simulation {

// Shows less than it has, where something is withheld, and remembers what it showed.
class SimulatedHub::Face final : public sync::HubSpaces {
 public:
  Face(sync::HubSpaces& truth, const std::set<LogId>& withheld, Shown& shown)
      : truth_(truth), withheld_(withheld), shown_(shown) {}

  std::optional<sync::Inventory> inventory(const SpaceId& space) override {
    auto inventory = truth_.inventory(space);
    if (!inventory) return inventory;
    shown_.anything = true;
    const auto is_withheld = [&](const log::Head& head) { return withheld_.contains(head.log); };
    if (std::erase_if(inventory->frontier, is_withheld) > 0) shown_.less_than_it_has = true;
    return inventory;
  }
  std::optional<sync::Position> position(const SpaceId& space) override {
    if (!withheld_.empty()) return HubSpaces::position(space);
    auto position = truth_.position(space);
    shown_.anything |= position.has_value();
    return position;
  }
  std::int64_t last_sequence(const SpaceId& space) override { return truth_.last_sequence(space); }
  std::optional<Bytes> roster_record(const SpaceId& space, const RosterHash& hash) override {
    return truth_.roster_record(space, hash);
  }
  std::optional<Bytes> notice(const SpaceId& space, const sync::NoticeName& name) override {
    return truth_.notice(space, name);
  }
  std::vector<sync::SegmentRef> missing_segments(const SpaceId& space, std::span<const sync::LogWant> wants) override {
    auto refs = truth_.missing_segments(space, wants);
    std::erase_if(refs, [&](const sync::SegmentRef& ref) { return withheld_.contains(ref.log); });
    return refs;
  }
  std::optional<Bytes> segment(const SpaceId& space, const sync::SegmentRef& ref) override {
    return truth_.segment(space, ref);
  }
  sync::Access access(const SpaceId& space, const TransportKey& device) override {
    return truth_.access(space, device);
  }
  std::vector<RosterHash> roster_until_removal(const SpaceId& space, const TransportKey& device) override {
    return truth_.roster_until_removal(space, device);
  }
  Result<void> check_claim(const SpaceId& space, const TransportKey& device, ByteSpan claim) override {
    return truth_.check_claim(space, device, claim);
  }
  std::optional<std::int64_t> expired(const SpaceId& space) override { return truth_.expired(space); }
  std::vector<sync::LogLayout> layout(const SpaceId& space, std::span<const LogId> logs) override {
    auto layouts = truth_.layout(space, logs);
    std::erase_if(layouts, [&](const sync::LogLayout& layout) { return withheld_.contains(layout.log); });
    return layouts;
  }
  std::optional<sync::HubHead> head(const SpaceId& space) override { return truth_.head(space); }
  std::vector<sync::HubContent> links(const SpaceId& space, std::uint64_t epoch, std::uint64_t after,
                                      std::uint64_t last) override {
    return truth_.links(space, epoch, after, last);
  }
  std::vector<sync::StoredItem> items_after(const SpaceId& space, std::int64_t sequence, std::size_t limit) override {
    auto items = truth_.items_after(space, sequence, limit);
    for (auto& stored : items) {
      if (stored.item.kind != sync::ItemKind::segment) continue;
      const auto view = log::view_segment(stored.item.bytes);
      // A status in its place: the device sees that nothing of the log comes.
      if (view && withheld_.contains(view->envelope.log_id())) stored.item.bytes.clear();
    }
    std::erase_if(items, [](const sync::StoredItem& stored) { return stored.item.bytes.empty(); });
    return items;
  }

 private:
  sync::HubSpaces& truth_;
  const std::set<LogId>& withheld_;
  Shown& shown_;
};

struct SimulatedHub::Open {
  Open(SimulatedHub& hub, const std::filesystem::path& data)
      : to_write(hub::open_hub_database(data).value()),
        to_read(hub::open_hub_database_to_read(data).value()),
        writer(*to_write, hub.policy_, hub.signing_),
        reader(*to_read),
        face(reader, hub.withheld, hub.shown_) {}

  std::unique_ptr<sqlite::Database> to_write, to_read;
  hub::HubWriter writer;
  hub::HubReader reader;
  Face face;
};

SimulatedHub::SimulatedHub(std::string hub_name, std::filesystem::path folder, const std::int64_t& world_ms,
                           std::uint64_t seed)
    : name(std::move(hub_name)),
      environment(world_ms, seed),
      disk(std::move(folder), seed),
      signing_(crypto::SigningKey::generate(environment)),
      transport_(crypto::AgreementKey::generate(environment)),
      policy_(hub::Configuration{}) {
  open();
}

void SimulatedHub::open() {
  open_ = std::make_shared<Open>(*this, disk.folder());
}

void SimulatedHub::restart() {
  close();
  disk.power_back();
  try {
    open();
  } catch (const sqlite::Failure& failure) {
    throw Violation("T14: " + name + " cannot open its files after a power cut: " + failure.what());
  }
  for (const auto& [space, frontier] : acknowledged_) check_acknowledged(space);
}

sync::HubSpaces& SimulatedHub::spaces() {
  return open_->face;
}

hub::Committed SimulatedHub::store(const std::vector<sync::StoreRequest>& requests) {
  if (drops) {
    hub::Committed nothing;
    for (const sync::StoreRequest& request : requests) {
      sync::StoreOutcome outcome;
      outcome.ticket = request.ticket;
      outcome.head = open_->reader.head(request.space);
      nothing.outcomes.push_back(std::move(outcome));
    }
    return nothing;
  }
  hub::Committed committed = open_->writer.store(requests);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const SpaceId& space = requests[i].space;
    const auto& head = committed.outcomes[i].head;
    if (head) signed_[space][{head->epoch, head->number}] = sync::value_of(space, *head);
  }
  for (const SpaceId& space : committed.changed) {
    open_->reader.changed(space);
    if (const auto inventory = open_->reader.inventory(space)) acknowledged_[space] = inventory->frontier;
  }
  return committed;
}

void SimulatedHub::restore(const Backup& backup) {
  restore_in_silence(backup);
  open_->writer.open_epoch(static_cast<std::uint64_t>(++restored_) * 1000);
  close();
  open();
}

void SimulatedHub::restore_in_silence(const Backup& backup) {
  close();
  disk.restore(backup.image);
  acknowledged_ = backup.acknowledged;
  signed_ = backup.signed_heads;
  open();
}

void SimulatedHub::turn_around() {
  close();
  Backup now = back_up();
  if (other_face_) {
    restore_in_silence(*other_face_);
  } else {
    open();
  }
  other_face_ = std::move(now);
}

bool SimulatedHub::contradicts(const SpaceId& space, const sync::HubHead& head) const {
  const auto history = signed_.find(space);
  if (history == signed_.end() || head.hub != signing()) return false;
  const auto& [newest, value] = *history->second.rbegin();
  const auto mine = history->second.find({head.epoch, head.number});
  return newest.first == head.epoch && mine != history->second.end() && mine->second != sync::value_of(space, head);
}

void SimulatedHub::check_acknowledged(const SpaceId& space) {
  const auto acknowledged = acknowledged_.find(space);
  if (acknowledged == acknowledged_.end()) return;
  const auto inventory = open_->reader.inventory(space);
  for (const log::Head& head : acknowledged->second) {
    bool here = false;
    for (const log::Head& now : inventory ? inventory->frontier : log::Frontier{}) {
      here |= now.log == head.log && (now.number > head.number || now == head);
    }
    if (!here) throw Violation("T14: " + name + " lost what it acknowledged: change " + std::to_string(head.number));
  }
}

}  // namespace plenary::simulation
