// simulate: runs seeds of the simulated world, several processes at once, and says which broke a promise and how.
//
//   simulate [--seeds N] [--start S] [--steps K] [--jobs J] [--check-tables-every N] [--twice] [--trace]
//            [--export FILE]
//
// --twice runs each seed a second time and compares the traces. --export writes the seeds' spaces as histories of the
// reference model, one JSON a line, to hold what the devices show against it.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "tests/simulation/export_history.h"
#include "tests/simulation/scratch.h"
#include "tests/simulation/world.h"

namespace plenary::simulation {
namespace {

struct Arguments {
  std::uint64_t start = 1, seeds = 20, jobs = 2;
  Options options;
  bool trace = false, twice = false;
  std::string export_file;
};

// The world that runs now, for the report of a failed CHECK.
const World* running = nullptr;
std::uint64_t running_seed = 0;

void report_abort(int) {
  if (running == nullptr) return;
  std::cout << running->trace().text() << "seed " << running_seed << " failed: aborted in step " << running->step()
            << std::endl;
}

struct Outcome {
  bool good = true;
  std::uint64_t hash = 0;
  std::uint64_t checks = 0;
  Promises::Noticed noticed;
};

void export_world(World& world, std::uint64_t seed, const std::string& path) {
  const auto members = world.members();
  if (members.empty() || members.front()->space(world.space())->store().roster().empty()) return;
  const auto history = export_history(*members.front(), world.space(), "simulated " + std::to_string(seed));
  if (history) std::ofstream(path, std::ios::app) << history->dump() << "\n";
}

Outcome run_seed(std::uint64_t seed, const Arguments& arguments) {
  Options options = arguments.options;
  options.trace_lines = arguments.trace ? 100'000 : 40;
  Outcome outcome;
  const Scratch scratch("simulate");
  World world(seed, scratch.path() / "world", options);
  running = &world;
  running_seed = seed;
  try {
    world.run();
    if (!arguments.export_file.empty()) export_world(world, seed, arguments.export_file);
  } catch (const std::exception& problem) {
    outcome.good = false;
    std::cout << "seed " << seed << " step " << world.step() << ": " << problem.what() << "\n"
              << world.trace().text() << "seed " << seed << " failed: " << problem.what() << std::endl;
  }
  running = nullptr;
  if (arguments.trace && outcome.good) std::cout << world.trace().text();
  outcome.hash = world.trace().hash();
  outcome.checks = world.checks();
  outcome.noticed = world.noticed();
  return outcome;
}

// Every seed of one process. Says the sum of all hashes, so that two runs can be compared.
int run_share(std::uint64_t share, const Arguments& arguments) {
  std::uint64_t failed = 0, sum = 0, checks = 0;
  Promises::Noticed noticed;
  for (std::uint64_t seed = arguments.start + share; seed < arguments.start + arguments.seeds; seed += arguments.jobs) {
    const Outcome outcome = run_seed(seed, arguments);
    failed += outcome.good ? 0 : 1;
    sum += outcome.hash;
    checks += outcome.checks;
    noticed += outcome.noticed;
    if (arguments.twice && run_seed(seed, arguments).hash != outcome.hash) {
      std::cout << "seed " << seed << " failed: it ran differently the second time" << std::endl;
      ++failed;
    }
  }
  std::cout << "share " << share << ": " << failed << " failed, " << checks << " checks; noticed " << noticed.gaps
            << " gaps, " << noticed.tails << " statuses ahead, " << noticed.forks << " forks, " << noticed.hub_forks
            << " forked hubs, " << noticed.hidden_at_hub << " hidden logs; trace " << std::hex << sum << std::dec
            << std::endl;
  return failed == 0 ? 0 : 1;
}

int run_all(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (std::uint64_t share = 0; share < arguments.jobs; ++share) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGABRT, report_abort);
      ::_exit(run_share(share, arguments));
    }
    children.push_back(child);
  }
  int result = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) result = 1;
    if (WIFSIGNALED(status)) std::cout << "A process ended by signal " << WTERMSIG(status) << std::endl;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%llu seeds from %llu, %llu steps in %.1f s: %s\n", static_cast<unsigned long long>(arguments.seeds),
              static_cast<unsigned long long>(arguments.start),
              static_cast<unsigned long long>(arguments.seeds * arguments.options.steps), took.count(),
              result == 0 ? "every promise kept" : "FAILED");
  return result;
}

Result<Arguments> read(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = values[i];
    if (name == "--trace") {
      arguments.trace = true;
      arguments.jobs = 1;
      continue;
    }
    if (name == "--twice") {
      arguments.twice = true;
      continue;
    }
    if (name == "--export" && i + 1 < count) {
      arguments.export_file = values[++i];
      arguments.jobs = 1;
      continue;
    }
    const bool has_number = i + 1 < count;
    const std::uint64_t number = has_number ? std::strtoull(values[i + 1], nullptr, 10) : 0;
    ++i;
    if (has_number && name == "--seeds") {
      arguments.seeds = number;
    } else if (has_number && name == "--start") {
      arguments.start = number;
    } else if (has_number && name == "--steps") {
      arguments.options.steps = number;
    } else if (has_number && name == "--jobs") {
      arguments.jobs = std::max<std::uint64_t>(number, 1);
    } else if (has_number && name == "--check-tables-every") {
      arguments.options.check_tables_every = number;
    } else {
      return fail(ErrorCode::invalid_argument, "simulate does not know " + std::string(name) + " (see simulate.cc)");
    }
  }
  return arguments;
}

}  // namespace
}  // namespace plenary::simulation

int main(int count, char** values) {
  const auto arguments = plenary::simulation::read(count, values);
  if (!arguments) {
    std::cerr << arguments.error().message << "\n";
    return 2;
  }
  return plenary::simulation::run_all(*arguments);
}
