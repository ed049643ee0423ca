// A member or an invitee who does not play by the rules, and what the others see of it.
#include <gmock/gmock.h>

#include "core/base/utf8.h"
#include "core/replica/hub_setting.h"
#include "core/roster/claim.h"
#include "core/seal/invitation.h"
#include "core/seal/label.h"
#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IntruderTest : public StoryTest {
 protected:
  // What a program of one's own could say of a link: that its holder is `person`.
  void claim_as(Tablet& keeper, const SpaceId& space, const std::string& link_text, const PersonId& person,
                const std::string& name = "Somebody else") {
    const auto link = must(seal::read_link(link_text));
    const auto device = crypto::SigningKey::generate(keeper.environment);
    roster::Claim claim;
    claim.space = space;
    claim.invitation = seal::invitation_id(link.secret);
    claim.device = {device.public_key(), crypto::AgreementKey::generate(keeper.environment).public_key()};
    claim.person = person;
    claim.label = seal::seal_label(claim_label_key(link.secret), seal::LabelUse::person, name, keeper.environment);
    const Bytes bytes = roster::encode_claim(roster::sign_claim(claim, seal::invitation_key(link.secret), device));
    EXPECT_THAT(keeper.replica->sync().store(space, {{sync::ItemKind::claim, bytes, {}, false}}).refused, IsEmpty());
  }
  PersonId person_of(Tablet& tablet, const SpaceId& space, const std::string& name) {
    for (const auto& member : must(tablet.replica->members(space))) {
      if (member.name == name) return member.person;
    }
    ADD_FAILURE() << "nobody is called " << name;
    return {};
  }
};

TEST_F(IntruderTest, WhoeverClaimsToBeAColleagueIsNotLetInByItself) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const std::string link = must(lead.replica->invite(space, kReviewer, "a colleague of the school"));
  claim_as(lead, space, link, person_of(lead, space, "Reviewer"));

  const auto ratified = must(lead.replica->ratify(space));

  ASSERT_THAT(ratified, SizeIs(1));
  EXPECT_FALSE(ratified[0].granted);
  EXPECT_THAT(ratified[0].why_not, HasSubstr("a person who is a member already"));
}

TEST_F(IntruderTest, WhoeverClaimsToBeSomebodyNewIsLetIn) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const std::string link = must(lead.replica->invite(space, kReviewer, "somebody new"));
  PersonId new_person;
  lead.environment.random(new_person.bytes);
  claim_as(lead, space, link, new_person);

  const auto ratified = must(lead.replica->ratify(space));

  ASSERT_THAT(ratified, SizeIs(1));
  EXPECT_TRUE(ratified[0].granted) << ratified[0].why_not;
}

// A program that writes what it shows as JSON would stop at such a name, for every name in the list.
TEST_F(IntruderTest, ANameThatIsNoTextIsNoName) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const std::string link = must(lead.replica->invite(space, kReviewer, "somebody new"));
  PersonId new_person;
  lead.environment.random(new_person.bytes);

  claim_as(lead, space, link, new_person, "half a letter: \xc3");

  const auto invitations = must(lead.replica->invitations(space));
  ASSERT_THAT(invitations, SizeIs(1));
  ASSERT_THAT(invitations[0].claims, SizeIs(1));
  EXPECT_THAT(invitations[0].claims[0].name, IsEmpty());
  for (const auto& member : must(lead.replica->members(space))) EXPECT_TRUE(count_scalars(member.name)) << member.name;
}

// Whoever was removed still has a key of the space.
TEST_F(IntruderTest, AReceiptOfSomebodyWhoWasRemovedSaysNothing) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  lead.note(space, "Pupils read aloud.");
  must(reviewer.replica->import_day_end(must(lead.replica->export_day_end(space))));
  const Bytes receipt = must(reviewer.replica->receipt(space));
  const auto unsent = must(lead.replica->status(space)).unsent_changes;
  for (const auto& member : must(lead.replica->members(space))) {
    if (member.name == "Reviewer") must(lead.replica->remove(space, member.device, ""));
  }

  const auto imported = lead.replica->import_day_end(receipt);

  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::refused);
  EXPECT_EQ(must(lead.replica->status(space)).unsent_changes, unsent);
}

}  // namespace
}  // namespace plenary::replica
