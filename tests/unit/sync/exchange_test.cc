// Stories of tablets that meet at a hub.
#include <gtest/gtest.h>

#include "tests/unit/sync/wire.h"

namespace plenary::sync {
namespace {

class ExchangeTest : public testing::Test {
 protected:
  // Anna keeps the space; Ben and Carys are granted; all hold the roster.
  void SetUp() override {
    anna_.found();
    anna_.grant(ben_);
    anna_.grant(carys_);
    ben_.take_roster_from(anna_);
    carys_.take_roster_from(anna_);
  }

  MemoryHub hub_;
  MemoryTablet anna_{"Anna"}, ben_{"Ben"}, carys_{"Carys"};
};

TEST_F(ExchangeTest, CarriesTheDayOfTwoTabletsToBoth) {
  anna_.write(40);
  ben_.write(60);

  meet(anna_, hub_);
  meet(ben_, hub_);
  meet(anna_, hub_);

  EXPECT_EQ(anna_.changes().size(), 100u);
  EXPECT_EQ(anna_.changes(), ben_.changes());
  EXPECT_EQ(ben_.handed_over.size(), 1u);
  EXPECT_EQ(anna_.changes_stored_twice + ben_.changes_stored_twice, 0u);
}

TEST_F(ExchangeTest, BringsTheRosterToWhoeverWasGrantedElsewhere) {
  MemoryTablet dai("Dai");
  meet(anna_, hub_);
  anna_.grant(dai);
  dai.take_roster_from(anna_);

  meet(dai, hub_);
  meet(ben_, hub_);

  EXPECT_EQ(ben_.records(), anna_.records());
}

TEST_F(ExchangeTest, PushesNewChangesToThoseConnected) {
  Wire wire(hub_);
  Link& anna = wire.connect(anna_);
  wire.connect(ben_);
  Link& carys = wire.connect(carys_);
  wire.run();

  carys_.write(1);
  wire.tell(carys);
  wire.run();
  carys_.write(2);
  anna_.write(5);
  wire.tell(carys);
  wire.tell(anna);
  wire.run();

  EXPECT_EQ(anna_.changes().size(), 8u);
  EXPECT_EQ(anna_.changes(), ben_.changes());
  EXPECT_EQ(anna_.changes(), carys_.changes());
  EXPECT_EQ(anna_.changes_stored_twice + ben_.changes_stored_twice + carys_.changes_stored_twice, 0u);
  EXPECT_TRUE(anna.device->up_to_date());
}

TEST_F(ExchangeTest, CostsLittleWhenNothingIsNew) {
  anna_.write(500);
  anna_.status_when_settled = true;
  meet(anna_, hub_);
  const int settles = anna_.settles;
  Wire wire(hub_);

  Link& link = wire.connect(anna_);
  wire.run();

  const Progress progress = link.device->progress();
  constexpr std::uint64_t kHandshakeOut = 2 + 4 + 1 + 1 + 48 + 2 + 64, kHandshakeIn = 2 + 1 + 49;
  const std::uint64_t after_handshake = progress.wire_bytes_out - kHandshakeOut + progress.wire_bytes_in - kHandshakeIn;
  EXPECT_LE(after_handshake, 250u);
  EXPECT_TRUE(link.device->up_to_date());
  EXPECT_EQ(anna_.settles, settles);
  EXPECT_EQ(wire.arrived, progress.wire_bytes_out + progress.wire_bytes_in);
}

TEST_F(ExchangeTest, RelaysWhatItsAuthorNeverBrought) {
  ben_.write(30);
  meet(anna_, hub_);
  for (const auto& [id, log] : ben_.logs()) {
    anna_.store(anna_.space(),
                {{ItemKind::segment,
                  pack(anna_.space(), anna_.roster().standing().keys.back(), log, log.branches.front(), 1, 30),
                  {},
                  false}});
  }

  meet(anna_, hub_);
  meet(carys_, hub_);

  EXPECT_EQ(carys_.changes(), ben_.changes());
  Wire wire(hub_);
  Link& link = wire.connect(ben_);
  wire.run();
  EXPECT_EQ(link.device->progress().items_sent, 0u) << "Ben's changes came by Anna: nothing is left to send";
}

TEST_F(ExchangeTest, ContinuesWhereSomeoneElseWasFaster) {
  Wire wire(hub_);
  Link& anna = wire.connect(anna_);
  Link& ben = wire.connect(ben_);
  wire.run();
  ben_.write(10);
  const auto [id, log] = *ben_.logs().begin();
  const Item early{ItemKind::segment,
                   pack(ben_.space(), anna_.roster().standing().keys.back(), log, log.branches.front(), 1, 10),
                   {},
                   false};
  anna_.store(anna_.space(), {early});
  ben_.write(10);

  wire.tell(anna);  // both send Ben's log at once: one up to 10, the other up to 20
  wire.tell(ben);
  wire.run();

  EXPECT_EQ(anna_.changes().size(), 20u);
  EXPECT_EQ(anna_.changes(), ben_.changes());
  EXPECT_TRUE(ben.device->up_to_date());
  EXPECT_EQ(hub_.inventory(ben_.space())->frontier.size(), 1u);
}

TEST_F(ExchangeTest, ContinuesWhenManySegmentsAtOnceCameTooLate) {
  Wire wire(hub_);
  Link& anna = wire.connect(anna_);
  Link& ben = wire.connect(ben_);
  wire.run();
  ben_.run = 1;
  ben_.write_one_by_one(20);
  const auto& [id, log] = *ben_.logs().begin();
  const Item half{ItemKind::segment,
                  pack(ben_.space(), anna_.roster().standing().keys.back(), log, log.branches.front(), 1, 15),
                  {},
                  false};
  anna_.store(anna_.space(), {half});

  wire.tell(anna);
  wire.tell(ben);
  wire.run();

  EXPECT_EQ(anna_.changes(), ben_.changes());
  EXPECT_EQ(anna_.changes().size(), 20u);
  EXPECT_TRUE(ben.device->up_to_date());
  EXPECT_FALSE(ben.event(Event::Kind::refused));
}

TEST_F(ExchangeTest, LosesNothingAndStoresNothingTwiceWhereverTheConnectionIsCut) {
  anna_.write(120);
  ben_.write_one_by_one(30);
  ben_.run = 10;
  std::size_t total = 0;
  {
    MemoryHub hub;
    MemoryTablet anna("Anna"), ben("Ben");
    anna.found();
    anna.grant(ben);
    ben.take_roster_from(anna);
    anna.write(120);
    ben.write(30);
    Wire wire(hub);
    wire.connect(anna);
    wire.connect(ben);
    wire.run();
    total = wire.arrived;
    ASSERT_EQ(anna.changes(), ben.changes());
  }
  for (std::size_t cut = 1; cut < total; cut += total / 211 + 1) {
    SCOPED_TRACE(cut);
    MemoryHub hub;
    MemoryTablet anna("Anna"), ben("Ben");
    anna.found();
    anna.grant(ben);
    ben.take_roster_from(anna);
    anna.write(120);
    ben.run = 10;
    ben.write_one_by_one(30);
    Wire broken(hub);
    broken.piece = 701;
    broken.cut_after = cut;
    broken.connect(anna);
    broken.connect(ben);
    broken.run();
    const auto held = hub.inventory(anna.space()).value_or(Inventory{}).frontier;
    for (const MemoryTablet* tablet : {&anna, &ben}) {
      for (const log::Head& head : tablet->handed_over) {
        ASSERT_TRUE(std::ranges::any_of(held, [&](const log::Head& has) {
          return has.log == head.log && has.number >= head.number;
        })) << "it counts as handed over, and is not at the hub";
      }
    }

    Wire wire(hub);
    wire.connect(anna);
    wire.connect(ben);
    wire.run();

    ASSERT_EQ(anna.changes().size(), 150u);
    ASSERT_EQ(anna.changes(), ben.changes());
    ASSERT_EQ(anna.changes_stored_twice + ben.changes_stored_twice, 0u);
    ASSERT_EQ(anna.alarms.size() + ben.alarms.size(), 0u);
    ASSERT_EQ(hub.stored_segments(), hub.inventory(anna.space())->frontier.size() == 2 ? 4u : 0u);
  }
}

TEST(HubClosingTest, LosesNothingInTheMiddleOfWhicheverFrameTheHubCloses) {
  // Two tablets with days of their own meet at a hub that closes on one of them in frame `closing`; then all meet
  // again.
  const auto frames_of_a_day = [](std::optional<std::size_t> closing) {
    MemoryHub hub;
    MemoryTablet anna("Anna"), ben("Ben");
    anna.found();
    anna.grant(ben);
    ben.take_roster_from(anna);
    anna.write(60);
    ben.run = 5;
    ben.write_one_by_one(20);
    Wire closes(hub);
    closes.hub_closes_in = closing;
    for (MemoryTablet* tablet : {&anna, &ben}) closes.connect(*tablet);
    closes.run();

    meet(anna, hub);
    meet(ben, hub);
    meet(anna, hub);

    EXPECT_EQ(anna.changes().size(), 80u);
    EXPECT_EQ(anna.changes(), ben.changes());
    EXPECT_EQ(anna.changes_stored_twice + ben.changes_stored_twice, 0u);
    EXPECT_EQ(anna.alarms.size() + ben.alarms.size(), 0u);
    EXPECT_TRUE(!closing || closes.hub_frames >= *closing) << "the hub never sent that frame";
    return closes.hub_frames;
  };
  const std::size_t frames = frames_of_a_day(std::nullopt);
  ASSERT_GE(frames, 10u);

  for (std::size_t closing = 1; closing <= frames; ++closing) {
    SCOPED_TRACE("closed in frame " + std::to_string(closing));
    frames_of_a_day(closing);
  }
}

TEST_F(ExchangeTest, SendsMoreThanTheWindowAndStaysBounded) {
  anna_.run = 10;
  anna_.padding = 50'000;
  anna_.write(1'000);  // 100 segments of 50 KB: five times the hub's window
  Wire wire(hub_);
  wire.piece = 10'000;
  wire.device_options.window = 200'000;
  Link& anna = wire.connect(anna_);
  Link& ben = wire.connect(ben_);
  wire.run();

  EXPECT_EQ(ben_.changes().size(), 1'000u);
  EXPECT_GE(hub_.commits, 5);
  EXPECT_GE(ben_.stores, 10);
  EXPECT_GT(ben.device->progress().bytes_received, 5'000'000u);
  EXPECT_EQ(anna.device->progress().bytes_sent, anna.device->progress().bytes_to_send);
}

TEST_F(ExchangeTest, CarriesASegmentThatIsLargerThanEveryWindow) {
  anna_.padding = 6u << 20;
  anna_.write(3);
  Wire wire(hub_);
  wire.piece = 65'536;
  wire.device_options.window = 100'000;
  wire.connect(anna_);
  wire.connect(ben_);
  wire.run();

  EXPECT_EQ(ben_.changes().size(), 3u);
}

TEST_F(ExchangeTest, LetsAJoinerReadAtOnceAndWriteOnceTheKeeperHasConfirmed) {
  const auto invitation = anna_.invite();
  anna_.write(7);
  anna_.ratifies = true;
  meet(anna_, hub_);
  MemoryTablet dai("Dai");
  dai.join(anna_.space(), invitation);
  dai.write(3);

  meet(dai, hub_);
  EXPECT_EQ(dai.changes().size(), 10u);
  EXPECT_TRUE(dai.handed_over.empty());
  meet(anna_, hub_);
  meet(dai, hub_);
  meet(anna_, hub_);

  EXPECT_EQ(dai.handed_over.size(), 1u);
  EXPECT_EQ(anna_.changes(), dai.changes());
}

TEST_F(ExchangeTest, ConfirmsAJoinerWhileBothAreConnected) {
  const auto invitation = anna_.invite();
  anna_.ratifies = true;
  Wire wire(hub_);
  wire.connect(anna_);
  wire.run();
  MemoryTablet dai("Dai");
  dai.join(anna_.space(), invitation);
  dai.write(3);

  wire.connect(dai);
  wire.run();

  EXPECT_EQ(anna_.changes(), dai.changes());
  EXPECT_EQ(dai.handed_over.size(), 1u);
}

TEST_F(ExchangeTest, ShowsTheLatestStatusOfEveryDevice) {
  for (MemoryTablet* tablet : {&anna_, &ben_, &carys_}) tablet->status_when_settled = true;
  anna_.write(1);
  ben_.write(1);
  Wire wire(hub_);
  wire.connect(anna_);
  wire.connect(ben_);
  wire.connect(carys_);
  wire.run();

  EXPECT_EQ(anna_.statuses(), 3u);
  EXPECT_EQ(ben_.statuses(), 3u);
  EXPECT_EQ(carys_.statuses(), 3u);
  EXPECT_EQ(hub_.inventory(anna_.space())->notices.size(), 3u);
}

TEST_F(ExchangeTest, BringsBothSidesOfAForkAndItsProofToEverybody) {
  ben_.write(10);
  MemoryTablet clone("Ben's clone");
  clone.become_clone_of(ben_);
  ben_.write(5);
  clone.write(5);
  meet(anna_, hub_);

  meet(ben_, hub_);
  meet(clone, hub_);
  meet(anna_, hub_);
  meet(ben_, hub_);

  EXPECT_EQ(anna_.changes().size(), 20u);
  EXPECT_EQ(ben_.changes(), anna_.changes());
  EXPECT_EQ(clone.changes(), anna_.changes());
  ASSERT_EQ(anna_.forks().size(), 1u);
  EXPECT_EQ(anna_.forks().front().a.head.number, 15u);
  EXPECT_EQ(ben_.forks(), anna_.forks());
}

TEST_F(ExchangeTest, BringsBothSidesOfAForkOfDifferentLengths) {
  ben_.write(10);
  MemoryTablet clone("Ben's clone");
  clone.become_clone_of(ben_);
  ben_.write(9);
  clone.write(2);
  meet(anna_, hub_);

  meet(ben_, hub_);
  meet(clone, hub_);
  meet(clone, hub_);
  meet(anna_, hub_);

  EXPECT_EQ(clone.changes().size(), 21u);
  EXPECT_EQ(anna_.changes(), clone.changes());
}

TEST_F(ExchangeTest, SynchronisesAWholeDayOfEightTabletsQuickly) {
  std::vector<std::unique_ptr<MemoryTablet>> tablets;
  for (int i = 0; i < 8; ++i) {
    tablets.push_back(std::make_unique<MemoryTablet>("Tablet " + std::to_string(i)));
    anna_.grant(*tablets.back());
  }
  for (auto& tablet : tablets) {
    tablet->take_roster_from(anna_);
    tablet->write(500);
  }
  meet(anna_, hub_);

  Wire wire(hub_);
  for (auto& tablet : tablets) wire.connect(*tablet);
  wire.run();

  for (auto& tablet : tablets) EXPECT_EQ(tablet->changes().size(), 4'000u);
  EXPECT_EQ(hub_.stored_segments(), 8u);
}

}  // namespace
}  // namespace plenary::sync
