// A change: what one author did in one transaction, with everything that its author held at that moment.
#pragma once

#include <vector>

#include "core/log/operation.h"

namespace plenary::log {

// One entry of a frontier: the change with chain value `chain` at `number` of `log`. Number 0 has a zero chain.
struct Head {
  LogId log;
  std::uint32_t number = 0;
  ChainValue chain;

  friend auto operator<=>(const Head&, const Head&) = default;
};

// Every head of every log; several of one log when it is forked. Sorted, without repetition.
using Frontier = std::vector<Head>;

struct Change {
  LogId log;
  std::uint32_t number = 1;  // 1, 2, 3…
  ChainValue chain;          // of this change
  ChainValue previous;       // of number - 1; zero for the first
  // The frontier of *other* logs that the author held, as the difference from its log's previous change: for each
  // log whose heads differ from then, all heads of that log now. (The first change lists all.) Sorted.
  std::vector<Head> seen;
  RosterHash roster;         // roster tip that the author held
  std::int64_t time_ms = 0;  // author's wall clock: displays and tie-breaks only
  std::uint32_t schema = 1;  // schema version that the author used
  std::vector<Operation> operations;
  // Records of this change whose payload is not here: erased, or not delivered. Sorted.
  std::vector<RecordName> payload_missing;
  // What a newer version's header carries beyond this: kept and passed on, without effect. Usually empty.
  std::string extension;

  friend bool operator==(const Change&, const Change&) = default;
};

}  // namespace plenary::log
