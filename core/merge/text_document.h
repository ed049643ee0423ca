// TextDocument: a text while somebody types in it. It answers every edit at once and hands out, whenever asked, what
// was done since as one change's operations, so a run of keystrokes becomes one insertion.
//
// It holds the placed characters as runs in blocks that know how many of their characters are shown, and remembers
// the block of the last edit: an edit beside the last one takes constant time, any other O(number of blocks).
// A merge does not go through it: the field is placed anew and a new document begins (architecture.md D13).
// Value semantics; one thread at a time.
#pragma once

#include "core/merge/text_edit.h"

namespace plenary::merge {

class TextDocument {
 public:
  TextDocument() = default;
  // Begins with what `text`, placed from `insertions`, shows. Both are only read during the call.
  TextDocument(std::span<const TextInsertion> insertions, const PlacedText& text);

  // Replaces `count` visible characters from `at` by `text`. Refused (invalid_argument), with nothing done: a range
  // beyond the end, or a text that is not UTF-8.
  Result<void> replace(std::uint64_t at, std::uint64_t count, std::string_view text);

  // Everything done since the last call. Typing on where the last insertion ended lengthens that insertion until it
  // was taken.
  TextEdit take_edit();

  std::string text() const;
  std::uint64_t length() const { return length_; }  // of the visible text, in Unicode scalar values
  // The next insertion's index; insertions are numbered in the order in which they were made.
  std::uint32_t next_index() const { return next_index_; }

 private:
  // Characters that stand together, their text at [byte, byte_end) of `letters_` (nowhere if not readable).
  struct Run {
    TextRun run;
    std::uint32_t byte = 0, byte_end = 0;
    bool shown = false;
  };
  struct Block {
    std::vector<Run> runs;
    std::uint64_t shown = 0;
  };
  // Behind `offset` characters of a run.
  struct Spot {
    std::size_t block = 0, run = 0;
    std::uint32_t offset = 0;
  };

  Spot find(std::uint64_t at);
  void insert(Spot spot, std::string_view text, std::uint32_t length);
  bool lengthen_last(const Spot& spot, std::string_view text, std::uint32_t length);
  void strike(Spot spot, std::uint64_t count);
  std::size_t strike_in_run(Block& block, std::size_t run, TextRun struck);
  void note_struck(const TextRun& struck);
  void split_run(Block& block, std::size_t run, std::uint32_t offset);
  void split_block_if_full(std::size_t block);
  TextPlace place_after(const Spot& spot) const;
  std::uint32_t byte_after(const Run& run, std::uint32_t offset) const;

  std::vector<Block> blocks_{1};  // never none
  std::string letters_;           // of all insertions, struck ones too
  std::uint64_t length_ = 0;
  std::uint32_t next_index_ = 0;
  std::size_t near_block_ = 0;    // block of the last edit
  std::uint64_t near_shown_ = 0;  // shown characters before that block
  TextEdit edit_;                 // since take_edit
};

}  // namespace plenary::merge
