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
  Tablet& lead = tablet("Lead");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&leaver, kReviewer}});
  leaver.note(space, "First.");
  leaver.note(space, "Second.");
  meet(lead, leaver, space);
  leaver.note(space, "Not handed over.");

  const CutView cut = must(lead.replica->cut(space, device_of(leaver, space)));

  EXPECT_EQ(cut.member.name, "Leaver");
  EXPECT_EQ(cut.kept.changes, 2u);
  EXPECT_EQ(cut.kept.notes, 2u);
  ASSERT_TRUE(cut.kept.last_ms);
  EXPECT_LT(*cut.kept.first_ms, *cut.kept.last_ms);
}

TEST_F(RemovalTest, LetsNothingNewBeReadWithAllKeysThatTheDeviceHad) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&leaver, kReviewer}});
  lead.note(space, "Before the removal.");
  meet(lead, reviewer, space);
  meet(lead, leaver, space);
  EXPECT_EQ(count_opened(keys_of(leaver, lead, space), segments_of(lead, space)), 1u);

  must(lead.replica->remove(space, device_of(leaver, space), "Left the school"));
  meet(lead, reviewer, space);
  lead.note(space, "After the removal, by the keeper.");
  reviewer.note(space, "After the removal, by a colleague who knows.");
  meet(lead, reviewer, space);

  const auto keys = keys_of(leaver, reviewer, space);
  EXPECT_FALSE(keys.empty());
  EXPECT_THAT(segments_of(lead, space), SizeIs(2));
  EXPECT_EQ(count_opened(keys, segments_of(lead, space)), 0u);
  EXPECT_EQ(count_opened(keys, segments_of(reviewer, space)), 0u);
  EXPECT_EQ(leaver.replica->import_day_end(must(reviewer.replica->export_day_end(space))).error().code,
            ErrorCode::not_found);
  pass_on(reviewer, leaver, space);
  EXPECT_THAT(bodies(leaver, space), testing::ElementsAre("Before the removal."));
  EXPECT_THAT(bodies(reviewer, space), SizeIs(3));
}

TEST_F(RemovalTest, TakesNothingInThatLiesPastTheCutAndSetsTheSameAsideEverywhere) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&leaver, kReviewer}});
  const RecordId shared = lead.note(space, "Everybody has seen this.");
  meet(lead, leaver, space);
  leaver.note(space, "Handed over in time.");
  meet(lead, leaver, space);
  meet(lead, reviewer, space);
  leaver.note(space, "Written before they knew, after the cut.");
  leaver.set(space, shared, "place", "Hall");

  must(lead.replica->remove(space, device_of(leaver, space), ""));
  pass_on(leaver, reviewer, space);  // a colleague's tablet meets theirs before anybody told it
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_THAT(bodies(*tablet, space),
                testing::UnorderedElementsAre("Everybody has seen this.", "Handed over in time."));
    EXPECT_TRUE(tablet->get(space, shared)["place"].empty());
    EXPECT_EQ(must(tablet->replica->status(space)).quarantined, 2u);
  }
  EXPECT_THAT(set_aside(lead, space), SizeIs(1));
  EXPECT_EQ(set_aside(lead, space), set_aside(reviewer, space));
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(RemovalTest, BringsAnHonestDayBackByFileAndReadmission) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&leaver, kReviewer}});
  must(lead.replica->remove(space, device_of(leaver, space), "The tablet was left on a bus"));
  meet(lead, reviewer, space);
  const RecordId late = leaver.note(space, "Recorded in the afternoon, offline.");
  leaver.set(space, late, "stance", "strength");

  const Bytes file = must(leaver.replica->export_day_end(space));
  EXPECT_EQ(must(lead.replica->import_day_end(file)).changes_new, 2u);
  const auto work = must(lead.replica->quarantined(space));
  ASSERT_THAT(work, SizeIs(1));
  EXPECT_EQ(work[0].name, "Leaver");
  EXPECT_EQ(work[0].why, Quarantine::removed);
  EXPECT_EQ(work[0].work.notes, 1u);
  EXPECT_EQ(work[0].role, kReviewer);
  EXPECT_THAT(bodies(lead, space), IsEmpty());
  must(lead.replica->readmit(space, work[0]));
  meet(lead, reviewer, space);

  for (Tablet* tablet : {&lead, &reviewer}) {
    EXPECT_EQ(tablet->get(space, late)["stance"].text(), "strength");
    EXPECT_EQ(tablet->get(space, late).created.person, "Leaver");
    EXPECT_THAT(must(tablet->replica->quarantined(space)), IsEmpty());
  }
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(RemovalTest, TellsTheRemovedDeviceWhichKeepsItsNotesAndExportsThem) {
  Tablet& lead = tablet("Lead");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&leaver, kReviewer}});
  leaver.note(space, "Handed over.");
  meet(lead, leaver, space);
  must(lead.replica->remove(space, device_of(leaver, space), ""));
  leaver.note(space, "Not handed over.");

  pass_on(lead, leaver, space);  // as the hub does: the roster up to the removal
  leaver.reopen();

  EXPECT_TRUE(must(leaver.replica->status(space)).removed);
  EXPECT_EQ(must(leaver.replica->quarantined(space)).at(0).work.notes, 1u);
  const auto refused = leaver.replica->edit(space)->create("evidence");
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_THAT(refused.error().message, HasSubstr("removed"));
  EXPECT_EQ(must(lead.replica->import_day_end(must(leaver.replica->export_day_end(space)))).changes_new, 1u);
  must(lead.replica->readmit(space, must(lead.replica->quarantined(space)).at(0)));
  EXPECT_THAT(bodies(lead, space), SizeIs(2));
}

TEST_F(RemovalTest, VoidsOpenInvitationsAndKeepsTheReason) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& leaver = tablet("Leaver");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}, {&leaver, kReviewer}});
  const std::string link = must(lead.replica->invite(space, kReviewer, "whoever comes next"));

  const Removal removal = must(lead.replica->remove(space, device_of(leaver, space), "Left the school"));
  meet(lead, reviewer, space);

  ASSERT_THAT(removal.voided, SizeIs(1));
  EXPECT_EQ(removal.voided[0].for_whom, "whoever comes next");
  EXPECT_THAT(must(lead.replica->invitations(space)), IsEmpty());
  Tablet& late = tablet("Late");
  must(late.replica->join(link));
  meet(lead, late, space);
  EXPECT_THAT(must(lead.replica->members(space)), SizeIs(3));
  const auto members = must(reviewer.replica->members(space));
  const auto gone = std::ranges::find(members, "Leaver", &MemberView::name);
  ASSERT_NE(gone, members.end());
  EXPECT_TRUE(gone->removed);
  EXPECT_EQ(gone->removed_why, "Left the school");
  EXPECT_THAT(gone->roles, testing::ElementsAre(kReviewer));
}

TEST_F(RemovalTest, LetsThePersonReturnWithAnotherTabletAsThemselves) {
  Tablet& lead = tablet("Lead");
  Tablet& leaver = tablet("Leaver");
  Tablet& spare = tablet("Spare");
  const SpaceId space = team(lead, {{&leaver, kReviewer}});
  const RecordId old_note = leaver.note(space, "On the tablet that was lost.");
  meet(lead, leaver, space);
  const PersonId person = lead.get(space, old_note).created.person_id;
  must(lead.replica->remove(space, device_of(leaver, space), "Lost on the bus"));

  must(spare.replica->join(must(lead.replica->invite_again(space, kReviewer, person))));
  meet(lead, spare, space);
  const RecordId new_note = spare.note(space, "On the new tablet.");
  meet(lead, spare, space);

  EXPECT_EQ(spare.get(space, old_note)["body"].text(), "On the tablet that was lost.");
  EXPECT_EQ(lead.get(space, new_note).created.person_id, person);
  EXPECT_EQ(lead.replica->remove(space, device_of(leaver, space), "").error().code, ErrorCode::conflict);
  expect_equal(space, {&lead, &spare});
}

TEST_F(RemovalTest, IsTheKeepersAloneAndNeverOfTheKeeper) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});

  EXPECT_EQ(reviewer.replica->remove(space, device_of(lead, space), "").error().code, ErrorCode::refused);
  EXPECT_EQ(reviewer.replica->change_role(space, device_of(reviewer, space), kLead).error().code, ErrorCode::refused);
  EXPECT_EQ(reviewer.replica->rotate(space).error().code, ErrorCode::refused);
  EXPECT_EQ(lead.replica->remove(space, device_of(lead, space), "").error().code, ErrorCode::refused);
  EXPECT_EQ(lead.replica->remove(space, DeviceKey{}, "").error().code, ErrorCode::not_found);
}

TEST_F(RemovalTest, DemotesFromTheCutOnAndKeepsEarlierWorkAsItWas) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId before = reviewer.note(space, "As a reviewer.");
  meet(lead, reviewer, space);

  must(lead.replica->change_role(space, device_of(reviewer, space), kHost));
  const RecordId meanwhile = reviewer.note(space, "As a reviewer who did not know yet.");
  meet(lead, reviewer, space);

  EXPECT_EQ(lead.get(space, before).created.role, kReviewer);
  EXPECT_FALSE(lead.replica->get(space, meanwhile)) << "a host_head may not write notes here";
  EXPECT_EQ(reviewer.replica->edit(space)->create("evidence").error().code, ErrorCode::refused);
  const auto members = must(reviewer.replica->members(space));
  EXPECT_THAT(std::ranges::find(members, "Reviewer", &MemberView::name)->roles, testing::ElementsAre(kReviewer, kHost));
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(RemovalTest, ChangesTheKeyAloneAndEverybodyReadsOn) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});

  must(lead.replica->rotate(space));
  lead.note(space, "Under the new key.");
  meet(lead, reviewer, space);
  reviewer.note(space, "So is this.");
  meet(lead, reviewer, space);

  EXPECT_EQ(must(reviewer.replica->keeping(space)).keys, 2u);
  EXPECT_THAT(bodies(lead, space), SizeIs(2));
  expect_equal(space, {&lead, &reviewer});
}

TEST_F(RemovalTest, SaysFromWhenHubsMayDropTheSpace) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});

  must(lead.replica->expire(space, 1'800'000'000'000));
  meet(lead, reviewer, space);

  EXPECT_EQ(must(reviewer.replica->keeping(space)).expires_ms, 1'800'000'000'000);
  must(lead.replica->expire(space, 0));
  EXPECT_EQ(must(lead.replica->keeping(space)).expires_ms, std::nullopt);
}

}  // namespace
}  // namespace plenary::replica
