// plenary-bench: the workloads of a review day, Plenary and its floor side by side in one run (docs/architecture.md,
// "Measuring"). Also, when started by itself with a role, one of the processes that it measures.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "bench/contestants.h"
#include "bench/floor_relay.h"
#include "bench/host.h"
#include "bench/report.h"
#include "bench/review_day.h"
#include "bench/rows.h"
#include "bench/sealed_pages.h"

namespace plenary::bench {
namespace {

struct Settings {
  DayShape shape;
  int runs = 3;
  bool quick = false, floor_only = false, without_large = false, sealed_only = false;
  std::filesystem::path json = "bench.json", folder = std::filesystem::temp_directory_path();
};

void say(const Contestant& contestant, const DayShape& shape, int run, const DayFigures& f) {
  std::fprintf(stderr,
               "W1 %zu × %zu, run %d, %-7s record %.0f/s, sync %.2f s, tablets %.2f s CPU, hub %.3f s CPU, up %.0f B, "
               "cold %.2f s; other load %.0f %%\n",
               shape.tablets, shape.notes, run, contestant.name.c_str(), f.record_per_second, f.sync_seconds,
               f.tablets_cpu_seconds, f.hub_cpu_seconds, f.up_per_note, f.cold_seconds, f.foreign_percent);
}

// Alternating, so that whatever else the machine does meets both.
Comparison compare(const Settings& settings, const DayShape& shape, const std::vector<Contestant>& contestants) {
  std::vector<std::vector<DayFigures>> runs(contestants.size());
  for (int run = 1; run <= settings.runs; ++run) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      const auto folder = settings.folder / ("plenary-bench-" + std::to_string(::getpid()));
      runs[i].push_back(run_review_day(contestants[i], shape, folder));
      say(contestants[i], shape, run, runs[i].back());
    }
  }
  Comparison comparison{shape, median(runs[0]), std::nullopt};
  if (contestants.size() > 1) comparison.plenary = median(runs[1]);
  return comparison;
}

void measure_sealed_pages(const Settings& settings, std::vector<Row>& rows) {
  add_sealed_pages(settings.folder / ("plenary-bench-" + std::to_string(::getpid())), settings.runs, rows);
}

void measure(const Settings& settings) {
  if (settings.sealed_only) {
    std::vector<Row> rows;
    measure_sealed_pages(settings, rows);
    return print_and_write(rows, settings.json);
  }
  std::vector<Contestant> contestants{floor_contestant()};
  if (!settings.floor_only) contestants.push_back(plenary_contestant());

  std::vector<Row> rows;
  const Comparison day = compare(settings, settings.shape, contestants);
  add_review_day(day, rows);
  if (!settings.without_large && !settings.quick) {
    DayShape large = settings.shape;
    large.notes *= 10;
    add_large_day(day, compare(settings, large, contestants), rows);
  }
  measure_sealed_pages(settings, rows);
  add_text_workload(program_folder() / "bench_text", rows);
  print_and_write(rows, settings.json);
}

int run_driver(int argc, char** argv) {
  Settings settings;
  CLI::App app("Measures a review day, Plenary beside its floor, and prints the ratios.");
  app.add_option("--tablets", settings.shape.tablets, "tablets")->capture_default_str();
  app.add_option("--notes", settings.shape.notes, "notes on each tablet")->capture_default_str();
  app.add_option("--runs", settings.runs, "alternating runs; medians are shown")->capture_default_str();
  app.add_option("--json", settings.json, "file for the raw figures")->capture_default_str();
  app.add_option("--folder", settings.folder, "where the data of the runs goes")->capture_default_str();
  app.add_flag("--quick", settings.quick, "one run, no 10 × larger day");
  app.add_flag("--floor-only", settings.floor_only, "only the floor");
  app.add_flag("--sealed-only", settings.sealed_only, "only what sealing the tablet's files costs");
  app.add_flag("--without-large", settings.without_large, "leave the 10 × larger day out");
  CLI11_PARSE(app, argc, argv);
  if (settings.quick) settings.runs = 1;
  measure(settings);
  return 0;
}

// ROLE FOLDER INDEX PORT TABLETS NOTES FINDINGS HUB-KEY, as review_day.cc starts it.
TabletPlace place_from(char** words) {
  TabletPlace place;
  place.folder = words[2];
  place.index = std::stoul(words[3]);
  place.port = static_cast<std::uint16_t>(std::stoul(words[4]));
  place.shape.tablets = std::stoul(words[5]);
  place.shape.notes = std::stoul(words[6]);
  place.shape.findings = std::stoul(words[7]);
  place.hub_key = words[8];
  return place;
}

int run(int argc, char** argv) {
  const std::string role = argc > 2 ? argv[1] : "";
  if (role == "floor-relay") return run_floor_relay(argv[2]);
  if (role == "floor-tablet" || role == "plenary-tablet") {
    const TabletPlace place = place_from(argv);
    const auto tablet = role == "floor-tablet" ? make_floor_tablet(place) : make_plenary_tablet(place);
    return run_tablet_host(*tablet, place);
  }
  return run_driver(argc, argv);
}

}  // namespace
}  // namespace plenary::bench

int main(int argc, char** argv) {
  try {
    return plenary::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plenary-bench: %s\n", error.what());
    return 1;
  }
}
