// A review on a real replica: what the rules read is what was written, across spaces.
#include <gmock/gmock.h>

#include <random>

#include "core/replica/unlock.h"
#include "core/review/copies.h"
#include "core/review/edits.h"
#include "core/review/evidence_rule.h"
#include "core/review/load.h"
#include "core/review/schema.h"
#include "core/review/summary.h"
#include "tests/support/temporary_folder.h"

namespace plenary::review {
namespace {

using replica::RecordId;
using replica::Value;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class StoryEnvironment final : public Environment {
 public:
  std::int64_t now_ms() override { return now_ += 1000; }
  void random(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(chance_());
  }

 private:
  std::mt19937_64 chance_{7};
  std::int64_t now_ = 1'763'460'000'000;
};

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  if constexpr (std::is_void_v<T>) {
    if (!result) throw std::runtime_error(result.error().message);
  } else {
    return std::move(result).value();
  }
}

// The lead's tablet, with the team's space and the one shared with the host.
class ReplicaStoryTest : public testing::Test {
 protected:
  ReplicaStoryTest() {
    tablet_ = must(replica::Replica::create(folder_ / "lead", "Lead", review_schema(), environment_,
                                            replica::Unlock::with(seal::PageKey())));
    team_ = must(tablet_->found_space("review_team", "Castle, team", role_named("lead_reviewer"))).space;
    shared_ = must(tablet_->found_space("review_shared", "Castle, review", role_named("lead_reviewer"))).space;
  }

  // Writes one record as one change; a list goes entry by entry.
  RecordId add(const SpaceId& space, const std::string& type, const std::map<std::string, Value>& fields) {
    const auto edit = tablet_->edit(space);
    const auto id = must(edit->create(type));
    for (const auto& [field, value] : fields) write(*edit, type, id, field, value);
    must(edit->commit());
    return id;
  }
  void change(const SpaceId& space, const std::string& type, const RecordId& id, const std::string& field,
              const Value& value) {
    const auto edit = tablet_->edit(space);
    write(*edit, type, id, field, value);
    must(edit->commit());
  }
  ReviewFile load() { return must(load_review(*tablet_, {team_, shared_})); }

  StoryEnvironment environment_;
  TemporaryFolder folder_;
  std::unique_ptr<replica::Replica> tablet_;
  SpaceId team_, shared_;

 private:
  static void write(replica::Edit& edit, const std::string& type, const RecordId& id, const std::string& field,
                    const Value& value) {
    const auto policy = review_schema().type_named(type)->field_named(field)->policy;
    if (policy == merge::Policy::text) return must(edit.set_text(id, field, value.text()));
    if (policy == merge::Policy::set_union || policy == merge::Policy::append) return must(edit.add(id, field, value));
    must(edit.set(id, field, value));
  }
};

TEST_F(ReplicaStoryTest, JudgesWhatWasWrittenAndCited) {
  const auto question = add(shared_, "enquiry_question", {{"question", "How is feedback used?"}, {"position", 1}});
  const auto note = add(team_, "evidence",
                        {{"body", "Six of eight pupils quoted a comment."},
                         {"source_kind", "pupil_conversation"},
                         {"stance", "strength"},
                         {"questions", question}});
  const auto finding = add(team_, "finding", {{"statement", "Pupils use feedback."}, {"kind", "strength"}});
  const auto edit = tablet_->edit(team_);
  must(cite(*edit, finding, note, Relation::supports));
  must(edit->commit());

  const auto file = load();
  const auto verdict = judge_findings(file).at(0);

  EXPECT_EQ(file.notes.at(0).state, EvidenceState::cited);
  EXPECT_EQ(file.notes.at(0).questions, std::vector<RecordId>{question});
  EXPECT_EQ(verdict.notes, 1U);
  EXPECT_EQ(verdict.pupil_facing, 1U);
  EXPECT_FALSE(verdict.meets_rule);
}

TEST_F(ReplicaStoryTest, CancelsAConfirmationOfTheFocusAtTheNextEdit) {
  const auto review = add(shared_, "review", {{"focus", "Reading after Year 2"}, {"focus_areas", "reading"}});
  Value writes = std::vector<Value>{};
  for (const auto& write : must(writes_behind(*tablet_, shared_, review, "focus"))) {
    std::get<std::vector<Value>>(writes.content).emplace_back(write);
  }
  add(shared_, "confirmation",
      {{"what", "focus"}, {"record", review}, {"confirms", replica::Message{{"writes", writes}}}});
  const auto lead_confirmed = [&] {
    const auto file = load();
    GuardContext context{.today = local_date(environment_.now_ms())};
    context.writes_now = must(load_writes(*tablet_, {team_, shared_}, file));
    std::vector<std::string> missing;
    for (const auto& item : guard(file, ReviewState::focus_agreed, context).missing) missing.push_back(item.what);
    return !testing::Value(missing, Contains(HasSubstr("The lead has not confirmed")));
  };

  EXPECT_TRUE(lead_confirmed());
  change(shared_, "review", review, "focus", "Reading after Year 3");
  EXPECT_FALSE(lead_confirmed());
}

TEST_F(ReplicaStoryTest, ShowsAFindingThatWasFedBackOnceWithTheSchoolsAnswer) {
  const auto draft = add(team_, "finding", {{"statement", "Pupils use feedback."}, {"kind", "strength"}});
  const auto edit = tablet_->edit(shared_);
  const auto copy = must(edit->create_copy("finding", must(tablet_->origin_tag(team_, draft))));
  must(edit->set_text(copy, "statement", "Pupils use feedback."));
  must(edit->set(copy, "kind", "strength"));
  must(edit->commit());
  ASSERT_TRUE(is_copy(copy));

  const auto file = load();

  ASSERT_THAT(file.findings, SizeIs(1));
  EXPECT_EQ(file.findings[0].id, draft);
}

TEST_F(ReplicaStoryTest, KnowsItsOwnTabletInTheRollCall) {
  add(shared_, "team_member", {{"name", "Lead"}, {"part", "lead"}});
  add(shared_, "team_member", {{"name", "First reviewer"}, {"part", "reviewer"}});
  add(team_, "evidence", {{"body", "A corridor talk."}});

  const auto roll = call_roll(load(), must(load_tablets(*tablet_, team_)));

  EXPECT_EQ(roll.tablets_in_words(), "1 of 2 tablets");
  EXPECT_TRUE(roll.rows.at(0).this_device);
  EXPECT_EQ(roll.rows.at(0).notes_here, 1U);
  EXPECT_EQ(roll.rows.at(1).state, TabletState::not_heard);
}

TEST_F(ReplicaStoryTest, RefusesANoteBeyondItsLimitAndNamesIt) {
  const auto edit = tablet_->edit(team_);
  const auto note = must(edit->create("evidence"));

  const auto refused = edit->set_text(note, "body", std::string(20'001, 'x'));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  EXPECT_THAT(refused.error().message, HasSubstr("20000"));
}

}  // namespace
}  // namespace plenary::review
