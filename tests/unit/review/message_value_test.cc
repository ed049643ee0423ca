// Nested messages as values: what a member wrote, whatever it is.
#include "core/store/message_value.h"

#include <gtest/gtest.h>

#include "core/review/schema.h"

namespace plenary::review {
namespace {

constexpr const char* kLanguageText = "plenary.records.LanguageText";

TEST(MessageValueTest, ReadsAMessageOfTheSchemaAndNoOther) {
  ASSERT_FALSE(review_schema().types.empty());  // the messages are in this program
  EXPECT_TRUE(store::read_message(kLanguageText,
                                  "\x0a\x02"
                                  "cy\x12\x04Tŵr"));
  EXPECT_FALSE(store::read_message("plenary.records.Nowhere", ""));
  EXPECT_FALSE(store::read_message(kLanguageText, "\x0a\x7f"));
}

// The library would write a line for each onto the terminal of whoever looks at the record.
TEST(MessageValueTest, AMessageWhoseTextIsNoneIsNoMessageWithoutAWord) {
  testing::internal::CaptureStderr();
  const auto message = store::read_message(kLanguageText, "\x12\x01\xff");
  const std::string said = testing::internal::GetCapturedStderr();

  EXPECT_FALSE(message);
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace plenary::review
