// Somebody leaves, or a tablet is lost: what the others still share with it, what of it counts, and how an honest day
// comes back. (architecture.md T4)
#include <gmock/gmock.h>

#include "core/log/segment.h"
#include "core/roster/codec.h"
#include "core/seal/segment_seal.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RemovalTest : public StoryTest {
 protected:
  // Everything of the space that a device can pass on, as the hub would come to hold it.
  static std::vector<Bytes> segments_of(Tablet& tablet, const SpaceId& space) {
    auto& sync = tablet.replica->sync();
    std::vector<sync::LogWant> wants;
    const auto inventory = sync.inventory(space);
    for (const log::Head& head : inventory->frontier) {
      if (wants.empty() || wants.back().log != head.log) wants.push_back({head.log, {}});
    }
    std::vector<Bytes> segments;
    for (const auto& ref : sync.missing_segments(space, wants)) segments.push_back(*sync.segment(space, ref));
    return segments;
  }
  // Every key that the holder of `thief` can come by who has also got hold of all roster records that `source` has.
  static seal::KeyRing keys_of(Tablet& thief, Tablet& source, const SpaceId& space) {
    std::vector<roster::WrappedKey> chain;
    const auto inventory = source.replica->sync().inventory(space);
    for (const RosterHash& hash : inventory->roster) {
      const auto record = must(roster::decode_signed_record(*source.replica->sync().roster_record(space, hash)));
      const auto body = must(roster::trust_stored_record(space, record)).record().body;
      if (const auto* found = std::get_if<roster::Found>(&body)) chain.push_back(found->key);
      if (const auto* removal = std::get_if<roster::Remove>(&body); removal != nullptr && removal->rotation) {
        chain.push_back(*removal->rotation);
      }
      if (const auto* rotation = std::get_if<roster::Rotate>(&body)) chain.push_back(rotation->key);
      const auto* grant = std::get_if<roster::Grant>(&body);
      if (grant == nullptr) continue;
      chain.back().boxes.insert(chain.back().boxes.end(), grant->boxes.begin(), grant->boxes.end());
    }
    seal::KeyRing ring;
    ring.learn(chain, thief.replica->transport_key());
    return ring;
  }
  // Of these segments, how many any of the keys opens, under whichever name.
  static std::size_t count_opened(const seal::KeyRing& keys, const std::vector<Bytes>& segments) {
    std::size_t opened = 0;
    for (const Bytes& bytes : segments) {
      const auto view = must(log::view_segment(bytes));
      bool one_opens = seal::open_segment(keys, view.envelope, view.sealed).has_value();
      for (const KeyId& id : keys.ids()) {
        log::Envelope renamed = view.envelope;
        renamed.key = id;
        one_opens |= seal::open_segment(keys, renamed, view.sealed).has_value();
      }
      opened += one_opens ? 1 : 0;
    }
    return opened;
  }
  static DeviceKey device_of(Tablet& tablet, const SpaceId& space) {
    for (const MemberView& member : must(tablet.replica->members(space))) {
      if (member.this_device) return member.device;
    }
    ADD_FAILURE() << "not a member";
    return {};
  }
  static std::vector<std::string> bodies(Tablet& tablet, const SpaceId& space) {
    std::vector<std::string> texts;
    for (const RecordView& note : must(tablet.replica->list(space, {.type = "evidence"}))) {
      texts.push_back(note["body"].text());
    }
    return texts;
  }
  // Who, from which number to which, and why: must be the same on every tablet.
  static std::vector<std::tuple<LogId, std::uint32_t, std::uint32_t, Quarantine>> set_aside(Tablet& tablet,
                                                                                            const SpaceId& space) {
    std::vector<std::tuple<LogId, std::uint32_t, std::uint32_t, Quarantine>> all;
    for (const auto& work : must(tablet.replica->quarantined(space))) {
      all.emplace_back(work.log, work.first, work.last, work.why);
    }
    std::ranges::sort(all);
    return all;
  }
};

TEST_F(RemovalTest, ShowsTheCutBeforeItIsMade) {
  Tablet& ann = tablet("Ann");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&eve, kReviewer}});
  eve.note(space, "First.");
  eve.note(space, "Second.");
  meet(ann, eve, space);
  eve.note(space, "Not handed over.");

  const CutView cut = must(ann.replica->cut(space, device_of(eve, space)));

  EXPECT_EQ(cut.member.name, "Eve");
  EXPECT_EQ(cut.kept.changes, 2u);
  EXPECT_EQ(cut.kept.notes, 2u);
  ASSERT_TRUE(cut.kept.last_ms);
  EXPECT_LT(*cut.kept.first_ms, *cut.kept.last_ms);
}

TEST_F(RemovalTest, LetsNothingNewBeReadWithAllKeysThatTheDeviceHad) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&eve, kReviewer}});
  ann.note(space, "Before the removal.");
  meet(ann, ben, space);
  meet(ann, eve, space);
  EXPECT_EQ(count_opened(keys_of(eve, ann, space), segments_of(ann, space)), 1u);

  must(ann.replica->remove(space, device_of(eve, space), "She left the school"));
  meet(ann, ben, space);
  ann.note(space, "After the removal, by the keeper.");
  ben.note(space, "After the removal, by a colleague who knows.");
  meet(ann, ben, space);

  const auto keys = keys_of(eve, ben, space);
  EXPECT_FALSE(keys.empty());
  EXPECT_THAT(segments_of(ann, space), SizeIs(2));
  EXPECT_EQ(count_opened(keys, segments_of(ann, space)), 0u);
  EXPECT_EQ(count_opened(keys, segments_of(ben, space)), 0u);
  EXPECT_EQ(eve.replica->import_day_end(must(ben.replica->export_day_end(space))).error().code, ErrorCode::not_found);
  pass_on(ben, eve, space);
  EXPECT_THAT(bodies(eve, space), testing::ElementsAre("Before the removal."));
  EXPECT_THAT(bodies(ben, space), SizeIs(3));
}

TEST_F(RemovalTest, TakesNothingInThatLiesPastTheCutAndSetsTheSameAsideEverywhere) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&eve, kReviewer}});
  const RecordId shared = ann.note(space, "Everybody has seen this.");
  meet(ann, eve, space);
  eve.note(space, "Handed over in time.");
  meet(ann, eve, space);
  meet(ann, ben, space);
  eve.note(space, "Written before she knew, after the cut.");
  eve.set(space, shared, "place", "Hall");

  must(ann.replica->remove(space, device_of(eve, space), ""));
  pass_on(eve, ben, space);  // a colleague's tablet meets hers before anybody told it
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_THAT(bodies(*tablet, space),
                testing::UnorderedElementsAre("Everybody has seen this.", "Handed over in time."));
    EXPECT_TRUE(tablet->get(space, shared)["place"].empty());
    EXPECT_EQ(must(tablet->replica->status(space)).quarantined, 2u);
  }
  EXPECT_THAT(set_aside(ann, space), SizeIs(1));
  EXPECT_EQ(set_aside(ann, space), set_aside(ben, space));
  expect_equal(space, {&ann, &ben});
}

TEST_F(RemovalTest, BringsAnHonestDayBackByFileAndReadmission) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&eve, kReviewer}});
  must(ann.replica->remove(space, device_of(eve, space), "Her tablet was left on a bus"));
  meet(ann, ben, space);
  const RecordId late = eve.note(space, "Recorded in the afternoon, offline.");
  eve.set(space, late, "stance", "strength");

  const Bytes file = must(eve.replica->export_day_end(space));
  EXPECT_EQ(must(ann.replica->import_day_end(file)).changes_new, 2u);
  const auto work = must(ann.replica->quarantined(space));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_EQ(work[0].name, "Eve");
  EXPECT_EQ(work[0].why, Quarantine::removed);
  EXPECT_EQ(work[0].work.notes, 1u);
  EXPECT_EQ(work[0].role, kReviewer);
  EXPECT_THAT(bodies(ann, space), IsEmpty());
  must(ann.replica->readmit(space, work[0]));
  meet(ann, ben, space);

  for (Tablet* tablet : {&ann, &ben}) {
    EXPECT_EQ(tablet->get(space, late)["stance"].text(), "strength");
    EXPECT_EQ(tablet->get(space, late).created.person, "Eve");
    EXPECT_THAT(must(tablet->replica->quarantined(space)), IsEmpty());
  }
  expect_equal(space, {&ann, &ben});
}

TEST_F(RemovalTest, TellsTheRemovedDeviceWhichKeepsItsNotesAndExportsThem) {
  Tablet& ann = tablet("Ann");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&eve, kReviewer}});
  eve.note(space, "Handed over.");
  meet(ann, eve, space);
  must(ann.replica->remove(space, device_of(eve, space), ""));
  eve.note(space, "Not handed over.");

  pass_on(ann, eve, space);  // as the hub does: the roster up to her removal
  eve.reopen();

  EXPECT_TRUE(must(eve.replica->status(space)).removed);
  EXPECT_EQ(must(eve.replica->quarantined(space)).at(0).work.notes, 1u);
  const auto refused = eve.replica->edit(space)->create("evidence");
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("removed"));
  EXPECT_EQ(must(ann.replica->import_day_end(must(eve.replica->export_day_end(space)))).changes_new, 1u);
  must(ann.replica->readmit(space, must(ann.replica->quarantined(space)).at(0)));
  EXPECT_THAT(bodies(ann, space), SizeIs(2));
}

TEST_F(RemovalTest, VoidsOpenInvitationsAndKeepsTheReason) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  Tablet& eve = tablet("Eve");
  const SpaceId space = team(ann, {{&ben, kReviewer}, {&eve, kReviewer}});
  const std::string link = must(ann.replica->invite(space, kReviewer, "whoever comes next"));

  const Removal removal = must(ann.replica->remove(space, device_of(eve, space), "She left the school"));
  meet(ann, ben, space);

  ASSERT_THAT(removal.voided, SizeIs(1));
  EXPECT_EQ(removal.voided[0].for_whom, "whoever comes next");
  EXPECT_THAT(must(ann.replica->invitations(space)), IsEmpty());
  Tablet& late = tablet("Late");
  must(late.replica->join(link));
  meet(ann, late, space);
  EXPECT_THAT(must(ann.replica->members(space)), SizeIs(3));
  const auto members = must(ben.replica->members(space));
  const auto gone = std::ranges::find(members, "Eve", &MemberView::name);
  ASSERT_NE(gone, members.end());
  EXPECT_TRUE(gone->removed);
  EXPECT_EQ(gone->removed_why, "She left the school");
  EXPECT_THAT(gone->roles, testing::ElementsAre(kReviewer));
}

TEST_F(RemovalTest, LetsThePersonReturnWithAnotherTabletAsThemselves) {
  Tablet& ann = tablet("Ann");
  Tablet& eve = tablet("Eve");
  Tablet& spare = tablet("Spare");
  const SpaceId space = team(ann, {{&eve, kReviewer}});
  const RecordId old_note = eve.note(space, "On the tablet that was lost.");
  meet(ann, eve, space);
  const PersonId person = ann.get(space, old_note).created.person_id;
  must(ann.replica->remove(space, device_of(eve, space), "Lost on the bus"));

  must(spare.replica->join(must(ann.replica->invite_again(space, kReviewer, person))));
  meet(ann, spare, space);
  const RecordId new_note = spare.note(space, "On the new tablet.");
  meet(ann, spare, space);

  EXPECT_EQ(spare.get(space, old_note)["body"].text(), "On the tablet that was lost.");
  EXPECT_EQ(ann.get(space, new_note).created.person_id, person);
  EXPECT_EQ(ann.replica->remove(space, device_of(eve, space), "").error().code, ErrorCode::conflict);
  expect_equal(space, {&ann, &spare});
}

TEST_F(RemovalTest, IsTheKeepersAloneAndNeverOfTheKeeper) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});

  EXPECT_EQ(ben.replica->remove(space, device_of(ann, space), "").error().code, ErrorCode::refused);
  EXPECT_EQ(ben.replica->change_role(space, device_of(ben, space), kLead).error().code, ErrorCode::refused);
  EXPECT_EQ(ben.replica->rotate(space).error().code, ErrorCode::refused);
  EXPECT_EQ(ann.replica->remove(space, device_of(ann, space), "").error().code, ErrorCode::refused);
  EXPECT_EQ(ann.replica->remove(space, DeviceKey{}, "").error().code, ErrorCode::not_found);
}

TEST_F(RemovalTest, DemotesFromTheCutOnAndKeepsEarlierWorkAsItWas) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  const RecordId before = ben.note(space, "As a reviewer.");
  meet(ann, ben, space);

  must(ann.replica->change_role(space, device_of(ben, space), kHost));
  const RecordId meanwhile = ben.note(space, "As a reviewer who did not know yet.");
  meet(ann, ben, space);

  EXPECT_EQ(ann.get(space, before).created.role, kReviewer);
  EXPECT_FALSE(ann.replica->get(space, meanwhile)) << "a host_head may not write notes here";
  EXPECT_EQ(ben.replica->edit(space)->create("evidence").error().code, ErrorCode::refused);
  const auto members = must(ben.replica->members(space));
  EXPECT_THAT(std::ranges::find(members, "Ben", &MemberView::name)->roles, testing::ElementsAre(kReviewer, kHost));
  expect_equal(space, {&ann, &ben});
}

TEST_F(RemovalTest, ChangesTheKeyAloneAndEverybodyReadsOn) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});

  must(ann.replica->rotate(space));
  ann.note(space, "Under the new key.");
  meet(ann, ben, space);
  ben.note(space, "So is this.");
  meet(ann, ben, space);

  EXPECT_EQ(must(ben.replica->keeping(space)).keys, 2u);
  EXPECT_THAT(bodies(ann, space), SizeIs(2));
  expect_equal(space, {&ann, &ben});
}

TEST_F(RemovalTest, SaysFromWhenHubsMayDropTheSpace) {
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});

  must(ann.replica->expire(space, 1'800'000'000'000));
  meet(ann, ben, space);

  EXPECT_EQ(must(ben.replica->keeping(space)).expires_ms, 1'800'000'000'000);
  must(ann.replica->expire(space, 0));
  EXPECT_EQ(must(ann.replica->keeping(space)).expires_ms, std::nullopt);
}

}  // namespace
}  // namespace plenary::replica
