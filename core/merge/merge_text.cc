// Text fields: from writes to the insertions and strikes of core/merge/text.h, and back. Reference model, 4.6.
#include <algorithm>

#include "core/merge/merger.h"

namespace plenary::merge {

using log::OperationKind;

// Every delivered insertion of a field, effective or not, causes first, with its anchors resolved.
struct Merger::TextSites {
  Indexes by_place;                    // sorted by place and operation
  std::vector<std::uint32_t> site_of;  // position in by_place -> index into insertions
  Indexes insertions;
  std::vector<TextOrigin> origins;  // of each insertion

  std::optional<std::uint32_t> position(std::span<const Write> writes, log::Place place, std::uint32_t index) const {
    const auto found = std::lower_bound(by_place.begin(), by_place.end(), 0, [&](WriteIndex write, int) {
      return writes[write].place != place ? writes[write].place < place : writes[write].index < index;
    });
    if (found == by_place.end() || writes[*found].place != place || writes[*found].index != index) return std::nullopt;
    return static_cast<std::uint32_t>(found - by_place.begin());
  }
};

namespace {

// An order of 0…n-1 in which each comes after those that it names; the names make no ring.
std::vector<std::uint32_t> causes_first(const std::vector<TextOrigin>& origins) {
  std::vector<std::uint32_t> order, stack;
  std::vector<bool> placed(origins.size());
  const auto blocking = [&](std::uint32_t site) -> std::optional<std::uint32_t> {
    for (const TextPlace& anchor : {origins[site].left, origins[site].right}) {
      if (!anchor.is_edge() && !placed[anchor.insertion]) return anchor.insertion;
    }
    return std::nullopt;
  };
  for (std::uint32_t start = 0; start < origins.size(); ++start) {
    if (!placed[start]) stack.push_back(start);
    while (!stack.empty()) {
      const std::uint32_t site = stack.back();
      if (const auto cause = blocking(site)) {
        stack.push_back(*cause);
        continue;
      }
      stack.pop_back();
      if (placed[site]) continue;
      placed[site] = true;
      order.push_back(site);
    }
  }
  return order;
}

}  // namespace

Merger::TextSites Merger::find_sites(std::uint32_t field) const {
  TextSites sites;
  for (WriteIndex write = 0; write < writes_.size(); ++write) {
    const log::Operation& operation = *writes_[write].operation;
    if (operation.field == field && operation.kind == OperationKind::insert) sites.by_place.push_back(write);
  }
  std::sort(sites.by_place.begin(), sites.by_place.end(), [&](WriteIndex a, WriteIndex b) {
    const Write &one = writes_[a], &other = writes_[b];
    return one.place != other.place ? one.place < other.place : one.index < other.index;
  });
  if (sites.by_place.size() == 1) {  // nearly always; there is nothing that it could hang from
    sites.site_of = {0};
    sites.insertions = sites.by_place;
    sites.origins = {{writes_[sites.by_place.front()].operation->length, {}, {}}};
    return sites;
  }
  // An anchor that the author did not hold, or that is lost, counts as the edge of the text.
  const auto anchor = [&](const Write& write, const std::optional<log::Anchor>& named) -> TextPlace {
    if (!named) return {};
    const auto place = view_.causality().resolve(write.place, named->insertion.change);
    if (!place || (*place == write.place && named->insertion.index >= write.index)) return {};
    const auto position = sites.position(writes_, *place, named->insertion.index);
    if (!position || named->offset >= writes_[sites.by_place[*position]].operation->length) return {};
    return {*position, named->offset};
  };
  std::vector<TextOrigin> origins;
  origins.reserve(sites.by_place.size());
  for (const WriteIndex write : sites.by_place) {
    const log::Operation& operation = *writes_[write].operation;
    origins.push_back(
        {operation.length, anchor(writes_[write], operation.left), anchor(writes_[write], operation.right)});
  }
  sites.site_of.resize(origins.size());
  for (const std::uint32_t position : causes_first(origins)) {
    sites.site_of[position] = static_cast<std::uint32_t>(sites.insertions.size());
    sites.insertions.push_back(sites.by_place[position]);
    TextOrigin& origin = sites.origins.emplace_back(origins[position]);
    for (TextPlace* named : {&origin.left, &origin.right}) {
      if (!named->is_edge()) named->insertion = sites.site_of[named->insertion];
    }
  }
  return sites;
}

// The characters that a strike in effect hit: those its author saw.
std::vector<TextRun> Merger::find_struck(const Indexes& mine, const TextSites& sites) const {
  std::vector<TextRun> struck;
  for (const WriteIndex strike : mine) {
    if (kind(strike) != OperationKind::strike) continue;
    for (const log::StrikeRange& range : writes_[strike].operation->ranges) {
      const auto place = view_.causality().resolve(writes_[strike].place, range.insertion.change);
      const auto position = place ? sites.position(writes_, *place, range.insertion.index) : std::nullopt;
      if (!position) continue;
      const WriteIndex target = sites.by_place[*position];
      const std::uint32_t length = writes_[target].operation->length;
      if (range.first >= length || !saw(strike, target)) continue;
      struck.push_back({sites.site_of[*position], range.first, std::min(range.count, length - range.first)});
    }
  }
  return struck;
}

bool Merger::wrote_apart_unnoticed(const Indexes& mine) const {
  const log::Causality& causality = view_.causality();
  const auto in_first_log = [&](WriteIndex write) {
    return causality.same_log(writes_[write].place, writes_[mine.front()].place);
  };
  if (std::all_of(mine.begin(), mine.end(), in_first_log)) return false;
  std::map<LogId, std::uint32_t> logs;
  std::map<PersonId, std::uint32_t> persons;
  std::vector<TextWrite> texts;
  for (const WriteIndex write : mine) {
    const PersonId* person = view_.person(writes_[write].place);
    const LogId& log = causality.log_of(writes_[write].place.lane);
    TextWrite& text = texts.emplace_back();
    text.log = logs.try_emplace(log, static_cast<std::uint32_t>(logs.size())).first->second;
    text.person =
        persons.try_emplace(person ? *person : PersonId{}, static_cast<std::uint32_t>(persons.size())).first->second;
    text.can_be_apart = kind(write) == OperationKind::insert && merged_.payloads[write] != Payload::erased;
  }
  return wrote_apart(texts,
                     [&](std::uint32_t later, std::uint32_t earlier) { return saw(mine[later], mine[earlier]); });
}

void Merger::merge_text(const Field& policy, const Indexes& mine, MergedField& field) const {
  TextSites sites = find_sites(policy.number);
  std::vector<TextInsertion> insertions;
  insertions.reserve(sites.insertions.size());
  for (std::size_t site = 0; site < sites.insertions.size(); ++site) {
    const WriteIndex write = sites.insertions[site];
    const auto& value = writes_[write].operation->value;
    TextInsertion& insertion = insertions.emplace_back();
    insertion.origin = sites.origins[site];
    insertion.effect = is_effective(write) ? TextEffect::in_effect : TextEffect::none;
    if (value && merged_.payloads[write] == Payload::here) insertion.text = *value;
  }
  field.text = std::make_unique<MergedText>();
  field.text->placed = place_text(insertions, find_struck(mine, sites), [&](std::uint32_t a, std::uint32_t b) {
    return before_in_order(sites.insertions[a], sites.insertions[b]);
  });
  field.ask = wrote_apart_unnoticed(mine);

  std::vector<bool> stands(sites.insertions.size()), shown(sites.insertions.size());
  for (const PlacedRun& run : field.text->placed.runs) {
    if (run.state == TextState::placed) continue;
    stands[run.run.insertion] = true;
    if (is_readable(sites.insertions[run.run.insertion])) shown[run.run.insertion] = true;
  }
  for (std::size_t site = 0; site < sites.insertions.size(); ++site) {
    if (shown[site]) field.shown.push_back(sites.insertions[site]);
  }
  for (const WriteIndex write : mine) {
    const auto position = sites.position(writes_, writes_[write].place, writes_[write].index);
    const bool inserted = kind(write) == OperationKind::insert && position;
    if (inserted && shown[sites.site_of[*position]]) continue;
    field.history.push_back({write, reason_of(write, field.policy, inserted && stands[sites.site_of[*position]])});
  }
  std::sort(field.history.begin(), field.history.end(),
            [&](const Past& a, const Past& b) { return before_in_time(a.write, b.write); });
  field.text->insertions = std::move(sites.insertions);
}

}  // namespace plenary::merge
