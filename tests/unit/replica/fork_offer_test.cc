// What a device offers of a forked log to a peer that holds one of its branches.
#include <algorithm>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class ForkOfferTest : public StoryTest {
 protected:
  static log::Head newest_head(Tablet& tablet, const SpaceId& space) {
    const auto inventory = tablet.replica->sync().inventory(space).value();
    return *std::ranges::max_element(inventory.frontier, {}, &log::Head::number);
  }
};

TEST_F(ForkOfferTest, SendsOnlyTheOtherBranchAndSaysThatItIsOne) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  reviewer.note(space, "On both branches.");
  meet(lead, reviewer, space);
  const log::Head common = newest_head(reviewer, space);
  take_image(reviewer);
  reviewer.note(space, "On the first branch.");
  const log::Head first = newest_head(reviewer, space);
  pass_on(reviewer, lead, space);
  restore_image(reviewer);
  reviewer.note(space, "On the second branch.");
  const log::Head second = newest_head(reviewer, space);
  pass_on(reviewer, lead, space);

  const auto offered = [&](const log::Head& held) {
    const sync::LogWant want{common.log, {held}};
    return lead.replica->sync().missing_segments(space, {&want, 1});
  };

  for (const auto& [held, other] : {std::pair{first, second}, std::pair{second, first}}) {
    const auto refs = offered(held);
    ASSERT_EQ(refs.size(), 1u);
    EXPECT_EQ(refs[0].chain, other.chain);
    EXPECT_EQ(refs[0].first, common.number + 1);
    EXPECT_EQ(refs[0].after, common.chain);
    EXPECT_TRUE(refs[0].branch);
  }
}

}  // namespace
}  // namespace plenary::replica
