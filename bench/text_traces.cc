#include "bench/text_traces.h"

#include <zlib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace plenary::bench {
namespace {

using merge::NewInsertion;
using merge::TextDocument;
using merge::TextInsertion;
using merge::TextOrigin;
using merge::TextPlace;
using merge::TextRun;

// How many transactions, or changes, of each agent.
using Counts = std::vector<std::uint32_t>;

std::string unzip(const std::filesystem::path& path) {
  constexpr std::size_t kPiece = 1 << 20;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  std::string bytes;
  for (int size = file ? 1 : -1; size != 0;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kPiece);
    size = file ? gzread(file.get(), bytes.data() + before, kPiece) : -1;
    if (size < 0) throw std::runtime_error("cannot read " + path.string());
    bytes.resize(before + static_cast<std::size_t>(size));
  }
  return bytes;
}

TextOrigin renamed(const TextOrigin& origin, const std::vector<std::uint32_t>& names) {
  const auto rename = [&](TextPlace place) {
    return place.is_edge() ? place : TextPlace{names[place.insertion], place.offset};
  };
  return {origin.length, rename(origin.left), rename(origin.right)};
}

// One agent's device: a document, and which insertion of the history each of its insertions is.
class Device {
 public:
  Device(std::uint32_t agent, std::uint32_t agents) : agent_(agent), seen_(agents) {}

  const Counts& seen() const { return seen_; }

  // Whether a patch does not go on with the run of typing or deleting that the last one belongs to.
  bool jumps(const Patch& patch) const {
    if (patch.inserted.empty() != deleting_) return true;
    return patch.at != cursor_ && !(deleting_ && patch.at + patch.deleted == cursor_);
  }

  void type(const Patch& patch) {
    if (!document_.replace(patch.at, patch.deleted, patch.inserted))
      throw std::runtime_error("a patch lies beyond the text");
    deleting_ = patch.inserted.empty();
    cursor_ = patch.at + (deleting_ ? 0 : document_.length() - length_ + patch.deleted);
    length_ = document_.length();
  }

  // Writes down what was typed since the last time, if anything.
  void save(TextHistory& history) {
    TextChange change{agent_, seen_[agent_] + 1, seen_, document_.take_edit()};
    if (change.edit.empty()) return;
    std::uint32_t index = 0;
    for (NewInsertion& made : change.edit.insertions) {
      made.index = static_cast<std::uint32_t>(history.ranks.size());
      names_.push_back(made.index);
      made.origin = renamed(made.origin, names_);
      history.ranks.push_back({agent_, change.number, index++});
    }
    for (TextRun& run : change.edit.struck) run.insertion = names_[run.insertion];
    seen_[agent_] = change.number;
    history.changes.push_back(std::move(change));
  }

  // Merges what the agents had written when they had written `seen` changes.
  void meet(const TextHistory& history, const Counts& seen) {
    seen_ = seen;
    names_.clear();
    std::vector<std::uint32_t> here(history.ranks.size());
    std::vector<TextInsertion> insertions;
    std::vector<TextRun> struck;
    for (const TextChange& change : history.changes) {
      if (change.number > seen_[change.agent]) continue;
      for (const NewInsertion& made : change.edit.insertions) {
        here[made.index] = static_cast<std::uint32_t>(names_.size());
        names_.push_back(made.index);
        insertions.push_back({renamed(made.origin, here), merge::TextEffect::in_effect, made.text});
      }
      for (const TextRun& run : change.edit.struck) struck.push_back({here[run.insertion], run.first, run.count});
    }
    const auto ranks_before = [&](std::uint32_t a, std::uint32_t b) {
      return history.ranks[names_[a]] < history.ranks[names_[b]];
    };
    document_ = TextDocument(insertions, place_text(insertions, struck, ranks_before));
    length_ = document_.length();
  }

 private:
  std::uint32_t agent_;
  Counts seen_;  // changes
  TextDocument document_;
  std::vector<std::uint32_t> names_;
  std::uint64_t cursor_ = 0, length_ = 0;
  bool deleting_ = false;
};

// What each transaction's agent had when it was made, by agent: a number of transactions.
std::vector<Counts> versions(const Trace& trace) {
  std::vector<Counts> before, after;
  Counts made(trace.agents);
  for (const Transaction& transaction : trace.transactions) {
    Counts seen(trace.agents);
    for (const std::uint32_t parent : transaction.parents)
      for (std::uint32_t agent = 0; agent < trace.agents; ++agent)
        seen[agent] = std::max(seen[agent], after.at(parent)[agent]);
    if (seen[transaction.agent] != made[transaction.agent]) throw std::runtime_error("an agent wrote in two places");
    before.push_back(seen);
    seen[transaction.agent] = ++made[transaction.agent];
    after.push_back(std::move(seen));
  }
  return before;
}

// Transactions that another agent's transaction follows: what was typed until then was saved.
std::vector<bool> saved_after(const Trace& trace) {
  std::vector<bool> saved(trace.transactions.size());
  for (const Transaction& transaction : trace.transactions)
    for (const std::uint32_t parent : transaction.parents)
      if (trace.transactions[parent].agent != transaction.agent) saved[parent] = true;
  return saved;
}

}  // namespace

Trace read_trace(const std::filesystem::path& gzipped_json) {
  const nlohmann::json json = nlohmann::json::parse(unzip(gzipped_json));
  Trace trace{json.value("numAgents", 1u), {}, json.at("endContent")};
  std::uint32_t number = 0;
  for (const auto& entry : json.at("txns")) {
    Transaction transaction{entry.value("agent", 0u), {}, {}};
    if (entry.contains("parents"))
      transaction.parents = entry.at("parents").get<std::vector<std::uint32_t>>();
    else if (number > 0)
      transaction.parents = {number - 1};
    for (const auto& patch : entry.at("patches"))
      transaction.patches.push_back({patch.at(0), patch.at(1), patch.at(2)});
    trace.transactions.push_back(std::move(transaction));
    ++number;
  }
  return trace;
}

TextHistory type_trace(const Trace& trace) {
  const std::vector<Counts> had = versions(trace);
  const std::vector<bool> saved = saved_after(trace);
  std::vector<Device> devices;
  for (std::uint32_t agent = 0; agent < trace.agents; ++agent) devices.emplace_back(agent, trace.agents);
  std::vector<Counts> changes_after(trace.agents, Counts{0});  // agent -> transactions -> changes

  TextHistory history;
  for (std::size_t i = 0; i < trace.transactions.size(); ++i) {
    const Transaction& transaction = trace.transactions[i];
    Device& device = devices.at(transaction.agent);
    Counts seen = device.seen();
    for (std::uint32_t agent = 0; agent < trace.agents; ++agent)
      if (agent != transaction.agent) seen[agent] = changes_after[agent][had[i][agent]];
    if (seen != device.seen()) {
      device.save(history);
      seen[transaction.agent] = device.seen()[transaction.agent];
      device.meet(history, seen);
    }
    for (const Patch& patch : transaction.patches) {
      if (device.jumps(patch)) device.save(history);
      device.type(patch);
    }
    if (saved[i]) device.save(history);
    changes_after[transaction.agent].push_back(device.seen()[transaction.agent]);
  }
  for (Device& device : devices) device.save(history);
  return history;
}

std::vector<TextInsertion> TextHistory::insertions() const {
  std::vector<TextInsertion> insertions;
  insertions.reserve(ranks.size());
  for (const TextChange& change : changes)
    for (const NewInsertion& made : change.edit.insertions)
      insertions.push_back({made.origin, merge::TextEffect::in_effect, made.text});
  return insertions;
}

std::vector<TextRun> TextHistory::struck() const {
  std::vector<TextRun> struck;
  for (const TextChange& change : changes)
    struck.insert(struck.end(), change.edit.struck.begin(), change.edit.struck.end());
  return struck;
}

merge::RanksBefore TextHistory::ranks_before() const {
  return [this](std::uint32_t a, std::uint32_t b) { return ranks[a] < ranks[b]; };
}

}  // namespace plenary::bench
