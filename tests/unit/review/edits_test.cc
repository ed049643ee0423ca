#include "core/review/edits.h"

#include <gmock/gmock.h>

namespace plenary::review {
namespace {

using replica::RecordId;
using testing::ElementsAre;
using testing::IsEmpty;

// Writes down what an edit is asked to do; refuses the field named.
class WrittenDown : public replica::Edit {
 public:
  std::vector<std::string> done;
  std::string refused;

  Result<RecordId> create(const std::string&) override { return RecordId{"x.1"}; }
  Result<RecordId> create_copy(const std::string&, const OriginTag&) override { return RecordId{"x.2"}; }
  Result<void> set(const RecordId& id, const std::string& field, const replica::Value& value) override {
    return write("set", id, field, value.text());
  }
  Result<void> add(const RecordId& id, const std::string& field, const replica::Value& value) override {
    return write("add", id, field, value.text());
  }
  Result<void> remove(const RecordId&, const std::string&, const replica::Value&) override { return {}; }
  Result<void> set_text(const RecordId&, const std::string&, const std::string&) override { return {}; }
  Result<void> splice_text(const RecordId&, const std::string&, replica::TextSplice) override { return {}; }
  Result<void> discard(const RecordId&) override { return {}; }
  Result<void> keep(const RecordId&) override { return {}; }
  Result<void> ask_to_erase(const RecordId&) override { return {}; }
  Result<replica::CommitSummary> commit() override { return replica::CommitSummary{}; }

 private:
  Result<void> write(const std::string& what, const RecordId& id, const std::string& field, const std::string& value) {
    if (field == refused) return fail(ErrorCode::refused, "You may not write this.");
    done.push_back(what + " " + id.text + " " + field + " " + value);
    return {};
  }
};

TEST(EditsTest, WriteTheNoteItselfWhenItIsCited) {
  WrittenDown edit;

  ASSERT_TRUE(cite(edit, {"f.1"}, {"e.1"}, Relation::qualifies));

  EXPECT_THAT(edit.done, ElementsAre("add f.1 qualifies e.1", "set e.1 state cited"));
}

TEST(EditsTest, PassOnARefusal) {
  WrittenDown edit;
  edit.refused = "supports";

  EXPECT_EQ(cite(edit, {"f.1"}, {"e.1"}, Relation::supports).error().code, ErrorCode::refused);
  EXPECT_THAT(edit.done, IsEmpty());
}

TEST(EditsTest, SetABatchAsideWithOneReason) {
  WrittenDown edit;

  ASSERT_TRUE(set_aside(edit, {{"e.1"}, {"e.2"}}, "outside the focus"));

  EXPECT_THAT(edit.done, ElementsAre("set e.1 state set_aside", "set e.1 state_reason outside the focus",
                                     "set e.2 state set_aside", "set e.2 state_reason outside the focus"));
}

TEST(EditsTest, RefuseToSetAsideWithoutAReason) {
  WrittenDown edit;

  EXPECT_EQ(set_aside(edit, {{"e.1"}}, "").error().code, ErrorCode::invalid_argument);
}

TEST(EditsTest, KnowTheRelationsByTheirFields) {
  EXPECT_EQ(relation_named("contradicts"), Relation::contradicts);
  EXPECT_EQ(relation_named("proves"), std::nullopt);
}

}  // namespace
}  // namespace plenary::review
