#include "bench/rows.h"

#include <zstd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace plenary::bench {
namespace {

constexpr Target ratio_at_most(double bound) {
  return {Aim::at_most, bound, true};
}

std::string name_of(const DayShape& shape) {
  return "W1 " + std::to_string(shape.tablets) + " × " + std::to_string(shape.notes);
}

// What no format beats: each tablet's texts alone, in one piece, as small as zstd makes them.
double texts_alone_per_note(const DayShape& shape) {
  double bytes = 0;
  for (std::size_t tablet = 0; tablet < shape.tablets; ++tablet) {
    std::string texts;
    const TabletDay day = tablet_day(shape, tablet);
    for (const Note& note : day.notes) texts += note.body + "\n";
    for (const NoteEdit& edit : day.edits) texts += edit.add + "\n";
    std::string packed(ZSTD_compressBound(texts.size()), '\0');
    bytes += static_cast<double>(ZSTD_compress(packed.data(), packed.size(), texts.data(), texts.size(), 19));
  }
  return bytes / static_cast<double>(shape.tablets * shape.notes);
}

class Rows {
 public:
  Rows(const Comparison& day, std::vector<Row>& rows, const std::string& against = "")
      : day_(day), rows_(rows), workload_(name_of(day.shape) + against) {}

  void add(const char* measure, double DayFigures::*figure, const char* unit, std::optional<Target> target) {
    Row row{workload_, measure, day_.floor.*figure, unit, std::nullopt, std::nullopt};
    if (day_.plenary) {
      row.value = (*day_.plenary).*figure;
      row.floor = day_.floor.*figure;
      row.target = target;
    }
    rows_.push_back(std::move(row));
  }

 private:
  const Comparison& day_;
  std::vector<Row>& rows_;
  std::string workload_;
};

void add_common(const Comparison& day, std::vector<Row>& rows) {
  Rows table(day, rows);
  table.add("record a note, durable", &DayFigures::record_per_second, "notes/s", Target{Aim::at_least, 0.7, true});
  table.add("sync, all verified and merged", &DayFigures::sync_seconds, "s", ratio_at_most(1.0));
  table.add("tablets' CPU, sum", &DayFigures::tablets_cpu_seconds, "s", ratio_at_most(1.0));
  table.add("upload per note", &DayFigures::up_per_note, "B", ratio_at_most(0.7));
}

}  // namespace

void add_review_day(const Comparison& day, std::vector<Row>& rows) {
  add_common(day, rows);
  Rows table(day, rows);
  const DayFigures& figures = day.plenary ? *day.plenary : day.floor;
  rows.push_back({name_of(day.shape), "hub disk per note, against upload", figures.hub_disk_per_note, "B",
                  figures.up_per_note, ratio_at_most(1.05)});
  table.add("hub CPU", &DayFigures::hub_cpu_seconds, "s", ratio_at_most(2.0));
  table.add("hub memory", &DayFigures::hub_memory_mb, "MB", ratio_at_most(0.5));
  table.add("cold join", &DayFigures::cold_seconds, "s", ratio_at_most(1.2));
  table.add("reconnect, nothing new, after the handshake", &DayFigures::reconnect_bytes, "B",
            Target{Aim::at_most, 400, false});
  table.add("download per note", &DayFigures::down_per_note, "B", std::nullopt);
  table.add("tablet memory, greatest", &DayFigures::tablet_memory_mb, "MB", std::nullopt);
  rows.push_back({name_of(day.shape), "upload against texts alone in zstd -19", figures.up_per_note, "B",
                  texts_alone_per_note(day.shape), std::nullopt});
}

void add_large_day(const Comparison& usual, const Comparison& large, std::vector<Row>& rows) {
  add_common(large, rows);
  const bool both = usual.plenary && large.plenary;
  const double time = (both ? *large.plenary : large.floor).sync_seconds;
  rows.push_back({name_of(large.shape), "sync against the usual day", time, "s",
                  (both ? *usual.plenary : usual.floor).sync_seconds, ratio_at_most(11)});
}

void add_at_rest(const Comparison& sealed, std::vector<Row>& rows) {
  Rows table(sealed, rows, " sealed, beside in clear");
  table.add("record a note, durable", &DayFigures::record_per_second, "notes/s", std::nullopt);
  table.add("sync, all verified and merged", &DayFigures::sync_seconds, "s", std::nullopt);
  table.add("tablets' CPU, sum", &DayFigures::tablets_cpu_seconds, "s", std::nullopt);
  table.add("cold join", &DayFigures::cold_seconds, "s", std::nullopt);
}

void add_long_roster(const Comparison& long_roster, std::vector<Row>& rows) {
  Rows table(long_roster, rows, " long roster, beside short");
  table.add("record a note, durable", &DayFigures::record_per_second, "notes/s", std::nullopt);
  table.add("sync, all verified and merged", &DayFigures::sync_seconds, "s", std::nullopt);
  table.add("tablets' CPU, sum", &DayFigures::tablets_cpu_seconds, "s", std::nullopt);
  table.add("upload per note", &DayFigures::up_per_note, "B", std::nullopt);
  table.add("cold join", &DayFigures::cold_seconds, "s", std::nullopt);
  table.add("reconnect, nothing new, after the handshake", &DayFigures::reconnect_bytes, "B", std::nullopt);
}

void add_text_workload(const std::filesystem::path& bench_text, std::vector<Row>& rows) {
  if (!std::filesystem::exists(bench_text)) return;
  FILE* pipe = ::popen((bench_text.string() + " --json").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("bench_text could not be started");
  std::string text;
  char chunk[4096];
  for (std::size_t got; (got = std::fread(chunk, 1, sizeof chunk, pipe)) > 0;) text.append(chunk, got);
  if (::pclose(pipe) != 0) throw std::runtime_error("bench_text failed");

  for (const auto& one : nlohmann::json::parse(text)) {
    Row row{one.at("workload"), one.at("measure"), one.at("value"), one.at("unit"), std::nullopt, std::nullopt};
    if (const auto target = one.find("target"); target != one.end() && target->is_number()) {
      row.target = Target{Aim::at_most, *target, false};
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace plenary::bench
