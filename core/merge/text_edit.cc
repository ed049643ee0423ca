#include "core/merge/text_edit.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace plenary::merge {
namespace {

// Reads a placed text from its start and turns one splice after the other into operations.
class Editor {
 public:
  Editor(const PlacedText& text, std::uint32_t next_index) : text_(text), next_index_(next_index) {}

  void apply(const TextSplice& splice, std::uint32_t length) {
    go_to(splice.at);
    if (length > 0) {
      TextOrigin origin{length, left_, beyond()};
      edit_.insertions.push_back({next_index_++, origin, splice.text});
    }
    strike(splice.count);
  }

  TextEdit take() && { return std::move(edit_); }

 private:
  // Until `at` shown characters were passed; stands right behind the last of them, before hidden ones.
  void go_to(std::uint64_t at) {
    while (passed_ < at) pass(at - passed_, [](const TextRun&) {});
  }

  void strike(std::uint64_t count) {
    const std::uint64_t end = passed_ + count;
    while (passed_ < end) {
      pass(end - passed_, [this](const TextRun& run) {
        TextRun* last = edit_.struck.empty() ? nullptr : &edit_.struck.back();
        if (last && last->insertion == run.insertion && last->first + last->count == run.first)
          last->count += run.count;
        else
          edit_.struck.push_back(run);
      });
    }
  }

  // Passes at most `count` shown characters of one run, or a run that is not shown.
  template <class OnShown>
  void pass(std::uint64_t count, const OnShown& on_shown) {
    const PlacedRun& here = text_.runs[run_];
    const std::uint32_t rest = here.run.count - offset_;
    std::uint32_t step = rest;
    if (here.state == TextState::shown) {
      step = static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, count));
      on_shown({here.run.insertion, here.run.first + offset_, step});
      passed_ += step;
      left_ = {here.run.insertion, here.run.first + offset_ + step - 1};
    }
    offset_ += step;
    if (offset_ == here.run.count) {
      ++run_;
      offset_ = 0;
    }
  }

  // The character after the spot, shown or not.
  TextPlace beyond() const {
    if (run_ == text_.runs.size()) return {};
    const TextRun& run = text_.runs[run_].run;
    return {run.insertion, run.first + offset_};
  }

  const PlacedText& text_;
  std::uint32_t next_index_;
  std::size_t run_ = 0;
  std::uint32_t offset_ = 0;
  std::uint64_t passed_ = 0;  // shown characters before the spot
  TextPlace left_;
  TextEdit edit_;
};

}  // namespace

Result<TextEdit> edit_text(const PlacedText& text, std::uint32_t next_index, std::span<const TextSplice> splices) {
  Editor editor(text, next_index);
  std::uint64_t end = 0;
  for (const TextSplice& splice : splices) {
    if (splice.at < end || splice.at > text.shown_length || splice.count > text.shown_length - splice.at)
      return fail(ErrorCode::invalid_argument,
                  "An edit lies beyond the end of the text, or before the edit in front of it.");
    const auto length = count_scalars(splice.text);
    if (!length || *length >= TextPlace::kEdge)
      return fail(ErrorCode::invalid_argument,
                  "The text to insert is not valid UTF-8. Save or type it as UTF-8 and try again.");
    editor.apply(splice, static_cast<std::uint32_t>(*length));
    end = splice.at + splice.count;
  }
  return std::move(editor).take();
}

}  // namespace plenary::merge
