// Values of fields as applications see them, whatever bytes their author wrote.
#include "core/replica/value_codec.h"

#include <gtest/gtest.h>

namespace plenary::replica {
namespace {

Value shown(merge::ValueKind kind, std::string_view bytes) {
  merge::Field field;
  field.kind = kind;
  field.name = "it";
  return decode_value(field, store::EnumNames(), bytes);
}

TEST(ValueCodecTest, BytesThatAreNoValueOfTheirFieldShowNothing) {
  for (const auto kind : {merge::ValueKind::integer, merge::ValueKind::boolean, merge::ValueKind::real,
                          merge::ValueKind::reference, merge::ValueKind::enumeration}) {
    EXPECT_TRUE(shown(kind, "\xff\xff\xff").empty()) << static_cast<int>(kind);
  }
}

TEST(ValueCodecTest, ATextThatIsNotUtf8ShowsNothing) {
  EXPECT_EQ(shown(merge::ValueKind::text, "Ysgol Tŵr"), Value("Ysgol Tŵr"));
  EXPECT_TRUE(shown(merge::ValueKind::text, "half a letter: \xc3").empty());
  EXPECT_EQ(shown(merge::ValueKind::bytes, "\xc3"), Value("\xc3")) << "bytes need be no text";
}

}  // namespace
}  // namespace plenary::replica
