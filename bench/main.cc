// plenary-bench: the workloads of a review day, Plenary and its floor side by side in one run (docs/architecture.md,
// "Measuring"). Also, when started by itself with a role, one of the processes that it measures.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "bench/contestants.h"
#include "bench/floor_relay.h"
#include "bench/host.h"
#include "bench/report.h"
#include "bench/review_day.h"
#include "bench/rows.h"
#include "bench/sealed_pages.h"

namespace plenary::bench {
namespace {

// What can be measured alone, by its name on the command line.
constexpr const char* kReviewDay = "review-day";
constexpr const char* kLargeDay = "large-day";
constexpr const char* kAtRest = "at-rest";
constexpr const char* kRoster = "roster";
constexpr const char* kSealedPages = "sealed-pages";
constexpr const char* kText = "text";

struct Settings {
  DayShape shape;
  int runs = 3;
  bool quick = false, floor_only = false, without_large = false;
  std::vector<std::string> only;  // empty: everything
  std::filesystem::path json = "bench.json", folder = std::filesystem::temp_directory_path();

  bool wants(const std::string& measurement) const {
    if (!only.empty()) return std::ranges::find(only, measurement) != only.end();
    return measurement != kLargeDay || !(quick || without_large);
  }
  std::filesystem::path run_folder() const { return folder / ("plenary-bench-" + std::to_string(::getpid())); }
};

void say(const Contestant& contestant, const DayShape& shape, int run, const DayFigures& f) {
  std::fprintf(stderr,
               "W1 %zu × %zu, run %d, %-11s record %.0f/s, sync %.2f s, tablets %.2f s CPU, hub %.3f s CPU, up %.0f B, "
               "cold %.2f s; other load %.0f %%\n",
               shape.tablets, shape.notes, run, contestant.name.c_str(), f.record_per_second, f.sync_seconds,
               f.tablets_cpu_seconds, f.hub_cpu_seconds, f.up_per_note, f.cold_seconds, f.foreign_percent);
}

// The medians of each, in the order of the contestants. Alternating, so that whatever else the machine does meets all.
std::vector<DayFigures> run_alternating(const Settings& settings, const DayShape& shape,
                                        const std::vector<Contestant>& contestants) {
  std::vector<std::vector<DayFigures>> runs(contestants.size());
  for (int run = 1; run <= settings.runs; ++run) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      runs[i].push_back(run_review_day(contestants[i], shape, settings.run_folder()));
      say(contestants[i], shape, run, runs[i].back());
    }
  }
  std::vector<DayFigures> medians;
  for (const auto& figures : runs) medians.push_back(median(figures));
  return medians;
}

// The review day of everybody who takes part in a row that is wanted: each is played as often as the others, and once
// for all rows that it stands in.
class Days {
 public:
  explicit Days(const Settings& settings) : settings_(settings) {
    const bool against_floor = settings.wants(kReviewDay) || settings.wants(kLargeDay);
    if (against_floor) floor_ = take_part(floor_contestant());
    if (settings.floor_only) return;
    if (against_floor || settings.wants(kAtRest) || settings.wants(kRoster)) {
      plenary_ = take_part(plenary_contestant(Variant::as_shipped));
    }
    if (settings.wants(kAtRest)) in_clear_ = take_part(plenary_contestant(Variant::in_clear));
    if (settings.wants(kRoster)) long_roster_ = take_part(plenary_contestant(Variant::long_roster));
  }

  void measure(std::vector<Row>& rows) const {
    const DayShape& shape = settings_.shape;
    const auto figures = run_alternating(settings_, shape, contestants_);
    const auto of = [&](std::optional<std::size_t> i) { return i ? std::optional(figures[*i]) : std::nullopt; };
    if (floor_) {
      const Comparison day{shape, figures[*floor_], of(plenary_)};
      if (settings_.wants(kReviewDay)) add_review_day(day, rows);
      if (settings_.wants(kLargeDay)) measure_large(day, rows);
    }
    if (in_clear_) add_at_rest({shape, figures[*in_clear_], of(plenary_)}, rows);
    if (long_roster_) add_long_roster({shape, figures[*plenary_], of(long_roster_)}, rows);
  }

 private:
  std::size_t take_part(Contestant contestant) {
    contestants_.push_back(std::move(contestant));
    return contestants_.size() - 1;
  }

  void measure_large(const Comparison& usual, std::vector<Row>& rows) const {
    DayShape large = settings_.shape;
    large.notes *= 10;
    std::vector<Contestant> contestants{contestants_[*floor_]};
    if (plenary_) contestants.push_back(contestants_[*plenary_]);
    const auto figures = run_alternating(settings_, large, contestants);
    add_large_day(usual, {large, figures[0], plenary_ ? std::optional(figures[1]) : std::nullopt}, rows);
  }

  const Settings& settings_;
  std::vector<Contestant> contestants_;
  std::optional<std::size_t> floor_, plenary_, in_clear_, long_roster_;  // places among the contestants
};

void measure(const Settings& settings) {
  std::vector<Row> rows;
  Days(settings).measure(rows);
  if (settings.wants(kSealedPages)) add_sealed_pages(settings.run_folder(), settings.runs, rows);
  if (settings.wants(kText)) add_text_workload(program_folder() / "bench_text", rows);
  print_and_write(rows, settings.json);
}

int run_driver(int argc, char** argv) {
  Settings settings;
  CLI::App app("Measures a review day, Plenary beside its floor, and prints the ratios.");
  app.add_option("--tablets", settings.shape.tablets, "tablets")->capture_default_str();
  app.add_option("--notes", settings.shape.notes, "notes on each tablet")->capture_default_str();
  app.add_option("--runs", settings.runs, "alternating runs; medians are shown")->capture_default_str();
  app.add_option("--only", settings.only,
                 "only these: review-day (W1 beside its floor), large-day (10 × larger), at-rest (W1 sealed, beside W1 "
                 "in clear), roster (W1 in a space with a long roster), sealed-pages (SQLite alone), text (W4)")
      ->check(CLI::IsMember({kReviewDay, kLargeDay, kAtRest, kRoster, kSealedPages, kText}));
  app.add_option("--json", settings.json, "file for the raw figures")->capture_default_str();
  app.add_option("--folder", settings.folder, "where the data of the runs goes")->capture_default_str();
  app.add_flag("--quick", settings.quick, "one run, no 10 × larger day");
  app.add_flag("--floor-only", settings.floor_only, "only the floor");
  app.add_flag("--without-large", settings.without_large, "leave the 10 × larger day out");
  CLI11_PARSE(app, argc, argv);
  if (settings.quick) settings.runs = 1;
  measure(settings);
  return 0;
}

constexpr int kTabletWords = 9;

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

// What begins with a dash is an option for the driver, and another first word the role of a process.
int run(int argc, char** argv) {
  const std::string role = argc > 2 ? argv[1] : "";
  if (role == "floor-relay") return run_floor_relay(argv[2]);
  if (argc == kTabletWords && !role.starts_with('-')) {
    const TabletPlace place = place_from(argv);
    return run_tablet_host(*make_tablet(role, place), place);
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
