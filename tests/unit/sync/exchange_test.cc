// Stories of tablets that meet at a hub.
#include <gtest/gtest.h>

#include "tests/unit/sync/wire.h"

namespace plenary::sync {
namespace {

class ExchangeTest : public testing::Test {
 protected:
  // The lead keeps the space; the reviewer and the colleague are granted; all hold the roster.
  void SetUp() override {
    lead_.found();
    lead_.grant(reviewer_);
    lead_.grant(colleague_);
    reviewer_.take_roster_from(lead_);
    colleague_.take_roster_from(lead_);
  }

  MemoryHub hub_;
  MemoryTablet lead_{"Lead"}, reviewer_{"Reviewer"}, colleague_{"Colleague"};
};

TEST_F(ExchangeTest, CarriesTheDayOfTwoTabletsToBoth) {
  lead_.write(40);
  reviewer_.write(60);

  meet(lead_, hub_);
  meet(reviewer_, hub_);
  meet(lead_, hub_);

  EXPECT_EQ(lead_.changes().size(), 100u);
  EXPECT_EQ(lead_.changes(), reviewer_.changes());
  EXPECT_EQ(reviewer_.handed_over.size(), 1u);
  EXPECT_EQ(lead_.changes_stored_twice + reviewer_.changes_stored_twice, 0u);
}

TEST_F(ExchangeTest, BringsTheRosterToWhoeverWasGrantedElsewhere) {
  MemoryTablet newcomer("Newcomer");
  meet(lead_, hub_);
  lead_.grant(newcomer);
  newcomer.take_roster_from(lead_);

  meet(newcomer, hub_);
  meet(reviewer_, hub_);

  EXPECT_EQ(reviewer_.records(), lead_.records());
}

TEST_F(ExchangeTest, PushesNewChangesToThoseConnected) {
  Wire wire(hub_);
  Link& lead = wire.connect(lead_);
  wire.connect(reviewer_);
  Link& colleague = wire.connect(colleague_);
  wire.run();

  colleague_.write(1);
  wire.tell(colleague);
  wire.run();
  colleague_.write(2);
  lead_.write(5);
  wire.tell(colleague);
  wire.tell(lead);
  wire.run();

  EXPECT_EQ(lead_.changes().size(), 8u);
  EXPECT_EQ(lead_.changes(), reviewer_.changes());
  EXPECT_EQ(lead_.changes(), colleague_.changes());
  EXPECT_EQ(lead_.changes_stored_twice + reviewer_.changes_stored_twice + colleague_.changes_stored_twice, 0u);
  EXPECT_TRUE(lead.device->up_to_date());
}

TEST_F(ExchangeTest, CostsLittleWhenNothingIsNew) {
  lead_.write(500);
  lead_.status_when_settled = true;
  meet(lead_, hub_);
  const int settles = lead_.settles;
  Wire wire(hub_);

  Link& link = wire.connect(lead_);
  wire.run();

  const Progress progress = link.device->progress();
  constexpr std::uint64_t kHandshakeOut = 2 + 4 + 1 + 1 + 48 + 2 + 64, kHandshakeIn = 2 + 1 + 49;
  const std::uint64_t after_handshake = progress.wire_bytes_out - kHandshakeOut + progress.wire_bytes_in - kHandshakeIn;
  EXPECT_LE(after_handshake, 250u);
  EXPECT_TRUE(link.device->up_to_date());
  EXPECT_EQ(lead_.settles, settles);
  EXPECT_EQ(wire.arrived, progress.wire_bytes_out + progress.wire_bytes_in);
}

TEST_F(ExchangeTest, RelaysWhatItsAuthorNeverBrought) {
  reviewer_.write(30);
  meet(lead_, hub_);
  for (const auto& [id, log] : reviewer_.logs()) {
    lead_.store(lead_.space(),
                {{ItemKind::segment,
                  pack(lead_.space(), lead_.roster().standing().keys.back(), log, log.branches.front(), 1, 30),
                  {},
                  false}});
  }

  meet(lead_, hub_);
  meet(colleague_, hub_);

  EXPECT_EQ(colleague_.changes(), reviewer_.changes());
  Wire wire(hub_);
  Link& link = wire.connect(reviewer_);
  wire.run();
  EXPECT_EQ(link.device->progress().items_sent, 0u)
      << "The reviewer's changes came by the lead: nothing is left to send";
}

TEST_F(ExchangeTest, ContinuesWhereSomeoneElseWasFaster) {
  Wire wire(hub_);
  Link& lead = wire.connect(lead_);
  Link& reviewer = wire.connect(reviewer_);
  wire.run();
  reviewer_.write(10);
  const auto [id, log] = *reviewer_.logs().begin();
  const Item early{ItemKind::segment,
                   pack(reviewer_.space(), lead_.roster().standing().keys.back(), log, log.branches.front(), 1, 10),
                   {},
                   false};
  lead_.store(lead_.space(), {early});
  reviewer_.write(10);

  wire.tell(lead);  // both send the reviewer's log at once: one up to 10, the other up to 20
  wire.tell(reviewer);
  wire.run();

  EXPECT_EQ(lead_.changes().size(), 20u);
  EXPECT_EQ(lead_.changes(), reviewer_.changes());
  EXPECT_TRUE(reviewer.device->up_to_date());
  EXPECT_EQ(hub_.inventory(reviewer_.space())->frontier.size(), 1u);
}

TEST_F(ExchangeTest, ContinuesWhenManySegmentsAtOnceCameTooLate) {
  Wire wire(hub_);
  Link& lead = wire.connect(lead_);
  Link& reviewer = wire.connect(reviewer_);
  wire.run();
  reviewer_.run = 1;
  reviewer_.write_one_by_one(20);
  const auto& [id, log] = *reviewer_.logs().begin();
  const Item half{ItemKind::segment,
                  pack(reviewer_.space(), lead_.roster().standing().keys.back(), log, log.branches.front(), 1, 15),
                  {},
                  false};
  lead_.store(lead_.space(), {half});

  wire.tell(lead);
  wire.tell(reviewer);
  wire.run();

  EXPECT_EQ(lead_.changes(), reviewer_.changes());
  EXPECT_EQ(lead_.changes().size(), 20u);
  EXPECT_TRUE(reviewer.device->up_to_date());
  EXPECT_FALSE(reviewer.event(Event::Kind::refused));
}

TEST_F(ExchangeTest, LosesNothingAndStoresNothingTwiceWhereverTheConnectionIsCut) {
  lead_.write(120);
  reviewer_.write_one_by_one(30);
  reviewer_.run = 10;
  std::size_t total = 0;
  {
    MemoryHub hub;
    MemoryTablet lead("Lead"), reviewer("Reviewer");
    lead.found();
    lead.grant(reviewer);
    reviewer.take_roster_from(lead);
    lead.write(120);
    reviewer.write(30);
    Wire wire(hub);
    wire.connect(lead);
    wire.connect(reviewer);
    wire.run();
    total = wire.arrived;
    ASSERT_EQ(lead.changes(), reviewer.changes());
  }
  for (std::size_t cut = 1; cut < total; cut += total / 211 + 1) {
    SCOPED_TRACE(cut);
    MemoryHub hub;
    MemoryTablet lead("Lead"), reviewer("Reviewer");
    lead.found();
    lead.grant(reviewer);
    reviewer.take_roster_from(lead);
    lead.write(120);
    reviewer.run = 10;
    reviewer.write_one_by_one(30);
    Wire broken(hub);
    broken.piece = 701;
    broken.cut_after = cut;
    broken.connect(lead);
    broken.connect(reviewer);
    broken.run();
    const auto held = hub.inventory(lead.space()).value_or(Inventory{}).frontier;
    for (const MemoryTablet* tablet : {&lead, &reviewer}) {
      for (const log::Head& head : tablet->handed_over) {
        ASSERT_TRUE(std::ranges::any_of(held, [&](const log::Head& has) {
          return has.log == head.log && has.number >= head.number;
        })) << "it counts as handed over, and is not at the hub";
      }
    }

    Wire wire(hub);
    wire.connect(lead);
    wire.connect(reviewer);
    wire.run();

    ASSERT_EQ(lead.changes().size(), 150u);
    ASSERT_EQ(lead.changes(), reviewer.changes());
    ASSERT_EQ(lead.changes_stored_twice + reviewer.changes_stored_twice, 0u);
    ASSERT_EQ(lead.alarms.size() + reviewer.alarms.size(), 0u);
    ASSERT_EQ(hub.stored_segments(), hub.inventory(lead.space())->frontier.size() == 2 ? 4u : 0u);
  }
}

TEST(HubClosingTest, LosesNothingInTheMiddleOfWhicheverFrameTheHubCloses) {
  // Two tablets with days of their own meet at a hub that closes on one of them in frame `closing`; then all meet
  // again.
  const auto frames_of_a_day = [](std::optional<std::size_t> closing) {
    MemoryHub hub;
    MemoryTablet lead("Lead"), reviewer("Reviewer");
    lead.found();
    lead.grant(reviewer);
    reviewer.take_roster_from(lead);
    lead.write(60);
    reviewer.run = 5;
    reviewer.write_one_by_one(20);
    Wire closes(hub);
    closes.hub_closes_in = closing;
    for (MemoryTablet* tablet : {&lead, &reviewer}) closes.connect(*tablet);
    closes.run();

    meet(lead, hub);
    meet(reviewer, hub);
    meet(lead, hub);

    EXPECT_EQ(lead.changes().size(), 80u);
    EXPECT_EQ(lead.changes(), reviewer.changes());
    EXPECT_EQ(lead.changes_stored_twice + reviewer.changes_stored_twice, 0u);
    EXPECT_EQ(lead.alarms.size() + reviewer.alarms.size(), 0u);
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
  lead_.run = 10;
  lead_.padding = 50'000;
  lead_.write(1'000);  // 100 segments of 50 KB: five times the hub's window
  Wire wire(hub_);
  wire.piece = 10'000;
  wire.device_options.window = 200'000;
  Link& lead = wire.connect(lead_);
  Link& reviewer = wire.connect(reviewer_);
  wire.run();

  EXPECT_EQ(reviewer_.changes().size(), 1'000u);
  EXPECT_GE(hub_.commits, 5);
  EXPECT_GE(reviewer_.stores, 10);
  EXPECT_GT(reviewer.device->progress().bytes_received, 5'000'000u);
  EXPECT_EQ(lead.device->progress().bytes_sent, lead.device->progress().bytes_to_send);
}

TEST_F(ExchangeTest, CarriesASegmentThatIsLargerThanEveryWindow) {
  lead_.padding = 6u << 20;
  lead_.write(3);
  Wire wire(hub_);
  wire.piece = 65'536;
  wire.device_options.window = 100'000;
  wire.connect(lead_);
  wire.connect(reviewer_);
  wire.run();

  EXPECT_EQ(reviewer_.changes().size(), 3u);
}

TEST_F(ExchangeTest, LetsAJoinerReadAtOnceAndWriteOnceTheKeeperHasConfirmed) {
  const auto invitation = lead_.invite();
  lead_.write(7);
  lead_.ratifies = true;
  meet(lead_, hub_);
  MemoryTablet newcomer("Newcomer");
  newcomer.join(lead_.space(), invitation);
  newcomer.write(3);

  meet(newcomer, hub_);
  EXPECT_EQ(newcomer.changes().size(), 10u);
  EXPECT_TRUE(newcomer.handed_over.empty());
  meet(lead_, hub_);
  meet(newcomer, hub_);
  meet(lead_, hub_);

  EXPECT_EQ(newcomer.handed_over.size(), 1u);
  EXPECT_EQ(lead_.changes(), newcomer.changes());
}

TEST_F(ExchangeTest, ConfirmsAJoinerWhileBothAreConnected) {
  const auto invitation = lead_.invite();
  lead_.ratifies = true;
  Wire wire(hub_);
  wire.connect(lead_);
  wire.run();
  MemoryTablet newcomer("Newcomer");
  newcomer.join(lead_.space(), invitation);
  newcomer.write(3);

  wire.connect(newcomer);
  wire.run();

  EXPECT_EQ(lead_.changes(), newcomer.changes());
  EXPECT_EQ(newcomer.handed_over.size(), 1u);
}

TEST_F(ExchangeTest, ShowsTheLatestStatusOfEveryDevice) {
  for (MemoryTablet* tablet : {&lead_, &reviewer_, &colleague_}) tablet->status_when_settled = true;
  lead_.write(1);
  reviewer_.write(1);
  Wire wire(hub_);
  wire.connect(lead_);
  wire.connect(reviewer_);
  wire.connect(colleague_);
  wire.run();

  EXPECT_EQ(lead_.statuses(), 3u);
  EXPECT_EQ(reviewer_.statuses(), 3u);
  EXPECT_EQ(colleague_.statuses(), 3u);
  EXPECT_EQ(hub_.inventory(lead_.space())->notices.size(), 3u);
}

TEST_F(ExchangeTest, BringsBothSidesOfAForkAndItsProofToEverybody) {
  reviewer_.write(10);
  MemoryTablet clone("Reviewer's clone");
  clone.become_clone_of(reviewer_);
  reviewer_.write(5);
  clone.write(5);
  meet(lead_, hub_);

  meet(reviewer_, hub_);
  meet(clone, hub_);
  meet(lead_, hub_);
  meet(reviewer_, hub_);

  EXPECT_EQ(lead_.changes().size(), 20u);
  EXPECT_EQ(reviewer_.changes(), lead_.changes());
  EXPECT_EQ(clone.changes(), lead_.changes());
  ASSERT_EQ(lead_.forks().size(), 1u);
  EXPECT_EQ(lead_.forks().front().a.head.number, 15u);
  EXPECT_EQ(reviewer_.forks(), lead_.forks());
}

TEST_F(ExchangeTest, BringsBothSidesOfAForkOfDifferentLengths) {
  reviewer_.write(10);
  MemoryTablet clone("Reviewer's clone");
  clone.become_clone_of(reviewer_);
  reviewer_.write(9);
  clone.write(2);
  meet(lead_, hub_);

  meet(reviewer_, hub_);
  meet(clone, hub_);
  meet(clone, hub_);
  meet(lead_, hub_);

  EXPECT_EQ(clone.changes().size(), 21u);
  EXPECT_EQ(lead_.changes(), clone.changes());
}

TEST_F(ExchangeTest, SynchronisesAWholeDayOfEightTabletsQuickly) {
  std::vector<std::unique_ptr<MemoryTablet>> tablets;
  for (int i = 0; i < 8; ++i) {
    tablets.push_back(std::make_unique<MemoryTablet>("Tablet " + std::to_string(i)));
    lead_.grant(*tablets.back());
  }
  for (auto& tablet : tablets) {
    tablet->take_roster_from(lead_);
    tablet->write(500);
  }
  meet(lead_, hub_);

  Wire wire(hub_);
  for (auto& tablet : tablets) wire.connect(*tablet);
  wire.run();

  for (auto& tablet : tablets) EXPECT_EQ(tablet->changes().size(), 4'000u);
  EXPECT_EQ(hub_.stored_segments(), 8u);
}

}  // namespace
}  // namespace plenary::sync
