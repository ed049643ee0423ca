// The seal of one page, without a database around it.
#include "tests/unit/seal/sealed_folder.h"

namespace plenary::seal {
namespace {

TEST(PageSealTest, SealsThePageOfOnePlaceForThatPlaceAlone) {
  SeededEnvironment environment(3);
  PageSeal cipher(page_key(1), "a", environment), again(page_key(1), "a", environment);
  PageSeal other_name(page_key(1), "b", environment), other_key(page_key(2), "a", environment);
  std::array<std::byte, kPage> plain{}, sealed{}, twice{}, opened{};
  std::ranges::fill(std::span(plain).first(kPage - 40), std::byte{7});
  const sqlite::PagePlace place{sqlite::PageHome::database, 9, {}};

  cipher.seal(place, plain, 7, sealed);
  cipher.seal(place, plain, 7, twice);

  EXPECT_NE(sealed, twice);
  ASSERT_TRUE(again.open(place, sealed, opened));
  EXPECT_EQ(opened, plain);
  EXPECT_EQ(again.remark(sealed), 7u);
  EXPECT_FALSE(again.open({sqlite::PageHome::database, 10, {}}, sealed, opened));
  EXPECT_EQ(opened, decltype(opened){});
  EXPECT_FALSE(again.open({sqlite::PageHome::log, 9, {}}, sealed, opened));
  EXPECT_FALSE(again.open({sqlite::PageHome::database, 9, {std::byte{1}}}, sealed, opened));
  EXPECT_FALSE(other_name.open(place, sealed, opened));
  EXPECT_FALSE(other_key.open(place, sealed, opened));
}

TEST(PageSealTest, HidesChecksumsByAnotherPermutationAtEachPlace) {
  SeededEnvironment environment(3);
  const PageSeal cipher(page_key(1), "a", environment);
  const sqlite::PagePlace here{sqlite::PageHome::log, 1, {}}, there{sqlite::PageHome::log, 2, {}};

  for (const std::uint64_t sum : {0ull, 1ull, 0x0123456789abcdefull, ~0ull}) {
    EXPECT_EQ(cipher.reveal(here, cipher.hide(here, sum)), sum);
    EXPECT_NE(cipher.hide(here, sum), sum);
    EXPECT_NE(cipher.hide(here, sum), cipher.hide(there, sum));
  }
}

}  // namespace
}  // namespace plenary::seal
