// What somebody wrote, looked through for what may identify a pupil and for words of inspections: every mark is in it.
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/review/inspection_words.h"
#include "core/review/personal_data.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t length = count_scalars(text).value_or(0);
  std::size_t end = 0;
  for (const auto& mark : review::find_personal_data(text, review::local_date(1'790'000'000'000))) {
    CHECK(mark.at >= end && mark.at + mark.length <= length);
    CHECK(count_scalars(mark.words) == mark.length && count_scalars(mark.question));
    end = mark.at + mark.length;
  }
  for (const auto& word : review::find_inspection_words(text)) {
    CHECK(word.at + word.length <= length && count_scalars(word.words) == word.length);
  }
  return 0;
}
