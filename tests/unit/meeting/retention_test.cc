// A space expires at the hub unattended; what is on the tablets stays.
#include <gmock/gmock.h>

#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RetentionTest : public StoryTest {
 protected:
  std::vector<SpaceId> drop(std::int64_t now_ms) {
    const auto dropped = hub_.writer().drop_expired(now_ms);
    for (const SpaceId& space : dropped) hub_.reader().changed(space);
    return dropped;
  }
  std::string refusal(Tablet& tablet, const SpaceId& space) {
    for (const auto& event : hub_.meet(tablet, space)) {
      if (event.kind == sync::Event::Kind::refused) return event.error.message;
    }
    return "";
  }
  std::int64_t rows(const std::string& table) {
    sqlite::Statement count(hub_.database(), sqlite::GeneratedSql("SELECT count(*) FROM " + table));
    auto row = count.query();
    return row.next() ? row.integer(0) : -1;
  }

  HubOnDisk hub_{folder_.path() / "hub"};
};

TEST_F(RetentionTest, TheHubDropsASpaceWhoseTimeHasCome) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {});
  const RecordId id = lead.note(space, "Stays on the tablet.");
  must(lead.replica->expire(space, 2'000));
  hub_.meet(lead, space);

  EXPECT_THAT(drop(1'999), IsEmpty());
  EXPECT_THAT(drop(2'000), ElementsAre(space));

  for (const char* table : {"item", "link", "log", "space"}) EXPECT_EQ(rows(table), 0) << table;
  EXPECT_THAT(refusal(lead, space), HasSubstr("has expired"));
  EXPECT_EQ(lead.get(space, id)["body"].text(), "Stays on the tablet.");
  hub_.stop();
  hub_.start();
  EXPECT_THAT(refusal(lead, space), HasSubstr("has expired")) << "nobody brings it back by meeting the hub";
  EXPECT_EQ(rows("space"), 0);
}

TEST_F(RetentionTest, ADateThatWasTakenBackDropsNothing) {
  Tablet& lead = tablet("Lead");
  const SpaceId space = team(lead, {}), other = must(lead.replica->found_space("host_school", "Host", kLead)).space;
  must(lead.replica->expire(space, 2'000));
  hub_.meet(lead, space);
  hub_.meet(lead, other);
  must(lead.replica->expire(space, 0));
  hub_.meet(lead, space);

  EXPECT_THAT(drop(9'000'000'000'000), IsEmpty());
}

}  // namespace
}  // namespace plenary::replica
