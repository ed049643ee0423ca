// The logs of a space as the tests have them: chains of values without real changes behind them. "Sealing" a run is
// writing its chain values down, so that a receiver can check what real ones check by opening: does the run connect,
// and does it reproduce the head that the author signed?
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/log/segment.h"
#include "core/sync/space_log.h"

namespace plenary::sync {

// One branch of a log: chain values of changes 1, 2, 3…, and the heads on it that the author signed.
struct TestBranch {
  std::vector<ChainValue> chain;
  std::map<std::uint32_t, Signature> signatures;

  ChainValue at(std::uint32_t number) const { return number == 0 ? ChainValue{} : chain.at(number - 1); }
  std::uint32_t last() const { return signatures.empty() ? 0 : signatures.rbegin()->first; }
  bool holds(std::uint32_t number, const ChainValue& value) const {
    return number <= chain.size() && at(number) == value;
  }
};

struct TestLog {
  log::LogDescriptor descriptor;
  std::vector<TestBranch> branches;
};

// The next change of an author: any value will do, as long as it depends on the one before.
ChainValue next_chain(const ChainValue& previous, std::string_view what);

// Packs changes `first` to `last` of a branch. `size`: of padding behind, to make big segments.
Bytes pack(const SpaceId& space, const KeyId& key, const TestLog& log, const TestBranch& branch, std::uint32_t first,
           std::uint32_t last, std::size_t padding = 0);

struct Unpacked {
  log::Envelope envelope;
  ChainValue after;
  std::vector<ChainValue> chain;
};
// Nothing when it does not reproduce the signed head.
std::optional<Unpacked> unpack(ByteSpan segment);

}  // namespace plenary::sync
