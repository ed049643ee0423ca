// What a person types from paper: recovery codes and keys, dates, academic years.
#include "core/base/check.h"
#include "core/review/dates.h"
#include "core/seal/recovery.h"
#include "core/seal/recovery_code.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  if (const auto code = seal::read_recovery_code(typed)) {
    const auto again = seal::read_recovery_code(seal::print_recovery_code(*code));
    CHECK(again && *again == *code);
  }
  if (const auto secret = seal::read_code(typed)) {
    const auto again = seal::read_code(seal::print_code(*secret));
    CHECK(again && seal::print_code(*again) == seal::print_code(*secret));
  }
  if (const auto date = review::parse_iso_date(typed)) {
    CHECK(date->ok() && review::iso_date(*date) == typed);
    (void)review::long_date(*date);
  }
  if (const auto date = review::parse_register_date(typed)) CHECK(date->ok());
  if (const auto year = review::parse_academic_year(typed)) {
    CHECK(review::academic_year(year->first) == typed && review::academic_year(year->last) == typed);
  }
  return 0;
}
