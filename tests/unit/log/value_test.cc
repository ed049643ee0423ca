#include "core/log/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/log/samples.h"

namespace plenary::log {
namespace {

TEST(ValueTest, NumbersComeBackAsTheyWere) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'790'000'000'000}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(*decode_integer(encode_integer(value)), value);
  }
  EXPECT_EQ(*decode_enumeration(encode_enumeration(4'294'967'295u)), 4'294'967'295u);
  EXPECT_EQ(*decode_real(encode_real(-0.1)), -0.1);
  EXPECT_EQ(*decode_boolean(encode_boolean(true)), true);
  EXPECT_EQ(*decode_boolean(encode_boolean(false)), false);
}

TEST(ValueTest, ReferencesComeBackAsTheyWere) {
  SeededEnvironment environment;
  const auto log = random_id<LogId>(environment);
  for (const RecordName& record :
       {RecordName{40, WriteName{{log, 3, 0}, 0}}, RecordName{0, WriteName{{log, 300, 7}, 2}},
        RecordName{41, random_id<OriginTag>(environment)}}) {
    const auto decoded = decode_reference(encode_reference(record));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, record);
  }
}

TEST(ValueTest, OnlyTheCanonicalFormIsRead) {
  EXPECT_FALSE(decode_integer(""));
  EXPECT_FALSE(decode_integer(std::string("\x80\0", 2)));
  EXPECT_FALSE(decode_integer(std::string("\1\1")));
  EXPECT_FALSE(decode_boolean(std::string("\2")));
  EXPECT_FALSE(decode_enumeration(encode_integer(std::numeric_limits<std::int64_t>::max())));
  EXPECT_FALSE(decode_real(std::string(7, '\0')));
  EXPECT_FALSE(decode_real(std::string(6, '\0') + "\xf8\x7f")) << "not a number";
  SeededEnvironment environment;
  const std::string reference = encode_reference({40, WriteName{{random_id<LogId>(environment), 3, 0}, 0}});
  EXPECT_FALSE(decode_reference(reference + std::string(8, '\0'))) << "a branch that is none";
  EXPECT_FALSE(decode_reference(reference.substr(1)));
}

}  // namespace
}  // namespace plenary::log
