#include "bench/review_day.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "bench/proxy.h"

namespace plenary::bench {
namespace {

constexpr int kSilenceMs = 500;
constexpr int kReconnectSilenceMs = 1500;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double folder_bytes(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// Seconds that all cores together were busy, and could have been, since the machine started.
struct Machine {
  double busy = 0, all = 0;

  static Machine look() {
    std::ifstream file("/proc/stat");
    std::string word;
    file >> word;
    Machine machine;
    for (int column = 0; column < 8; ++column) {
      double ticks = 0;
      file >> ticks;
      machine.all += ticks / 100;
      if (column != 3 && column != 4) machine.busy += ticks / 100;
    }
    return machine;
  }
};

class Run {
 public:
  Run(const Contestant& contestant, const DayShape& shape, const std::filesystem::path& folder)
      : contestant_(contestant), shape_(shape), folder_(folder) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "hub");
    StartedHub hub = contestant.start_hub(folder_ / "hub");
    hub_ = std::move(hub.process);
    hub_key_ = hub.key.empty() ? "none" : hub.key;
    proxies_ = std::make_unique<Proxies>(hub.port, shape.tablets + 1);
    for (std::size_t i = 0; i < shape.tablets; ++i) tablets_.push_back(start_tablet(i));
  }
  ~Run() {
    tablets_.clear();
    hub_.reset();
    proxies_.reset();
    std::filesystem::remove_all(folder_);
  }

  DayFigures all() {
    prepare();
    record();
    sync();
    join_cold();
    reconnect();
    stop();
    return figures_;
  }

 private:
  using TabletProcess = std::unique_ptr<Child>;

  TabletProcess start_tablet(std::size_t index) {
    const auto folder = folder_ / ("tablet-" + std::to_string(index));
    std::filesystem::create_directories(folder);
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return std::make_unique<Child>(std::vector<std::string>{
        "/proc/self/exe", contestant_.tablet_role, folder.string(), number(index), number(proxies_->port(index)),
        number(shape_.tablets), number(shape_.notes), number(shape_.findings), hub_key_});
  }

  // To all at once; answers in the order of the tablets.
  std::vector<std::string> ask_all(const std::string& line) {
    for (const auto& tablet : tablets_) tablet->send(line);
    std::vector<std::string> answers;
    for (const auto& tablet : tablets_) answers.push_back(tablet->answer());
    return answers;
  }

  double tablets_cpu() const {
    return std::accumulate(tablets_.begin(), tablets_.end(), 0.0,
                           [](double sum, const auto& tablet) { return sum + tablet->cpu_seconds(); });
  }

  // Tablet 0 makes the space and the findings; the others join and learn them; all go offline.
  void prepare() {
    tablets_[0]->ask("seed");
    for (std::size_t i = 1; i <= shape_.tablets; ++i) {
      const std::string invitation = tablets_[0]->ask("invite " + std::to_string(i));
      if (i == shape_.tablets) newcomers_invitation_ = invitation;
      if (i < shape_.tablets) tablets_[i]->ask("join " + invitation);
    }
    tablets_[0]->ask("connect");
    tablets_[0]->ask("until findings");
    for (std::size_t i = 1; i < shape_.tablets; ++i) tablets_[i]->ask("connect");
    ask_all("until findings");
    proxies_->wait_for_silence(kSilenceMs);
    ask_all("disconnect");
  }

  // One tablet after the other, so that each has the machine to itself, as a tablet has.
  void record() {
    std::vector<double> rates;
    for (const auto& tablet : tablets_) {
      rates.push_back(static_cast<double>(shape_.notes) / std::stod(tablet->ask("day")));
    }
    figures_.record_per_second = middle(rates);
  }

  void sync() {
    const Traffic traffic = proxies_->total();
    const double hub_cpu = hub_->cpu_seconds(), cpu = tablets_cpu(), start = now();
    const Machine machine = Machine::look();
    for (const auto& tablet : tablets_) {
      tablet->send("connect");
      tablet->send("until all");
    }
    for (const auto& tablet : tablets_) {
      tablet->answer();
      tablet->answer();
    }
    figures_.sync_seconds = now() - start;
    const Machine later = Machine::look();
    const double ours = hub_->cpu_seconds() - hub_cpu + tablets_cpu() - cpu;
    figures_.foreign_percent = 100 * std::max(0.0, later.busy - machine.busy - ours) / (later.all - machine.all + 1e-9);
    proxies_->wait_for_silence(kSilenceMs);

    const Traffic passed = proxies_->total() - traffic;
    const double notes = static_cast<double>(shape_.tablets * shape_.notes);
    figures_.up_per_note = static_cast<double>(passed.up) / notes;
    figures_.down_per_note = static_cast<double>(passed.down) / notes;
    figures_.hub_cpu_seconds = hub_->cpu_seconds() - hub_cpu;
    figures_.tablets_cpu_seconds = tablets_cpu() - cpu;
    for (const auto& tablet : tablets_) {
      figures_.tablet_memory_mb = std::max(figures_.tablet_memory_mb, tablet->peak_memory_mb());
    }
    ask_all("disconnect");
    digest_ = ask_all("digest");
    require_equal_digests();
  }

  void require_equal_digests() const {
    for (const std::string& digest : digest_) {
      if (digest != digest_[0]) throw std::runtime_error(contestant_.name + ": two copies differ after the sync");
    }
  }

  void join_cold() {
    TabletProcess newcomer = start_tablet(shape_.tablets);
    newcomer->ask("join " + newcomers_invitation_);
    const double start = now();
    newcomer->ask("connect");
    newcomer->ask("until all");
    figures_.cold_seconds = now() - start;
    proxies_->wait_for_silence(kSilenceMs);
    newcomer->ask("disconnect");
    digest_.push_back(newcomer->ask("digest"));
    require_equal_digests();
    newcomer->send("stop");
  }

  void reconnect() {
    // The newcomer's arrival is news to tablet 0 and its answer to that may be news again; in the end there is none.
    Traffic before;
    for (int time = 0; time < 3; ++time) {
      before = proxies_->traffic(0);
      tablets_[0]->ask("connect");
      proxies_->wait_for_silence(kReconnectSilenceMs);
      tablets_[0]->ask("disconnect");
    }
    const Traffic passed = proxies_->traffic(0) - before;
    figures_.reconnect_bytes = static_cast<double>(passed.up + passed.down) - contestant_.handshake_bytes;
  }

  void stop() {
    figures_.hub_memory_mb = hub_->peak_memory_mb();
    for (const auto& tablet : tablets_) tablet->send("stop");
    if (const int status = hub_->terminate(); status != 0) {
      throw std::runtime_error(contestant_.name + ": the hub ended with status " + std::to_string(status));
    }
    const double notes = static_cast<double>(shape_.tablets * shape_.notes);
    figures_.hub_disk_per_note = folder_bytes(folder_ / "hub") / notes;
  }

  const Contestant& contestant_;
  DayShape shape_;
  std::filesystem::path folder_;
  std::unique_ptr<Proxies> proxies_;
  std::unique_ptr<Child> hub_;
  std::string hub_key_;
  std::vector<TabletProcess> tablets_;
  std::string newcomers_invitation_;
  std::vector<std::string> digest_;
  DayFigures figures_;
};

}  // namespace

DayFigures run_review_day(const Contestant& contestant, const DayShape& shape, const std::filesystem::path& folder) {
  return Run(contestant, shape, folder).all();
}

DayFigures median(const std::vector<DayFigures>& runs) {
  DayFigures result;
  for (double DayFigures::*figure :
       {&DayFigures::record_per_second, &DayFigures::sync_seconds, &DayFigures::tablets_cpu_seconds,
        &DayFigures::hub_cpu_seconds, &DayFigures::hub_memory_mb, &DayFigures::tablet_memory_mb,
        &DayFigures::up_per_note, &DayFigures::down_per_note, &DayFigures::hub_disk_per_note, &DayFigures::cold_seconds,
        &DayFigures::reconnect_bytes, &DayFigures::foreign_percent}) {
    std::vector<double> values;
    for (const DayFigures& run : runs) values.push_back(run.*figure);
    result.*figure = middle(values);
  }
  return result;
}

}  // namespace plenary::bench
