// Keystroke traces (tests/vectors/text) and what they become when the people in them write with Plenary.
// Used by the bench of workload W4 and by the tests that replay the traces.
#pragma once

#include <filesystem>

#include "core/merge/text_document.h"

namespace plenary::bench {

struct Patch {
  std::uint64_t at = 0, deleted = 0;
  std::string inserted;
};

// One edit by one agent, made when the agent had the transactions in `parents` and what precedes them.
struct Transaction {
  std::uint32_t agent = 0;
  std::vector<std::uint32_t> parents;
  std::vector<Patch> patches;
};

struct Trace {
  std::uint32_t agents = 1;
  std::vector<Transaction> transactions;
  std::string end_content;
};

// Throws std::runtime_error if the file is not a trace.
Trace read_trace(const std::filesystem::path& gzipped_json);

// A change as an agent's device would write it: one run of typing or of deleting at one place, or less where the
// other agent saw only the beginning of it. Insertions are numbered over the whole trace, causes first.
struct TextChange {
  std::uint32_t agent = 0;
  std::uint32_t number = 1;         // of the agent's log
  std::vector<std::uint32_t> seen;  // by agent: how many changes of each log were here
  merge::TextEdit edit;
};

// Who made an insertion: what siblings are ordered by.
struct TextRank {
  std::uint32_t agent = 0, number = 0, index = 0;
  friend auto operator<=>(const TextRank&, const TextRank&) = default;
};

// All operations of a trace, ready to be merged.
struct TextHistory {
  std::vector<TextChange> changes;  // causes first
  std::vector<TextRank> ranks;      // of each insertion

  // The texts point into `changes`.
  std::vector<merge::TextInsertion> insertions() const;
  std::vector<merge::TextRun> struck() const;
  merge::RanksBefore ranks_before() const;
};

// Lets each agent type its transactions on a device of its own, which has merged exactly what the agent had seen.
// Throws std::runtime_error unless each agent's transactions follow one another.
TextHistory type_trace(const Trace& trace);

}  // namespace plenary::bench
