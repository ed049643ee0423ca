// A day on a tablet, with its first input or output made to fail, then its second, and so on to the last: nothing that
// was confirmed is lost, nothing is there in half, and work goes on.
#include <gtest/gtest.h>

#include <functional>

#include "core/crypto/random.h"
#include "tests/contract/example_schema.h"
#include "tests/simulation/scratch.h"
#include "tests/simulation/simulated_device.h"

namespace plenary::simulation {
namespace {

constexpr const char* kErased = "quetzalcoatl";

std::string name_of(Fault fault) {
  static const std::map<Fault, std::string> names{{Fault::input_output, "InputOutputError"},
                                                  {Fault::disk_full, "DiskFull"},
                                                  {Fault::short_read, "ShortRead"},
                                                  {Fault::power_cut, "PowerCut"}};
  return names.at(fault);
}

template <class T>
T must(Result<T> result) {
  if (!result) throw Violation(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// What is the same in every run: a space with a colleague, whose day comes to the tablet in the middle.
struct Morning {
  SpaceId space;
  SimulatedDisk::Image tablet;
  std::vector<sync::Item> colleague;  // a claim, and the segments of a day
};

class TabletFaultTest : public testing::TestWithParam<Fault> {
 protected:
  static void SetUpTestSuite() {
    crypto::initialise();
    seed_sqlite(1);
  }

  std::unique_ptr<SimulatedDevice> device(const std::string& name, std::uint64_t seed) {
    std::filesystem::remove_all(scratch_.path() / name);
    return std::make_unique<SimulatedDevice>(name, scratch_.path() / name, now_ms_, seed);
  }

  static replica::RecordId note(SimulatedDevice& device, const SpaceId& space, const std::string& text) {
    const auto edit = device.replica().edit(space);
    const replica::RecordId id = must(edit->create("note"));
    must(edit->set_text(id, "body", text));
    must(edit->commit());
    return id;
  }

  static std::vector<sync::Item> everything_of(SimulatedDevice& device, const SpaceId& space) {
    auto& source = device.replica().sync();
    std::vector<sync::LogWant> wants;
    const auto inventory = source.inventory(space).value();
    for (const log::Head& head : inventory.frontier) wants.push_back({head.log, {}});
    std::vector<sync::Item> items;
    const auto add = [&](sync::ItemKind kind, Bytes bytes) {
      sync::Item item;
      item.kind = kind;
      item.bytes = std::move(bytes);
      items.push_back(std::move(item));
    };
    if (const auto claim = source.claim(space)) add(sync::ItemKind::claim, *claim);
    for (const auto& ref : source.missing_segments(space, wants)) {
      add(sync::ItemKind::segment, source.segment(space, ref).value());
    }
    return items;
  }

  Morning make_morning() {
    Morning morning;
    auto keeper = device("tablet", 1), colleague = device("colleague", 2);
    keeper->create();
    colleague->create();
    morning.space = must(keeper->replica().found_space("review_team", "Review", contract::role_named("lead"))).space;
    const auto link = must(keeper->replica().invite(morning.space, contract::role_named("reviewer"), "Colleague"));
    must(colleague->replica().join(link));
    sync::Item item;
    item.kind = sync::ItemKind::roster;
    const auto inventory = keeper->replica().sync().inventory(morning.space).value();
    for (const RosterHash& hash : inventory.roster) {
      item.bytes = keeper->replica().sync().roster_record(morning.space, hash).value();
      colleague->replica().sync().store(morning.space, {item});
    }
    for (int i = 0; i < 3; ++i) note(*colleague, morning.space, "The colleague's note " + std::to_string(i));
    morning.colleague = everything_of(*colleague, morning.space);
    keeper->close();
    morning.tablet = keeper->disk.image();
    return morning;
  }

  const Scratch scratch_{"tablet-fault"};
  const std::int64_t now_ms_ = 1'763'460'000'000;
};

// The steps of a day, of which each is confirmed when it returns.
class Day {
 public:
  Day(SimulatedDevice& device, const Morning& morning) : device_(device), morning_(morning) {}

  static constexpr std::size_t kSteps = 9;

  // Goes on from the first step that is not confirmed.
  void go_on() {
    while (confirmed_ < kSteps) {
      step(confirmed_);
      ++confirmed_;
    }
  }
  std::size_t confirmed() const { return confirmed_; }

  // Everything confirmed is there, and the tables are what the log says.
  void check() {
    auto& replica = device_.replica();
    for (const auto& [id, text] : notes_) {
      const auto view = replica.get(morning_.space, id);
      ASSERT_TRUE(view) << text << " is lost";
      // A change that was not confirmed may have arrived all the same.
      const std::string now = (*view)["body"].text();
      EXPECT_TRUE(now == text || (confirmed_ == kChange && now == kChanged)) << now;
    }
    if (confirmed_ > kRatify) {
      EXPECT_GE(list(), notes_.size() + 3);
    }
    EXPECT_EQ(must(replica.check(morning_.space)), std::vector<std::string>{});
  }
  // What was erased is in no page. (Search is not asked: this schema searches nothing; ErasureTest does.)
  void check_files() const {
    if (confirmed_ > kErase) {
      EXPECT_EQ(device_.opened_files().find(kErased), std::string::npos);
    }
  }

 private:
  static constexpr std::size_t kChange = 1, kReceive = 4, kRatify = 5, kErase = 7;
  static constexpr const char* kChanged = "The first note, and more of it.";

  std::size_t list() { return must(device_.replica().list(morning_.space, {.type = "note"})).size(); }

  replica::RecordId note(const std::string& text) {
    const auto edit = device_.replica().edit(morning_.space);
    const auto id = must(edit->create("note"));
    must(edit->set_text(id, "body", text));
    must(edit->commit());
    return id;
  }
  void change(std::size_t which, const std::string& text) {
    const auto edit = device_.replica().edit(morning_.space);
    must(edit->set_text(notes_[which].first, "body", text));
    must(edit->set(notes_[which].first, "year", "4"));
    must(edit->commit());
    notes_[which].second = text;
  }

  void step(std::size_t number) {
    auto& replica = device_.replica();
    switch (number) {
      case 0:
        notes_.emplace_back(note("The first note."), "The first note.");
        return;
      case kChange:
        change(0, kChanged);
        return;
      case 2:
        // What was not confirmed may have arrived all the same, and is not written twice.
        for (const auto& view : must(replica.list(morning_.space, {.type = "note"}))) {
          erased_ = view.id;
          if (view["body"].text().ends_with(kErased)) return;
        }
        erased_ = note(std::string("About ") + kErased);
        return;
      case 3:
        notes_.emplace_back(note(std::string(3'000, 'x')), std::string(3'000, 'x'));
        return;
      case kReceive:
        replica.sync().store(morning_.space, morning_.colleague);
        return;
      case kRatify:
        // Each of these days begins with files that were put back, and there is nobody who could be asked.
        must(replica.decide_anyway(morning_.space));
        (void)must(replica.ratify(morning_.space));
        return;
      case 6:
        must(replica.seal_day(morning_.space, 0));
        return;
      case kErase:
        must(replica.decide_anyway(morning_.space));
        (void)must(replica.erase(morning_.space, erased_, {}));
        return;
      default:
        (void)must(replica.export_day_end(morning_.space));
    }
  }

  SimulatedDevice& device_;
  const Morning& morning_;
  std::vector<std::pair<replica::RecordId, std::string>> notes_;
  replica::RecordId erased_;
  std::size_t confirmed_ = 0;
};

TEST_P(TabletFaultTest, NoFailureTakesWhatWasConfirmed) {
  const Morning morning = make_morning();
  std::uint64_t operation = 1;
  for (bool failed = true; failed; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    auto tablet = device("tablet", operation);
    tablet->disk.restore(morning.tablet);
    std::filesystem::create_directories(tablet->disk.folder() / "spaces");
    tablet->open();
    Day day(*tablet, morning);
    tablet->disk.fail_in(operation, GetParam());
    const Ending ending = tablet->attempt([&] { day.go_on(); });
    failed = !tablet->disk.fault_is_due();
    tablet->disk.forget_fault();
    ASSERT_NO_FATAL_FAILURE(day.check());

    // The program that met the failure goes on, or another one that is started now.
    if (ending == Ending::failed && operation % 2 == 0) tablet->restart();
    day.go_on();
    ASSERT_NO_FATAL_FAILURE(day.check());
    tablet->close();
    tablet->open();
    ASSERT_NO_FATAL_FAILURE(day.check());
    day.check_files();
    if (HasFailure()) return;
  }
  EXPECT_GT(operation, 50u) << "the day was hardly played";
  RecordProperty("operations", static_cast<int>(operation));
}

TEST_P(TabletFaultTest, AFoundingIsThereOrItIsNot) {
  bool failed = true;
  for (std::uint64_t operation = 1; failed; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    auto tablet = device("tablet", operation);
    tablet->create();
    std::optional<SpaceId> founded;
    tablet->disk.fail_in(operation, GetParam());
    const Ending ending = tablet->attempt([&] {
      founded = must(tablet->replica().found_space("review_team", "Review", contract::role_named("lead"))).space;
    });
    failed = !tablet->disk.fault_is_due();
    tablet->disk.forget_fault();
    if (ending != Ending::power_cut) tablet->restart();

    if (founded) {
      ASSERT_NE(tablet->space(*founded), nullptr);
    }
    const auto again = must(tablet->replica().found_space("review_team", "Another", contract::role_named("lead")));
    note(*tablet, again.space, "Work goes on.");
    EXPECT_EQ(must(tablet->replica().check(again.space)), std::vector<std::string>{});
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, TabletFaultTest,
                         testing::Values(Fault::input_output, Fault::disk_full, Fault::power_cut),
                         [](const auto& fault) { return name_of(fault.param); });

}  // namespace
}  // namespace plenary::simulation
