#include "core/base/words.h"

#include <gtest/gtest.h>

namespace plenary {
namespace {

TEST(WordsTest, ReadsNamesAsAPersonWould) {
  EXPECT_EQ(in_words("lead_reviewer"), "lead reviewer");
  EXPECT_EQ(in_words("finding"), "finding");
}

TEST(WordsTest, PutsTheArticleBeforeThem) {
  EXPECT_EQ(with_article("finding"), "a finding");
  EXPECT_EQ(with_article(in_words("enquiry_question")), "an enquiry question");
  EXPECT_EQ(with_article(in_words("cited_evidence")), "cited evidence");
}

}  // namespace
}  // namespace plenary
