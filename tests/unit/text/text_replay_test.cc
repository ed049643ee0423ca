// Published histories, replayed: everybody ends with the text that was published.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "bench/text_traces.h"
#include "tests/unit/text/naive_fugue.h"

namespace plenary::merge {
namespace {

using bench::TextHistory;
using nlohmann::json;

const std::filesystem::path kVectors = PLENARY_SOURCE_DIR "/tests/vectors/text";

// A history in which anybody may go on from any version. A transaction becomes one change.
class Branches {
 public:
  // Makes a transaction at the version that has exactly the transactions `held`.
  void add(const std::set<std::size_t>& held, std::uint32_t agent, std::uint32_t first_number,
           const std::vector<bench::Patch>& patches) {
    std::vector<std::uint32_t> names;
    TextDocument document = at_version(held, names);
    for (const bench::Patch& patch : patches) ASSERT_TRUE(document.replace(patch.at, patch.deleted, patch.inserted));

    TextEdit edit = document.take_edit();
    for (NewInsertion& made : edit.insertions) {
      names.push_back(static_cast<std::uint32_t>(ranks_.size()));
      ranks_.emplace_back(agent, first_number, static_cast<std::uint32_t>(names.size()));
      made.index = names.back();
      made.origin = rename(made.origin, names);
    }
    for (TextRun& run : edit.struck) run.insertion = names[run.insertion];
    edits_.push_back(std::move(edit));
  }

  std::string text() const {
    std::set<std::size_t> all;
    for (std::size_t i = 0; i < edits_.size(); ++i) all.insert(i);
    std::vector<std::uint32_t> names;
    return at_version(all, names).text();
  }

  // The same by the judge, one character after the other.
  std::vector<TextPlace> judged() const {
    NaiveFugue judge;
    const auto rank = [this](std::uint32_t i) {
      const auto& [agent, number, index] = ranks_[i];
      return std::uint64_t{agent} << 48 | std::uint64_t{number} << 16 | index;
    };
    for (const TextEdit& edit : edits_)
      for (const NewInsertion& made : edit.insertions) judge.insert(made.index, rank(made.index), made.origin);
    return judge.places();
  }
  std::vector<TextPlace> placed() const {
    std::vector<TextOrigin> origins;
    for (const TextEdit& edit : edits_)
      for (const NewInsertion& made : edit.insertions) origins.push_back(made.origin);
    std::vector<TextPlace> places;
    for (const TextRun& run : order_text(origins, [&](auto a, auto b) { return ranks_[a] < ranks_[b]; }))
      for (std::uint32_t i = 0; i < run.count; ++i) places.push_back({run.insertion, run.first + i});
    return places;
  }
  std::size_t length_of_version(const std::set<std::size_t>& held) const {
    std::vector<std::uint32_t> names;
    return at_version(held, names).length();
  }

 private:
  static TextOrigin rename(const TextOrigin& origin, const std::vector<std::uint32_t>& names) {
    const auto name = [&](TextPlace place) {
      return place.is_edge() ? place : TextPlace{names[place.insertion], place.offset};
    };
    return {origin.length, name(origin.left), name(origin.right)};
  }

  // `names` tells which insertion of the history each of the document's is.
  TextDocument at_version(const std::set<std::size_t>& held, std::vector<std::uint32_t>& names) const {
    std::vector<std::uint32_t> here(ranks_.size());
    std::vector<TextInsertion> insertions;
    std::vector<TextRun> struck;
    for (const std::size_t number : held) {
      for (const NewInsertion& made : edits_[number].insertions) {
        here[made.index] = static_cast<std::uint32_t>(names.size());
        names.push_back(made.index);
        insertions.push_back({rename(made.origin, here), TextEffect::in_effect, made.text});
      }
      for (const TextRun& run : edits_[number].struck) struck.push_back({here[run.insertion], run.first, run.count});
    }
    const auto ranks_before = [&](std::uint32_t a, std::uint32_t b) { return ranks_[names[a]] < ranks_[names[b]]; };
    return TextDocument(insertions, place_text(insertions, struck, ranks_before));
  }

  std::vector<TextEdit> edits_;
  std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> ranks_;
};

std::string replay(const json& transactions) {
  Branches branches;
  std::map<std::size_t, std::size_t> made_at;  // last event of a transaction -> the transaction
  std::vector<std::set<std::size_t>> held_by;
  for (std::size_t number = 0; number < transactions.size(); ++number) {
    const json& transaction = transactions[number];
    std::set<std::size_t> held;
    for (const json& parent : transaction.at("parents")) {
      const std::size_t of = made_at.at(parent.get<std::size_t>());
      held.insert(held_by[of].begin(), held_by[of].end());
      held.insert(of);
    }
    std::vector<bench::Patch> patches;
    for (const json& op : transaction.at("ops")) patches.push_back({op[0], op[1], op[2]});
    const auto agent = static_cast<std::uint32_t>(transaction.at("agent").get<std::string>()[0]);
    branches.add(held, agent, transaction.at("seqStart"), patches);
    held_by.push_back(std::move(held));
    made_at[transaction.at("span")[1].get<std::size_t>() - 1] = number;
  }
  return branches.text();
}

TEST(TextReplayTest, AllPublishedHistoriesEndAsPublished) {
  std::ifstream file(kVectors / "egwalker-conformance-500.json");
  const json histories = json::parse(file);
  ASSERT_EQ(histories.size(), 500);

  for (std::size_t i = 0; i < histories.size(); ++i)
    EXPECT_EQ(replay(histories[i].at("txns")), histories[i].at("endContent").get<std::string>()) << "history " << i;
}

// A history's text, and what its operations merge to when nothing but them is known.
void expect_end(const bench::Trace& trace) {
  const TextHistory history = bench::type_trace(trace);

  const auto insertions = history.insertions();
  const PlacedText merged = place_text(insertions, history.struck(), history.ranks_before());

  EXPECT_TRUE(merged.shown == trace.end_content);
  EXPECT_TRUE(TextDocument(insertions, merged).text() == trace.end_content);
}

TEST(TextReplayTest, AnAuthorsKeystrokesEndInTheirPaper) {
  const bench::Trace trace = bench::read_trace(kVectors / "automerge-paper.json.gz");
  ASSERT_EQ(trace.transactions.size(), 259'778);

  expect_end(trace);
}

TEST(TextReplayTest, TwoAuthorsAtOnceEndInTheirText) {
  const bench::Trace trace = bench::read_trace(kVectors / "friendsforever.json.gz");
  ASSERT_EQ(trace.agents, 2);

  expect_end(trace);
}

// People who branch, merge and edit at random, from seed to seed; the judge knows nothing of runs.
TEST(TextReplayTest, ConcurrentEditsAgreeWithTheJudge) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    constexpr std::uint32_t kAgents = 3;
    Branches branches;
    std::vector<std::set<std::size_t>> held(kAgents);
    for (std::size_t number = 0; number < 24; ++number) {
      const auto agent = static_cast<std::uint32_t>(random() % kAgents);
      if (random() % 3 == 0) held[agent].merge(std::set(held[random() % kAgents]));
      const std::size_t length = branches.length_of_version(held[agent]);
      const std::size_t at = random() % (length + 1), deleted = std::min<std::size_t>(random() % 3, length - at);
      branches.add(held[agent], agent, static_cast<std::uint32_t>(number),
                   {{at, deleted, std::string(random() % 4, 'x')}});
      held[agent].insert(number);
    }
    ASSERT_EQ(branches.placed(), branches.judged()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace plenary::merge
