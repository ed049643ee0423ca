// A simulated world: people with tablets, hubs, a space; and one random step after the other. The same seed makes the
// same world, to the last bit.
#pragma once

#include "tests/simulation/forged_log.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/simulated_wire.h"
#include "tests/simulation/trace.h"

namespace plenary::simulation {

struct Options {
  std::size_t steps = 100;
  std::size_t check_tables_every = 40;  // steps
  std::size_t trace_lines = 0;          // kept for the report of a failure
};

class World {
 public:
  // Files stand below `folder`, which is on a file system in memory and is emptied.
  World(std::uint64_t seed, std::filesystem::path folder, const Options& options);
  ~World();

  // Every step, then peace: everything is repaired, everybody honest meets, and must then show the same. Throws a
  // Violation.
  void run();

  const Trace& trace() const { return trace_; }
  std::size_t step() const { return step_; }
  std::uint64_t checks() const { return promises_ ? promises_->checks() : 0; }
  Promises::Noticed noticed() const { return promises_ ? promises_->noticed() : Promises::Noticed(); }
  // For the export: devices that are there at the end.
  std::vector<SimulatedDevice*> members();
  const SpaceId& space() const { return space_; }

 private:
  using Act = void (World::*)();
  struct Choice {
    int weight;
    const char* name;
    Act act;
  };
  static std::span<const Choice> choices();

  void found();
  void random_step();
  void say(const std::string& line) { trace_.add(std::to_string(step_) + " " + line); }
  SimulatedDevice& make_device(const std::string& name);
  // Any device that is open and belongs to the space; null if there is none.
  SimulatedDevice* any_member();
  SimulatedDevice* keeper();
  SimulatedHub& any_hub() { return *hubs_[random_.below(hubs_.size())]; }
  replica::Space& space_of(SimulatedDevice& device) { return *device.space(space_); }
  // Does it, whatever the disk does, and checks the promises. Says how it ended.
  Ending act(SimulatedDevice& device, const std::string& what, const std::function<void()>& action);

  // people.cc: what people do with the program
  void join();
  void edit();
  void edit_on(SimulatedDevice& device);
  void edit_record(replica::Edit& edit, SimulatedDevice& device);
  void create_record(replica::Edit& edit, SimulatedDevice& device);
  void edit_field(replica::Edit& edit, const replica::RecordView& record);
  void edit_text(replica::Edit& edit, const replica::RecordView& record, const std::string& field);
  void set_and_look();
  void resolve();
  void look_around();
  std::string word();

  // meetings.cc: how what they write spreads
  void sync();
  void exchange(SimulatedHub& hub, const std::vector<SimulatedDevice*>& devices, const Weather& weather);
  void carry_file();
  void take_file();
  void take_receipt();
  void take_back_half();

  // keeper.cc: who may do what
  void keep();
  bool waits_with_decisions(SimulatedDevice& keeper);
  void sign(SimulatedDevice& device, roster::Body body, const crypto::SigningKey& key,
            std::optional<RosterHash> after = std::nullopt);
  roster::WrappedKey new_key(SimulatedDevice& device, const DeviceKey* except);
  roster::Cuts some_cuts(SimulatedDevice& keeper, const DeviceKey& key);
  void invite(SimulatedDevice& keeper);
  void remove(SimulatedDevice& keeper);
  void change_role(SimulatedDevice& keeper);
  void readmit(SimulatedDevice& keeper);
  void name_branch(SimulatedDevice& keeper);
  void declare_lost(SimulatedDevice& keeper);
  void erase(SimulatedDevice& keeper);
  void decline(SimulatedDevice& keeper);
  void rotate(SimulatedDevice& keeper);
  void hand_over(SimulatedDevice& keeper);
  void recover();

  // trouble.cc: what goes wrong without anybody's will
  void restart();
  void back_up();
  void restore();
  void clone();
  void lose();
  void fill_disk();
  void turn_clock();
  void restart_hub();
  void back_up_hub();
  void restore_hub();

  // mischief.cc: what goes wrong by somebody's will
  // The log of a dishonest member, who becomes the forger; null if there is none.
  ForgedLog* forged_log();
  void deliver(const sync::Item& item, const std::string& what);
  void write_nonsense();
  void write_fork();
  void write_lies();
  void forge_record();
  void damage();
  SimulatedHub* dishonest_hub();
  void corrupt_hub();
  void show_two_histories();

  // peace.cc: the end
  void heal();
  void everybody_meets(SimulatedHub& hub);
  void help_where_hubs_cannot(SimulatedHub& hub);
  void check_convergence(SimulatedHub& hub);

  contract::Random random_;
  std::filesystem::path folder_;
  Options options_;
  Trace trace_;
  std::int64_t now_ms_ = 1'763'460'000'000;
  std::size_t step_ = 0;
  std::vector<std::unique_ptr<SimulatedHub>> hubs_;
  std::vector<std::unique_ptr<SimulatedDevice>> devices_;
  SpaceId space_;
  std::unique_ptr<Promises> promises_;
  std::string recovery_code_;  // as it is printed
  struct Note {
    std::string type;
    replica::RecordId id;
  };
  std::vector<Note> records_;
  std::map<std::string, std::set<std::string>> words_;  // typed into a record, by id
  struct File {
    std::string from;
    Bytes bytes;
  };
  std::vector<File> files_;           // day-end files and receipts on their way
  std::vector<sync::Item> captured_;  // items that somebody saw pass
  std::map<SimulatedDevice*, std::unique_ptr<ForgedLog>> forged_;
  SimulatedDevice* forger_ = nullptr;
  std::size_t serial_ = 0;
};

}  // namespace plenary::simulation
