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
  Tablet& ann = tablet("Ann");
  Tablet& ben = tablet("Ben");
  const SpaceId space = team(ann, {{&ben, kReviewer}});
  ben.note(space, "On both branches.");
  meet(ann, ben, space);
  const log::Head common = newest_head(ben, space);
  take_image(ben);
  ben.note(space, "On the first branch.");
  const log::Head first = newest_head(ben, space);
  pass_on(ben, ann, space);
  restore_image(ben);
  ben.note(space, "On the second branch.");
  const log::Head second = newest_head(ben, space);
  pass_on(ben, ann, space);

  const auto offered = [&](const log::Head& held) {
    const sync::LogWant want{common.log, {held}};
    return ann.replica->sync().missing_segments(space, {&want, 1});
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
