// What people do with the program: join, write, decide, look.
#include "tests/contract/example_schema.h"
#include "tests/simulation/world.h"

namespace plenary::simulation {
namespace {

bool last_change_counts(replica::Space& space) {
  const store::SpaceStore& store = space.store();
  const auto next = space.next_change();
  if (!next.strand) return false;
  const auto last = space.store().log_table().strand(*next.strand).last;
  const auto place = store.causality().find(next.log, last.number, last.chain);
  return place && store.view().right(*place).role != kNoRole;
}

}  // namespace

// A word that nobody else ever wrote, and so long that no hash or key has it by chance: it can be looked for.
std::string World::word() {
  return "unsaid" + std::to_string(++serial_) + "word";
}

void World::join() {
  for (const auto& device : devices_) {
    if (device->joined || device->gone || device->invitation.empty() || !random_.chance(0.5)) continue;
    act(*device, "joins", [&] {
      const auto joined = device->replica().join(device->invitation);
      device->joined = device->space(space_) != nullptr;
    });
    // A power cut may have taken the joining itself back: nothing was confirmed.
    device->joined = device->space(space_) != nullptr;
    return;
  }
}

void World::edit() {
  SimulatedDevice* const device = any_member();
  if (device != nullptr) edit_on(*device);
}

void World::edit_on(SimulatedDevice& device) {
  std::vector<Note> created;
  const auto ending = act(device, "edits", [&] {
    const auto before = records_.size();
    const auto edit = device.replica().edit(space_);
    for (int count = random_.pick({1, 1, 1, 2, 4}); count > 0; --count) edit_record(*edit, device);
    created.assign(records_.begin() + static_cast<std::ptrdiff_t>(before), records_.end());
    records_.resize(before);
    if (!edit->commit()) created.clear();
  });
  if (ending == Ending::done) records_.insert(records_.end(), created.begin(), created.end());
}

void World::create_record(replica::Edit& edit, SimulatedDevice&) {
  const std::string type =
      random_.pick({"note", "note", "note", "finding", "activity", "response", "consent", "practice"});
  Result<replica::RecordId> id = tl::make_unexpected(Error{});
  if (random_.chance(0.08)) {
    OriginTag tag;
    tag.bytes[0] = static_cast<std::byte>(1 + random_.below(2));
    tag.bytes[1] = static_cast<std::byte>(type.front());  // one source is copied as one type
    id = edit.create_copy(type, tag);
  } else {
    id = edit.create(type);
  }
  if (!id) return;  // this role may not
  records_.push_back({type, *id});
  if (type != "note") return;
  const std::string text = word();
  if (edit.set_text(*id, "body", "Seen " + text + " today.")) words_[id->text].insert(text);
}

void World::edit_record(replica::Edit& edit, SimulatedDevice& device) {
  if (records_.empty() || random_.chance(0.25)) return create_record(edit, device);
  const Note& note = random_.chance(0.6)
                         ? records_[records_.size() - 1 - random_.below(std::min<std::size_t>(4, records_.size()))]
                         : random_.pick(records_);
  const std::size_t chance = random_.below(100);
  if (chance < 8) return (void)edit.discard(note.id);
  if (chance < 12) return (void)edit.keep(note.id);
  if (chance < 14) return (void)edit.ask_to_erase(note.id);
  const auto view = device.replica().get(space_, note.id);
  if (view) edit_field(edit, *view);
}

void World::edit_field(replica::Edit& edit, const replica::RecordView& record) {
  const merge::RecordType& type = *contract::example_schema().type_named(record.type);
  std::vector<const merge::Field*> fields;
  for (const auto& [number, field] : type.fields) fields.push_back(&field);
  const merge::Field& field = *random_.pick(fields);
  switch (field.policy) {
    case merge::Policy::text:
      return edit_text(edit, record, field.name);
    case merge::Policy::set_union:
      if (random_.chance(0.3))
        return (void)edit.remove(record.id, field.name, random_.pick(contract::values_of(field.name)));
      return (void)edit.add(record.id, field.name, random_.pick(contract::values_of(field.name)));
    case merge::Policy::append: {
      const std::string text = word();
      if (edit.add(record.id, field.name, text)) words_[record.id.text].insert(text);
      return;
    }
    default:
      (void)edit.set(record.id, field.name, random_.pick(contract::values_of(field.name)));
  }
}

void World::edit_text(replica::Edit& edit, const replica::RecordView& record, const std::string& field) {
  const std::string now = record[field].text();
  const std::string text = word();
  if (random_.chance(0.4)) {
    const std::size_t at = random_.below(now.size() + 1);
    const std::size_t cut = std::min(now.size() - at, random_.below(6));
    const auto done = edit.splice_text(record.id, field, {at, cut, random_.chance(0.8) ? text : ""});
    if (done) words_[record.id.text].insert(text);
    return;
  }
  std::string changed = now;
  changed.insert(random_.below(now.size() + 1), " " + text + " ");
  if (edit.set_text(record.id, field, changed)) words_[record.id.text].insert(text);
}

// T13: whoever writes on with a clock that is wrong by years sees what was written last, and so does everybody who saw
// it: a clock never overrides what was on the screen.
void World::set_and_look() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr || records_.empty()) return;
  const Note note = random_.pick(records_);
  if (note.type != "note") return;
  const auto before = device->replica().get(space_, note.id);
  if (!before) return;
  const std::string year = std::to_string(5 + random_.below(8));
  bool written = false;
  const Ending ending = act(*device, "sets a year", [&] {
    const auto edit = device->replica().edit(space_);
    written = edit->set(note.id, "year", year).has_value() && edit->commit().has_value();
  });
  // Who is not granted, or no longer, or whose log was cut, writes without effect: that is shown at once, too.
  if (ending != Ending::done || !written || !last_change_counts(space_of(*device))) return;
  const auto after = device->replica().get(space_, note.id);
  if (!after) throw Violation("T13: " + device->name + " does not find the note it just wrote into");
  const bool visible = (after->life == replica::Life::live || after->life == replica::Life::contested);
  // Somebody asked for the erasure of all of the note: then nothing of it is shown, whatever was written last.
  const auto field = visible ? after->fields.find("year") : after->fields.end();
  const bool hidden = visible && field != after->fields.end() && !field->second.candidates.empty() &&
                      field->second.candidates.front().payload != replica::PayloadState::here;
  if (visible && !hidden && (*after)["year"].text() != year) {
    throw Violation("T13: " + device->name + " set a year and sees another one: " + (*after)["year"].text());
  }
}

void World::resolve() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  act(*device, "decides", [&] {
    const auto conflicts = device->replica().conflicts(space_);
    if (!conflicts || conflicts->empty()) return;
    const replica::Conflict& conflict = random_.pick(*conflicts);
    replica::Resolution resolution;
    resolution.id = conflict.id;
    resolution.field = conflict.field;
    if (!conflict.candidates.empty()) resolution.choose = random_.below(conflict.candidates.size());
    resolution.keep_record = random_.chance(0.5);
    (void)device->replica().resolve(space_, resolution);
  });
}

// Whatever is asked of the program, it answers.
void World::look_around() {
  SimulatedDevice* const device = any_member();
  if (device == nullptr) return;
  act(*device, "looks around", [&] {
    (void)device->replica().status(space_);
    (void)device->replica().device_statuses(space_);
    (void)device->replica().members(space_);
    (void)device->replica().search(space_, "seen", 5);
    if (!records_.empty()) (void)device->replica().history(space_, random_.pick(records_).id);
    (void)device->replica().list(space_, {.type = "note", .include_deleted = true});
  });
}

}  // namespace plenary::simulation
