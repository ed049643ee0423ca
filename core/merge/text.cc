#include "core/merge/text.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/utf8.h"

namespace plenary::merge {
namespace {

// The struck characters of each insertion, asked for in ascending order.
class Struck {
 public:
  Struck(std::span<const TextRun> struck, std::size_t insertions) : next_(insertions, kNone) {
    ranges_.reserve(struck.size());
    for (const TextRun& range : struck)
      if (range.insertion < insertions && range.count > 0) ranges_.push_back(range);
    if (!std::is_sorted(ranges_.begin(), ranges_.end())) std::sort(ranges_.begin(), ranges_.end());
    for (std::uint32_t i = static_cast<std::uint32_t>(ranges_.size()); i-- > 0;) next_[ranges_[i].insertion] = i;
  }

  struct Stretch {
    std::uint32_t count = 0;
    bool struck = false;
  };
  // The longest start of `run` that is struck, or not, as a whole. A later call for the insertion must begin where
  // this one's stretch ended, or beyond.
  Stretch stretch(const TextRun& run) {
    if (ranges_.empty()) return {run.count, false};
    std::uint32_t& next = next_[run.insertion];
    const auto here = [&] { return next < ranges_.size() && ranges_[next].insertion == run.insertion; };
    while (here() && end(ranges_[next]) <= run.first) ++next;
    if (!here()) {
      next = kNone;
      return {run.count, false};
    }
    const TextRun& range = ranges_[next];
    if (range.first > run.first) return {std::min(run.count, range.first - run.first), false};
    return {static_cast<std::uint32_t>(std::min<std::uint64_t>(run.count, end(range) - run.first)), true};
  }

 private:
  static constexpr std::uint32_t kNone = TextPlace::kEdge;
  static std::uint64_t end(const TextRun& range) { return std::uint64_t{range.first} + range.count; }

  std::vector<TextRun> ranges_;      // sorted
  std::vector<std::uint32_t> next_;  // insertion -> first range that may still matter
};

// Where the characters of each insertion stand in its bytes, asked for in ascending order.
class Letters {
 public:
  explicit Letters(std::span<const TextInsertion> insertions) : insertions_(insertions), spots_(insertions.size()) {
    for (std::size_t i = 0; i < insertions.size(); ++i) {
      const auto& [origin, effect, text] = insertions[i];
      const auto count = text ? count_scalars(*text) : std::nullopt;
      spots_[i].readable = count && *count == origin.length;
    }
  }

  bool readable(std::uint32_t insertion) const { return spots_[insertion].readable; }

  std::uint32_t byte_of(std::uint32_t insertion, std::uint32_t offset) {
    const std::string_view text = *insertions_[insertion].text;
    if (text.size() == insertions_[insertion].origin.length) return offset;  // ASCII
    Spot& spot = spots_[insertion];
    spot.byte += static_cast<std::uint32_t>(bytes_of_scalars(text.substr(spot.byte), offset - spot.offset));
    spot.offset = offset;
    return spot.byte;
  }

  std::string_view of(const TextRun& run, std::uint32_t byte) {
    const std::uint32_t end = byte_of(run.insertion, run.first + run.count);
    return insertions_[run.insertion].text->substr(byte, end - byte);
  }

 private:
  struct Spot {
    std::uint32_t offset = 0, byte = 0;
    bool readable = false;
  };

  std::span<const TextInsertion> insertions_;
  std::vector<Spot> spots_;
};

// Appends `run`, or lengthens the last one if it goes on there.
void append(std::vector<PlacedRun>& runs, const PlacedRun& run) {
  if (!runs.empty()) {
    PlacedRun& last = runs.back();
    if (last.run.insertion == run.run.insertion && last.state == run.state &&
        last.run.first + last.run.count == run.run.first) {
      last.run.count += run.run.count;
      return;
    }
  }
  runs.push_back(run);
}

std::vector<TextRun> order_of(std::span<const TextInsertion> insertions, const RanksBefore& ranks_before) {
  std::vector<TextOrigin> origins;
  origins.reserve(insertions.size());
  for (const TextInsertion& insertion : insertions) origins.push_back(insertion.origin);
  return order_text(origins, ranks_before);
}

}  // namespace

PlacedText place_text(std::span<const TextInsertion> insertions, std::span<const TextRun> struck,
                      const RanksBefore& ranks_before) {
  Struck strikes(struck, insertions.size());
  Letters letters(insertions);
  const std::vector<TextRun> order = order_of(insertions, ranks_before);

  PlacedText text;
  text.runs.reserve(order.size() + struck.size());
  for (TextRun rest : order) {
    const bool stands = insertions[rest.insertion].effect == TextEffect::in_effect;
    const bool readable = letters.readable(rest.insertion);
    while (rest.count > 0) {
      const auto [count, is_struck] = strikes.stretch(rest);
      PlacedRun run{{rest.insertion, rest.first, count}};
      if (readable) run.byte = letters.byte_of(rest.insertion, rest.first);
      if (stands && !is_struck) run.state = readable ? TextState::shown : TextState::unreadable;
      if (run.state == TextState::shown) {
        text.shown += letters.of(run.run, run.byte);
        text.shown_length += count;
      }
      append(text.runs, run);
      rest.first += count;
      rest.count -= count;
    }
  }
  return text;
}

std::vector<TextRun> PlacedText::standing() const {
  std::vector<TextRun> standing;
  for (const PlacedRun& placed : runs) {
    if (placed.state == TextState::placed) continue;
    standing.push_back(placed.run);
  }
  return standing;
}

}  // namespace plenary::merge
