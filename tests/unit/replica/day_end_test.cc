// Day-end files: a colleague's tablet arrives without any network, in any order, any number of times.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/replica/story.h"

namespace plenary::replica {
namespace {

class DayEndTest : public StoryTest {};

TEST_F(DayEndTest, BringsATabletsDayAndTakesTheReceiptBack) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const RecordId id = reviewer.note(space, "By file.");

  const Bytes file = must(reviewer.replica->export_day_end(space));
  const ImportSummary first = must(lead.replica->import_day_end(file));
  const ImportSummary again = must(lead.replica->import_day_end(file));

  EXPECT_EQ(first.changes_new, 1u);
  EXPECT_EQ(again.changes_new, 0u);
  EXPECT_EQ(again.changes_known, 1u);
  EXPECT_EQ(lead.get(space, id)["body"].text(), "By file.");
  EXPECT_EQ(must(reviewer.replica->status(space)).unsent_changes, 1u);
  const ImportSummary receipt = must(reviewer.replica->import_day_end(must(lead.replica->receipt(space))));
  EXPECT_TRUE(receipt.receipt);
  EXPECT_EQ(must(reviewer.replica->status(space)).unsent_changes, 0u);
  EXPECT_EQ(must(reviewer.replica->status(space)).notes_handed_over, 1u);
}

TEST_F(DayEndTest, RefusesATruncatedAChangedAndAForeignFile) {
  Tablet& lead = tablet("Lead");
  Tablet& reviewer = tablet("Reviewer");
  Tablet& outsider = tablet("Outsider");
  const SpaceId space = team(lead, {{&reviewer, kReviewer}});
  const SpaceId other = team(outsider, {});
  reviewer.note(space, "By file.");
  outsider.note(other, "Somewhere else.");
  const Bytes file = must(reviewer.replica->export_day_end(space));
  const Digest before = lead.digest(space);

  const auto truncated = lead.replica->import_day_end(ByteSpan(file).first(file.size() / 2));
  Bytes flipped = file;
  flipped[file.size() / 2] ^= std::byte{1};
  const auto changed = lead.replica->import_day_end(flipped);
  const auto foreign = lead.replica->import_day_end(must(outsider.replica->export_day_end(other)));

  EXPECT_EQ(truncated.error().code, ErrorCode::malformed);
  EXPECT_EQ(changed.error().code, ErrorCode::malformed);
  EXPECT_NE(truncated.error().message, changed.error().message);
  EXPECT_EQ(foreign.error().code, ErrorCode::not_found);
  EXPECT_EQ(lead.digest(space), before);
}

TEST_F(DayEndTest, GivesOneStateInEveryOrderOfFourTablets) {
  Tablet& lead = tablet("Lead");
  Tablet& one = tablet("One");
  Tablet& two = tablet("Two");
  Tablet& shadow = tablet("Shadow");
  const SpaceId space = team(lead, {{&one, kReviewer}, {&two, kReviewer}, {&shadow, kShadow}});
  const RecordId shared = lead.note(space, "All saw this activity.");
  for (Tablet* tablet : {&one, &two, &shadow}) meet(lead, *tablet, space);
  lead.replica.reset();
  std::filesystem::copy(lead.folder, folder_.path() / "fresh", std::filesystem::copy_options::recursive);
  lead.replica = must(Replica::open(lead.folder, schema(), lead.environment, unlock()));
  std::vector<Bytes> files;
  for (Tablet* tablet : {&lead, &one, &two, &shadow}) {
    tablet->note(space, "A note of " + tablet->replica->person());
    tablet->set(space, shared, "stance", "as " + tablet->replica->person() + " sees it");
    tablet->write(space, shared, "body", "All saw this activity. " + tablet->replica->person() + " agrees.");
    files.push_back(must(tablet->replica->export_day_end(space)));
  }

  std::vector<std::size_t> order{0, 1, 2, 3};
  std::set<Digest> digests;
  std::set<std::string> texts;
  do {
    const auto at = folder_.path() / "replay";
    std::filesystem::remove_all(at);
    std::filesystem::copy(folder_.path() / "fresh", at, std::filesystem::copy_options::recursive);
    StoryEnvironment environment(5);
    const auto replica = must(Replica::open(at, schema(), environment, unlock()));
    for (const std::size_t file : order) must(replica->import_day_end(files[file]));
    digests.insert(must(replica->digest(space)));
    texts.insert(must(replica->get(space, shared))["body"].text());
    EXPECT_EQ(must(replica->check(space)), std::vector<std::string>{});
    EXPECT_EQ(must(replica->conflicts(space)).size(), 1u);
  } while (std::ranges::next_permutation(order).found);

  EXPECT_EQ(digests.size(), 1u);
  EXPECT_EQ(texts.size(), 1u);
}

}  // namespace
}  // namespace plenary::replica
