// W1, one run: T tablets and a hub in processes of their own record a day offline, all meet at once, a newcomer joins
// cold, one tablet comes again with nothing new.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "bench/child.h"
#include "bench/day.h"

namespace plenary::bench {

struct DayFigures {
  double record_per_second = 0;  // median tablet, notes only, each awaited
  double sync_seconds = 0;       // from "connect" to the last tablet that holds and has handed over everything
  double tablets_cpu_seconds = 0, hub_cpu_seconds = 0, hub_memory_mb = 0, tablet_memory_mb = 0;
  double up_per_note = 0, down_per_note = 0, hub_disk_per_note = 0;
  double cold_seconds = 0;
  double reconnect_bytes = 0;  // both ways, after the handshake
  double foreign_percent = 0;  // load of all cores during the sync that was not ours
};

struct StartedHub {
  std::unique_ptr<Child> process;
  std::uint16_t port = 0;
  std::string key;  // for the tablets; empty where there is none
};

// A program to measure: how its hub and its tablets are started.
struct Contestant {
  std::string name;
  // Starts a hub that keeps its data in the folder.
  std::function<StartedHub(const std::filesystem::path& folder)> start_hub;
  // The tablet's role on our own command line.
  std::string tablet_role;
  // What a connection costs both ways before anything is said (docs/protocol/sync.md, "Transport").
  double handshake_bytes = 0;
};

// Throws when a process fails or two tablets differ in the end. Works below `folder`, which is removed afterwards.
DayFigures run_review_day(const Contestant& contestant, const DayShape& shape, const std::filesystem::path& folder);

// The median of each figure.
DayFigures median(const std::vector<DayFigures>& runs);

}  // namespace plenary::bench
