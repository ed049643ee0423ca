#include "bench/host.h"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace plenary::bench {
namespace {

constexpr int kPumpMs = 5;
constexpr double kPatienceSeconds = 280;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A whole line of standard input. While there is none, the connection is carried on.
class Commands {
 public:
  explicit Commands(Tablet& tablet) : tablet_(tablet) {}

  bool next(std::string& line) {
    for (;;) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return true;
      }
      pollfd waiting{STDIN_FILENO, POLLIN, 0};
      if (::poll(&waiting, 1, connected ? 0 : -1) == 0) {
        tablet_.pump(kPumpMs);
        continue;
      }
      char chunk[4096];
      const ssize_t got = ::read(STDIN_FILENO, chunk, sizeof chunk);
      if (got <= 0) return false;
      buffer_.append(chunk, static_cast<std::size_t>(got));
    }
  }

  bool connected = false;

 private:
  Tablet& tablet_;
  std::string buffer_;
};

std::string record_day(Tablet& tablet, const TabletPlace& place) {
  const TabletDay day = tablet_day(place.shape, place.index);
  const double start = now();
  for (const Note& note : day.notes) tablet.record(note);
  const double recorded = now();
  for (const NoteEdit& edit : day.edits) tablet.edit(edit);
  for (const Judgement& judgement : day.judgements) tablet.judge(judgement);
  return std::to_string(recorded - start) + " " + std::to_string(now() - recorded);
}

std::string wait_until(Tablet& tablet, Extent extent) {
  const double start = now();
  while (!tablet.holds(extent) || !tablet.handed_over()) {
    if (now() - start > kPatienceSeconds) {
      throw std::runtime_error(tablet.holds(extent) ? "still not handed over" : "still incomplete");
    }
    tablet.pump(kPumpMs);
  }
  return std::to_string(now() - start);
}

std::string perform(Tablet& tablet, const TabletPlace& place, std::istream& words, Commands& commands) {
  std::string command, argument;
  words >> command >> argument;
  if (command == "seed") return tablet.seed(), "";
  if (command == "invite") return tablet.invite(std::stoul(argument));
  if (command == "join") return tablet.join(argument), "";
  if (command == "connect") return tablet.connect(), commands.connected = true, "";
  if (command == "disconnect") return tablet.disconnect(), commands.connected = false, "";
  if (command == "day") return record_day(tablet, place);
  if (command == "until") return wait_until(tablet, argument == "all" ? Extent::everything : Extent::findings);
  if (command == "digest") return tablet.digest();
  throw std::runtime_error("there is no command " + command);
}

}  // namespace

int run_tablet_host(Tablet& tablet, const TabletPlace& place) {
  Commands commands(tablet);
  for (std::string line; commands.next(line) && line != "stop";) {
    try {
      std::istringstream words(line);
      std::printf("ok %s\n", perform(tablet, place, words, commands).c_str());
    } catch (const std::exception& error) {
      std::printf("error %s: %s\n", line.c_str(), error.what());
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace plenary::bench
