#include "core/base/utf8.h"

#include <gtest/gtest.h>

namespace plenary {
namespace {

TEST(Utf8Test, CountsScalarValues) {
  EXPECT_EQ(count_scalars(""), 0);
  EXPECT_EQ(count_scalars("plain"), 5);
  EXPECT_EQ(count_scalars("tŷ – 🙂"), 6);
  EXPECT_EQ(count_scalars("sixteen letters: ŵŷ and then some more"), 38);
  EXPECT_EQ(count_scalars(std::string_view("\0", 1)), 1);
  EXPECT_EQ(count_scalars("\xF4\x8F\xBF\xBF"), 1);  // U+10FFFF
}

TEST(Utf8Test, RefusesWhatIsNotUtf8) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\x28", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF", "plain text and then \xE2\x82"})
    EXPECT_EQ(count_scalars(bytes), std::nullopt);
}

TEST(Utf8Test, FindsTheBytesOfSoManyCharacters) {
  const std::string_view text = "aŷ€🙂aŷ€🙂aŷ€🙂 and more";

  std::size_t bytes = 0;
  for (std::size_t count = 0; count < 12; ++count) {
    EXPECT_EQ(bytes_of_scalars(text, count), bytes);
    bytes += count % 4 + 1;
  }
  EXPECT_EQ(bytes_of_scalars(text, 1'000), text.size());
}

TEST(Utf8Test, DecodesAndEncodes) {
  const std::string text = "aŷ€🙂";

  EXPECT_EQ(decode_utf8(text), U"aŷ€🙂");
  EXPECT_EQ(encode_utf8(U"aŷ€🙂"), text);
}

}  // namespace
}  // namespace plenary
