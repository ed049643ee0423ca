#include "core/merge/text_document.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace plenary::merge {
namespace {

constexpr std::size_t kBlockRunsMax = 64;

bool goes_on(const TextRun& run, const TextRun& next) {
  return run.insertion == next.insertion && run.first + run.count == next.first;
}

}  // namespace

TextDocument::TextDocument(std::span<const TextInsertion> insertions, const PlacedText& text)
    : length_(text.shown_length), next_index_(static_cast<std::uint32_t>(insertions.size())) {
  std::vector<std::uint32_t> begins;
  begins.reserve(insertions.size());
  for (const TextInsertion& insertion : insertions) {
    begins.push_back(static_cast<std::uint32_t>(letters_.size()));
    if (insertion.text) letters_ += *insertion.text;
  }
  for (const PlacedRun& placed : text.runs) {
    if (blocks_.back().runs.size() == kBlockRunsMax / 2) blocks_.emplace_back();
    Run run{placed.run, begins[placed.run.insertion] + placed.byte, 0, placed.state == TextState::shown};
    // Only what is shown can be split or read.
    const auto letters = std::string_view(letters_).substr(run.byte);
    run.byte_end = run.byte;
    if (run.shown) run.byte_end += static_cast<std::uint32_t>(bytes_of_scalars(letters, placed.run.count));
    if (run.shown) blocks_.back().shown += placed.run.count;
    blocks_.back().runs.push_back(run);
  }
}

Result<void> TextDocument::replace(std::uint64_t at, std::uint64_t count, std::string_view text) {
  if (at > length_ || count > length_ - at)
    return fail(ErrorCode::invalid_argument, "The edit lies beyond the end of the text.");
  const auto length = count_scalars(text);
  if (!length)
    return fail(ErrorCode::invalid_argument,
                "The text to insert is not valid UTF-8. Save or type it as UTF-8 and try again.");
  if (letters_.size() + text.size() >= TextPlace::kEdge)
    return fail(ErrorCode::limit_exceeded, "The text with all its history would exceed 4 GiB. Begin a new text.");

  if (count > 0) strike(find(at), count);
  if (!text.empty()) insert(find(at), text, static_cast<std::uint32_t>(*length));
  return {};
}

// Behind the shown character at - 1, before whatever is hidden after it.
TextDocument::Spot TextDocument::find(std::uint64_t at) {
  if (at == 0) {
    near_block_ = near_shown_ = 0;
    return {};
  }
  while (at <= near_shown_) near_shown_ -= blocks_[--near_block_].shown;
  while (at > near_shown_ + blocks_[near_block_].shown) near_shown_ += blocks_[near_block_++].shown;
  std::uint64_t rest = at - near_shown_;
  const std::vector<Run>& runs = blocks_[near_block_].runs;
  for (std::size_t run = 0;; ++run) {
    const std::uint32_t shown = runs[run].shown ? runs[run].run.count : 0;
    if (rest <= shown) return {near_block_, run, static_cast<std::uint32_t>(rest)};
    rest -= shown;
  }
}

TextPlace TextDocument::place_after(const Spot& spot) const {
  const std::vector<Run>& runs = blocks_[spot.block].runs;
  if (spot.run < runs.size() && spot.offset < runs[spot.run].run.count)
    return {runs[spot.run].run.insertion, runs[spot.run].run.first + spot.offset};
  if (spot.run + 1 < runs.size()) return {runs[spot.run + 1].run.insertion, runs[spot.run + 1].run.first};
  if (spot.block + 1 == blocks_.size()) return {};
  const TextRun& next = blocks_[spot.block + 1].runs.front().run;
  return {next.insertion, next.first};
}

// ---- inserting

// Nothing can hang from the last character of the newest insertion, so typing on there only makes it longer.
bool TextDocument::lengthen_last(const Spot& spot, std::string_view text, std::uint32_t length) {
  if (edit_.insertions.empty() || spot.offset == 0) return false;
  NewInsertion& last = edit_.insertions.back();
  Block& block = blocks_[spot.block];
  Run& run = block.runs[spot.run];
  const bool at_end = spot.offset == run.run.count && run.run.first + run.run.count == last.origin.length;
  if (run.run.insertion != last.index || !at_end) return false;
  last.text += text;
  last.origin.length += length;
  run.run.count += length;
  run.byte_end = static_cast<std::uint32_t>(letters_.size());
  block.shown += length;
  return true;
}

void TextDocument::insert(Spot spot, std::string_view text, std::uint32_t length) {
  const auto byte = static_cast<std::uint32_t>(letters_.size());
  letters_ += text;
  length_ += length;
  if (lengthen_last(spot, text, length)) return;

  Block& block = blocks_[spot.block];
  TextOrigin origin{length, {}, place_after(spot)};
  if (spot.offset > 0) {
    const TextRun& left = block.runs[spot.run].run;
    origin.left = {left.insertion, left.first + spot.offset - 1};
    if (spot.offset < left.count) split_run(block, spot.run, spot.offset);
    ++spot.run;
  }
  const Run run{{next_index_, 0, length}, byte, static_cast<std::uint32_t>(letters_.size()), true};
  block.runs.insert(block.runs.begin() + static_cast<std::ptrdiff_t>(spot.run), run);
  block.shown += length;
  edit_.insertions.push_back({next_index_++, origin, std::string(text)});
  split_block_if_full(spot.block);
}

// ---- striking

void TextDocument::strike(Spot spot, std::uint64_t count) {
  length_ -= count;
  const std::size_t first_block = spot.block;
  while (count > 0) {
    Block& block = blocks_[spot.block];
    if (spot.run == block.runs.size()) {
      spot = {spot.block + 1, 0, 0};
      continue;
    }
    const Run& here = block.runs[spot.run];
    const std::uint32_t rest = here.run.count - spot.offset;
    if (!here.shown || rest == 0) {
      spot = {spot.block, spot.run + 1, 0};
      continue;
    }
    const auto struck = static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, count));
    const TextRun range{here.run.insertion, here.run.first + spot.offset, struck};
    note_struck(range);
    spot.run = strike_in_run(block, spot.run, range);
    spot.offset = 0;
    block.shown -= struck;
    count -= struck;
  }
  for (std::size_t block = spot.block + 1; block-- > first_block;) split_block_if_full(block);
}

// Strikes part of a shown run; where struck characters of the same insertion stand beside it, only the border
// moves. Returns the run to go on with.
std::size_t TextDocument::strike_in_run(Block& block, std::size_t run, TextRun struck) {
  Run& here = block.runs[run];
  const std::uint32_t offset = struck.first - here.run.first;
  const bool to_end = offset + struck.count == here.run.count;
  Run* const before = run > 0 ? &block.runs[run - 1] : nullptr;
  Run* const after = run + 1 < block.runs.size() ? &block.runs[run + 1] : nullptr;
  if (offset > 0 && to_end && after && !after->shown && goes_on(here.run, after->run)) {
    here.byte_end = byte_after(here, offset);
    here.run.count = offset;
    after->run = {struck.insertion, struck.first, struck.count + after->run.count};
    return run + 1;
  }
  if (offset == 0 && !to_end && before && !before->shown && goes_on(before->run, here.run)) {
    here.byte = byte_after(here, struck.count);
    here.run = {struck.insertion, struck.first + struck.count, here.run.count - struck.count};
    before->run.count += struck.count;
    return run;
  }
  if (!to_end) split_run(block, run, offset + struck.count);
  if (offset > 0) split_run(block, run++, offset);
  block.runs[run].shown = false;
  return run + 1;
}

void TextDocument::note_struck(const TextRun& struck) {
  if (!edit_.struck.empty()) {
    TextRun& last = edit_.struck.back();
    if (goes_on(last, struck)) {
      last.count += struck.count;
      return;
    }
    if (goes_on(struck, last)) {
      last = {struck.insertion, struck.first, struck.count + last.count};
      return;
    }
  }
  edit_.struck.push_back(struck);
}

TextEdit TextDocument::take_edit() {
  TextEdit edit = std::exchange(edit_, {});
  std::sort(edit.struck.begin(), edit.struck.end());
  std::vector<TextRun> joined;
  for (const TextRun& run : edit.struck) {
    if (!joined.empty() && goes_on(joined.back(), run))
      joined.back().count += run.count;
    else
      joined.push_back(run);
  }
  edit.struck = std::move(joined);
  return edit;
}

// ---- runs and blocks

std::uint32_t TextDocument::byte_after(const Run& run, std::uint32_t offset) const {
  if (run.byte_end - run.byte == run.run.count) return run.byte + offset;  // ASCII
  const std::string_view letters(letters_.data() + run.byte, run.byte_end - run.byte);
  return run.byte + static_cast<std::uint32_t>(bytes_of_scalars(letters, offset));
}

// Invalidates references into block.runs.
void TextDocument::split_run(Block& block, std::size_t run, std::uint32_t offset) {
  Run& head = block.runs[run];
  Run tail = head;
  tail.run = {head.run.insertion, head.run.first + offset, head.run.count - offset};
  tail.byte = head.byte_end = byte_after(head, offset);
  head.run.count = offset;
  block.runs.insert(block.runs.begin() + static_cast<std::ptrdiff_t>(run) + 1, tail);
}

void TextDocument::split_block_if_full(std::size_t index) {
  std::vector<Run>& runs = blocks_[index].runs;
  if (runs.size() <= kBlockRunsMax) return;
  Block second;
  second.runs.reserve(kBlockRunsMax + 2);
  second.runs.assign(runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2), runs.end());
  runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2), runs.end());
  for (const Run& run : second.runs) second.shown += run.shown ? run.run.count : 0;
  blocks_[index].shown -= second.shown;
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(second));
}

std::string TextDocument::text() const {
  std::string text;
  for (const Block& block : blocks_)
    for (const Run& run : block.runs)
      if (run.shown) text.append(letters_, run.byte, run.byte_end - run.byte);
  return text;
}

}  // namespace plenary::merge
