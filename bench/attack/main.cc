// hub-under-attack: how long an honest tablet's sync takes beside each attack on one plenaryd, as a ratio to its time
// without, and how much memory the hub takes. One run, one machine, one hub for all; the attackers share its cores.
//
//   hub-under-attack [ROUNDS] [ATTACK…]      ATTACK: a part of its name; none: all
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "bench/attack/attacks.h"
#include "clients/link/connection.h"
#include "sync-server/identity.h"
#include "tests/support/temporary_folder.h"

extern char** environ;

namespace plenary::attack {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kColleagues = 12;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "hub-under-attack: %s\n", why.c_str());
  std::exit(1);
}

class HubProcess {
 public:
  HubProcess() {
    crypto::SystemEnvironment environment;
    std::filesystem::create_directories(folder_ / "data");
    const auto identity = hub::create_identity(folder_ / "data", environment);
    if (!identity) give_up(identity.error().message);
    const auto port_file = folder_ / "port";
    std::vector<std::string> arguments = {PLENARYD,      "serve",           "--data", (folder_ / "data").string(),
                                          "--listen",    "127.0.0.1",       "--port", "0",
                                          "--port-file", port_file.string()};
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    log_ = folder_ / "log";
    ::posix_spawn_file_actions_addopen(&files, 2, log_.c_str(), O_WRONLY | O_CREAT, 0600);
    if (::posix_spawn(&pid_, PLENARYD, &files, nullptr, pointers.data(), environ) != 0)
      give_up("cannot start plenaryd");
    ::posix_spawn_file_actions_destroy(&files);
    for (int i = 0; i < 1'000 && !std::filesystem::exists(port_file); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    std::ifstream(port_file) >> target_.port;
    if (target_.port == 0) give_up("plenaryd does not listen");
    target_.hub = identity->transport.public_key();
  }
  ~HubProcess() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  const Target& target() const { return target_; }
  bool is_alive() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  std::uintmax_t log_bytes() const { return std::filesystem::file_size(log_); }
  // The most memory that it had since forget_peak, in MiB.
  double peak_mib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string word; status >> word;) {
      if (word == "VmHWM:") {
        double kib = 0;
        status >> kib;
        return kib / 1024;
      }
    }
    return 0;
  }
  void forget_peak() const { std::ofstream("/proc/" + std::to_string(pid_) + "/clear_refs") << "5"; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path log_;
  Target target_;
  pid_t pid_ = 0;
};

bool sync_once(sync::MemoryTablet& tablet, const Target& target) {
  crypto::SystemEnvironment environment;
  link::Connection connection(tablet, tablet.transport(), environment, {"127.0.0.1", target.port, target.hub}, {});
  const auto summary = connection.run();
  return summary && summary->up_to_date;
}

struct Times {
  std::vector<double> milliseconds;
  int failed = 0;

  double median() const {
    if (milliseconds.empty()) return 0;
    std::vector<double> sorted = milliseconds;
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
  }
  double worst() const { return milliseconds.empty() ? 0 : std::ranges::max(milliseconds); }
};

// The lead writes 20 notes and hands them over; the reviewer fetches them.
Times measure(sync::MemoryTablet& lead, sync::MemoryTablet& reviewer, const Target& target, int rounds) {
  Times times;
  for (int i = 0; i < rounds; ++i) {
    lead.write(20);
    const auto begin = Clock::now();
    const bool done = sync_once(lead, target) && sync_once(reviewer, target) && reviewer.changes() == lead.changes();
    const std::chrono::duration<double, std::milli> taken = Clock::now() - begin;
    if (done) {
      times.milliseconds.push_back(taken.count());
    } else {
      ++times.failed;
    }
  }
  return times;
}

pid_t begin(const Attack& attack, Arms& arms) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  for (;;) attack.run(arms);
}

void end(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

int run(int rounds, const std::vector<std::string>& names) {
  HubProcess hub;
  const Target target = hub.target();
  sync::MemoryTablet lead("Lead"), reviewer("Reviewer"), member("Outsider");
  std::vector<std::unique_ptr<sync::MemoryTablet>> colleagues;
  lead.found();
  lead.grant(reviewer);
  reviewer.take_roster_from(lead);
  member.found();
  for (int i = 0; i < kColleagues; ++i) {
    colleagues.push_back(std::make_unique<sync::MemoryTablet>("Colleague " + std::to_string(i)));
    member.grant(*colleagues.back());
  }
  member.padding = 20'000;
  member.run = 1;
  member.write_one_by_one(300);
  if (!sync_once(lead, target) || !sync_once(member, target)) give_up("the hub does not take the first spaces");
  Arms arms{target, lead.space(), &member, &colleagues};
  std::printf(
      "| Attack | Sync without, ms | Beside it, ms | Ratio | Worst, ms | Failed | Hub's memory, MiB | Log, KiB |\n"
      "|---|---|---|---|---|---|---|---|\n");
  for (const Attack& attack : all_attacks()) {
    const auto is_part = [&](const std::string& part) { return attack.name.find(part) != std::string::npos; };
    if (!names.empty() && std::ranges::none_of(names, is_part)) continue;
    const Times without = measure(lead, reviewer, target, rounds);
    hub.forget_peak();
    const auto log_before = hub.log_bytes();
    const pid_t attacker = begin(attack, arms);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const Times beside = measure(lead, reviewer, target, rounds);
    end(attacker);
    if (!hub.is_alive()) give_up("the hub ended under: " + attack.name);
    std::printf("| %s | %.1f | %.1f | %.1f | %.0f | %d of %d | %.0f | %.0f |\n", attack.name.c_str(), without.median(),
                beside.median(), beside.median() / without.median(), beside.worst(), beside.failed, rounds,
                hub.peak_mib(), static_cast<double>(hub.log_bytes() - log_before) / 1024);
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return 0;
}

}  // namespace
}  // namespace plenary::attack

int main(int count, char** arguments) {
  ::signal(SIGPIPE, SIG_IGN);
  plenary::crypto::initialise();
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 15;
  return plenary::attack::run(std::max(rounds, 1), {arguments + std::min(count, 2), arguments + count});
}
