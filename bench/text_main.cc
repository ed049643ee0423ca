// bench_text: workload W4, collaborative text. Prints one line a measure, or with --json an array of
// {workload, measure, value, unit, target}. Times are medians of this thread's CPU time, since all of it is one
// thread's computing and other programs may be at work; every run checks that the text is the published one.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/text_space.h"
#include "core/crypto/random.h"

namespace plenary::bench {
namespace {

struct Measure {
  std::string workload, name;
  double value = 0;
  std::string unit;
  std::optional<double> target;  // at most
};

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template <class Work>
double median_ms(int runs, const Work& work) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const double begin = cpu_ms();
    work();
    times.push_back(cpu_ms() - begin);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void expect(const std::string& text, const Trace& trace) {
  if (text != trace.end_content) throw std::runtime_error("the text is not the published one");
}

// Every keystroke into a document; a change's operations are taken wherever the author's device saved.
void type_all(const Trace& trace, const TextHistory& history) {
  merge::TextDocument document;
  auto next = history.changes.begin();
  std::uint64_t left = 0;  // keystrokes until the next save
  const auto weigh = [](const TextChange& change) {
    std::uint64_t characters = 0;
    for (const auto& made : change.edit.insertions) characters += made.origin.length;
    for (const auto& run : change.edit.struck) characters += run.count;
    return characters;
  };
  left = weigh(*next);
  for (const Transaction& transaction : trace.transactions) {
    for (const Patch& patch : transaction.patches) {
      if (!document.replace(patch.at, patch.deleted, patch.inserted))
        throw std::runtime_error("a patch lies beyond the text");
      left -= std::min<std::uint64_t>(left, patch.deleted + patch.inserted.size());
      if (left > 0) continue;
      document.take_edit();
      if (++next != history.changes.end()) left = weigh(*next);
    }
  }
  expect(document.text(), trace);
}

std::size_t total_size(const std::vector<Bytes>& segments) {
  std::size_t size = 0;
  for (const Bytes& segment : segments) size += segment.size();
  return size;
}

class TextBench {
 public:
  explicit TextBench(int runs) : runs_(runs) {}

  void measure_paper(const Trace& trace) {
    workload_ = "W4 automerge-paper";
    const TextHistory history = type_trace(trace);
    add("edits", static_cast<double>(trace.transactions.size()), "");
    add("changes (one for each run of typing or deleting)", static_cast<double>(history.changes.size()), "");
    time("apply: every edit, operations taken at every change", 54, [&] { type_all(trace, history); });
    measure_history(trace, history, 129, 10);
  }

  void measure_two_authors(const Trace& trace) {
    workload_ = "W4 friendsforever";
    const TextHistory history = type_trace(trace);
    add("edits", static_cast<double>(trace.transactions.size()), "");
    add("changes (one for each run, or less where the other saw its beginning)",
        static_cast<double>(history.changes.size()), "");
    measure_history(trace, history, 38, std::nullopt);
  }

  const std::vector<Measure>& measures() const { return measures_; }

 private:
  void add(std::string name, double value, std::string unit, std::optional<double> target = {}) {
    measures_.push_back({workload_, std::move(name), value, std::move(unit), target});
  }
  template <class Work>
  void time(std::string name, std::optional<double> target, const Work& work) {
    add(std::move(name), median_ms(runs_, work), "ms", target);
  }

  void measure_history(const Trace& trace, const TextHistory& history, double target_kilobytes,
                       std::optional<double> target_load) {
    TextSpace space(trace.agents);
    std::vector<log::Change> changes;
    std::vector<Bytes> segments;
    time("record: changes encoded, hashed and chained", {}, [&] { changes = space.write(history); });
    time("seal: packed, compressed, encrypted, signed", {}, [&] { segments = space.seal(); });
    add("history: sealed segments", static_cast<double>(total_size(segments)) / 1000, "kB", target_kilobytes);

    std::size_t heads = 0;
    for (const log::Change& change : changes) heads += change.seen.size();
    if (heads > 0) add("of these: chain values of heads seen", static_cast<double>(heads) * 32 / 1000, "kB");

    time("load: from the kept bytes of every change to a document", target_load,
         [&] { expect(space.load().text(), trace); });
    time("place: all operations, once decoded", {}, [&] {
      const auto insertions = history.insertions();
      expect(place_text(insertions, history.struck(), history.ranks_before()).shown, trace);
    });
    std::vector<log::Change> opened;
    time("open: decrypted, unpacked, every link verified", {}, [&] { opened = space.open(segments); });
    const bool two = trace.agents > 1;
    time("merge: all changes, by the engine", two ? std::optional<double>(130) : std::nullopt,
         [&] { expect(space.merge(opened), trace); });
  }

  int runs_;
  std::string workload_;
  std::vector<Measure> measures_;
};

void print_lines(const std::vector<Measure>& measures) {
  for (const Measure& measure : measures) {
    std::printf("%-20s %-72s %10.2f %-3s", measure.workload.c_str(), measure.name.c_str(), measure.value,
                measure.unit.c_str());
    if (measure.target)
      std::printf(" target ≤ %.0f %s", *measure.target, measure.value <= *measure.target ? "met" : "MISSED");
    std::printf("\n");
  }
}

void print_json(const std::vector<Measure>& measures) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Measure& measure : measures) {
    rows.push_back(
        {{"workload", measure.workload}, {"measure", measure.name}, {"value", measure.value}, {"unit", measure.unit}});
    rows.back()["target"] = measure.target ? nlohmann::ordered_json(*measure.target) : nullptr;
  }
  std::printf("%s\n", rows.dump(2).c_str());
}

int run(int argc, char** argv) {
  bool json = false;
  int runs = 7;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      json = true;
    } else if (word == "--runs" && i + 1 < argc) {
      runs = std::max(1, std::atoi(argv[++i]));
    } else {
      std::fprintf(stderr, "usage: bench_text [--json] [--runs N]\n");
      return 2;
    }
  }
  crypto::initialise();
  const std::filesystem::path vectors = PLENARY_SOURCE_DIR "/tests/vectors/text";
  TextBench bench(runs);
  bench.measure_paper(read_trace(vectors / "automerge-paper.json.gz"));
  bench.measure_two_authors(read_trace(vectors / "friendsforever.json.gz"));
  json ? print_json(bench.measures()) : print_lines(bench.measures());
  return 0;
}

}  // namespace
}  // namespace plenary::bench

int main(int argc, char** argv) {
  try {
    return plenary::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_text: %s\n", error.what());
    return 1;
  }
}
