// A schools register as a person downloaded it: any bytes, any encoding.
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/review/csv.h"
#include "core/review/register_import.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  review::CsvReader reader(text);
  std::vector<std::string> fields;
  std::size_t rows = 0;
  for (auto row = reader.next(fields); !row || *row; row = reader.next(fields)) CHECK(++rows <= size + 1);

  if (const auto import = review::read_register(text)) {
    for (const auto& school : import->schools) {
      CHECK(school.urn.size() == 6 && count_scalars(school.name));
      (void)school.fields();
    }
    (void)review::lines_of(*import);
  }
  return 0;
}
