#include "core/store/value_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/log/value.h"

namespace plenary::store {
namespace {

merge::Field field(merge::ValueKind kind) {
  merge::Field field;
  field.kind = kind;
  field.name = "it";
  return field;
}

std::string json(merge::ValueKind kind, std::string_view bytes) {
  std::string text;
  append_json(field(kind), EnumNames(), bytes, text);
  return text;
}

log::RecordName record(std::uint32_t number, std::uint32_t index, std::uint64_t branch) {
  log::WriteName write;
  write.change.log.bytes.fill(std::byte{0xab});
  write.change.number = number;
  write.change.branch = branch;
  write.index = index;
  return {1, write};
}

TEST(ValueTextTest, NamesRecordsForPeople) {
  EXPECT_EQ(record_text(record(17, 0, 0)), "abababab.17");
  EXPECT_EQ(record_text(record(17, 2, 0)), "abababab.17.2");
  EXPECT_EQ(record_text(record(17, 0, 0x1234)), "abababab.17~0000000000001234");
  EXPECT_EQ(record_text(record(17, 2, 0x1234)), "abababab.17.2~0000000000001234");
  OriginTag tag;
  tag.bytes.fill(std::byte{0x0c});
  EXPECT_EQ(record_text({1, tag}), "o0c0c0c0c0c0c0c0c");
}

TEST(ValueTextTest, WritesValuesAsJson) {
  EXPECT_EQ(json(merge::ValueKind::text, "say \"yes\"\n\\ \x01 ŵ"), R"("say \"yes\"\n\\ \u0001 ŵ")");
  EXPECT_EQ(json(merge::ValueKind::integer, log::encode_integer(-5)), "-5");
  EXPECT_EQ(json(merge::ValueKind::boolean, log::encode_boolean(true)), "true");
  EXPECT_EQ(json(merge::ValueKind::real, log::encode_real(0.5)), "0.5");
  EXPECT_EQ(json(merge::ValueKind::reference, log::encode_reference(record(3, 0, 0))), "\"abababab.3\"");
}

TEST(ValueTextTest, LeavesUnreadableBytesOut) {
  for (const auto kind : {merge::ValueKind::integer, merge::ValueKind::boolean, merge::ValueKind::real,
                          merge::ValueKind::reference, merge::ValueKind::enumeration}) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(column_value(field(kind), EnumNames(), "\xff\xff\xff")));
    EXPECT_EQ(json(kind, "\xff\xff\xff"), "null");
  }
}

// Who writes them, a member with a program of their own, would otherwise break everybody's JSON.
TEST(ValueTextTest, WritesJsonWhateverTheBytes) {
  EXPECT_TRUE(std::holds_alternative<std::monostate>(
      column_value(field(merge::ValueKind::text), EnumNames(), "half a letter: \xc3")));
  EXPECT_EQ(json(merge::ValueKind::text, "half a letter: \xc3"), "null");
  EXPECT_EQ(json(merge::ValueKind::bytes, "\xff"), "\"_w\"");
  EXPECT_EQ(json(merge::ValueKind::real, log::encode_real(std::numeric_limits<double>::infinity())), "null");
}

TEST(EnumNamesTest, ShowsNumbersWhereNamesAreNotKnown) {
  const EnumNames names("plenary.nowhere.Kind");

  EXPECT_EQ(names.name(3), "3");
  EXPECT_EQ(names.number("3"), 3u);
  EXPECT_EQ(names.number("three"), std::nullopt);
}

}  // namespace
}  // namespace plenary::store
