// property_histories [--seeds N] [--start S] [--jobs J]   runs random histories and prints the seeds that fail
// property_histories --replay FILE                        holds the engine against histories with expected states
//
// A failing seed is run again with: property_histories --start SEED --seeds 1
#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

#include "tests/contract/model_vectors.h"
#include "tests/contract/properties.h"

namespace {

int replay(const char* path) {
  const nlohmann::json file = plenary::contract::read_histories(path);
  std::size_t moments = 0, different = 0;
  for (const nlohmann::json& in : file) {
    const plenary::contract::ModelHistory history(in);
    for (std::size_t moment = 0; moment < history.moments(); ++moment) {
      const std::string difference = history.difference(moment);
      ++moments;
      if (difference.empty()) continue;
      if (++different <= 20) std::printf("%s\n%s\n", history.name(moment).c_str(), difference.c_str());
    }
  }
  std::printf("%zu histories, %zu moments, %zu differ\n", file.size(), moments, different);
  return different > 0;
}

int explore(std::uint64_t start, std::uint64_t seeds, unsigned jobs) {
  std::atomic<std::uint64_t> next = start;
  std::atomic<std::uint64_t> failing = 0;
  std::mutex output;
  std::map<std::string, std::size_t> counts;
  const auto work = [&] {
    for (std::uint64_t seed = next++; seed < start + seeds; seed = next++) {
      const auto [faults, counted] = plenary::contract::run_seed(seed);
      const std::lock_guard lock(output);
      for (const auto& [what, count] : counted) counts[what] += count;
      failing += !faults.empty();
      for (const std::string& fault : faults)
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), fault.c_str());
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned job = 0; job < jobs; ++job) threads.emplace_back(work);
  threads.clear();
  for (const auto& [what, count] : counts) std::printf("%12zu %s\n", count, what.c_str());
  std::printf("%llu histories from seed %llu, %llu failing\n", static_cast<unsigned long long>(seeds),
              static_cast<unsigned long long>(start), static_cast<unsigned long long>(failing.load()));
  return failing > 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t start = 0, seeds = 2'000;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::strcmp(argv[i], "--replay")) return replay(argv[i + 1]);
    const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (!std::strcmp(argv[i], "--seeds")) seeds = value;
    if (!std::strcmp(argv[i], "--start")) start = value;
    if (!std::strcmp(argv[i], "--jobs")) jobs = static_cast<unsigned>(value);
  }
  return explore(start, seeds, jobs);
}
