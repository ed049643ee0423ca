// A review of records that members wrote as they liked: the rules and pictures made of it end, and are text.
//
// The input is records one after the other: type (1 byte), what is odd about it (1), its author (1), how many fields
// (1), and each field: which (1), how long (1), the bytes of its value. A reference is the number of a record.
#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/replica/value_codec.h"
#include "core/review/copies.h"
#include "core/review/coverage.h"
#include "core/review/distance.h"
#include "core/review/lifecycle.h"
#include "core/review/load.h"
#include "core/review/report.h"
#include "core/review/schema.h"
#include "core/review/summary.h"
#include "core/review/triangulation.h"

using namespace plenary;
using replica::RecordView;
using replica::Value;

namespace {

constexpr std::size_t kMaxRecords = 64;

replica::RecordId id_of(std::size_t number) {
  return {number % 8 == 7 ? "o00000000000000" + std::to_string(10 + number % 64) : "r." + std::to_string(number)};
}

class Reader {
 public:
  explicit Reader(ByteSpan bytes) : bytes_(bytes) {}

  std::vector<RecordView> records() {
    std::vector<RecordView> records;
    while (bytes_.ok() && bytes_.remaining() > 0 && records.size() < kMaxRecords) {
      records.push_back(record(records.size()));
    }
    return records;
  }

 private:
  RecordView record(std::size_t number) {
    const auto& types = review::review_schema().types;
    const merge::RecordType& type = std::next(types.begin(), bytes_.u8() % types.size())->second;
    const std::uint8_t odd = bytes_.u8();
    RecordView record;
    record.id = id_of(number);
    record.type = type.name;
    record.life = static_cast<replica::Life>(odd % 4);
    record.created = author(bytes_.u8());
    for (std::size_t count = bytes_.u8() % 32; count > 0 && bytes_.ok(); --count) {
      const merge::Field& field = std::next(type.fields.begin(), bytes_.u8() % type.fields.size())->second;
      const Value value = value_of(field);
      if (value.empty()) continue;
      replica::FieldView& view = record.fields[field.name];
      view.name = field.name;
      view.asks = (odd & 4) != 0;
      view.candidates.push_back({value, replica::PayloadState::here, record.created});
      if (field.policy != merge::Policy::set_union && field.policy != merge::Policy::append) {
        view.value = value;
        continue;
      }
      if (view.value.empty()) view.value = std::vector<Value>{};
      std::get<std::vector<Value>>(view.value.content).push_back(value);
    }
    return record;
  }

  static replica::Authorship author(std::uint8_t number) {
    replica::Authorship by;
    by.person = "Person " + std::to_string(number % 4);
    by.person_id.bytes[0] = static_cast<std::byte>(number % 4);
    by.role = static_cast<Role>(number / 4 % 20);
    by.time_ms = number % 2 == 0 ? INT64_MAX - number : INT64_MIN + number;
    by.change = "c." + std::to_string(number);
    return by;
  }

  Value value_of(const merge::Field& field) {
    static const store::EnumDirectory directory(review::review_schema());
    const ByteSpan bytes = bytes_.raw(std::min<std::size_t>(bytes_.u8(), bytes_.remaining()));
    if (field.kind != merge::ValueKind::reference) {
      return replica::decode_value(field, directory.of(field), as_text(bytes));
    }
    return id_of(bytes.empty() ? 0 : std::to_integer<std::size_t>(bytes[0]) % kMaxRecords);
  }

  ByteReader bytes_;
};

// Two tablets that say the least and the most that a tablet can say of itself.
std::vector<review::TabletReport> reports() {
  review::TabletReport here, other;
  here.person = "Person 0";
  here.this_device = true;
  other.person = "Person 1";
  other.sealed = true;
  other.notes_sealed = SIZE_MAX;
  other.unsent = SIZE_MAX;
  other.time_ms = INT64_MIN;
  return {here, other};
}

void is_text(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) CHECK(count_scalars(line));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader(ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  std::vector<RecordView> records = reader.records();
  review::join_copies(records, {});
  const review::ReviewFile file = review::file_of(records);
  const review::RollCall roll = review::call_roll(file, reports());
  is_text(review::lines_of(roll));
  is_text(review::lines_of(review::coverage_of(file, roll), 40));
  is_text(review::lines_of(review::triangulate(file, roll), 40));
  CHECK(count_scalars(review::markdown_of(review::summarise(file, roll))));
  for (const review::DistanceCheck& check : review::check_distances(file)) is_text({check.sentence});
  for (const auto& report : file.of("report")) {
    is_text({review::report_text(file, report), review::report_hash(file, report)});
  }

  const review::ReviewProgress progress = review::progress_of(file);
  for (const review::HeldStep& step : progress.held) is_text({step.reason});
  if (!file.review) return 0;
  const review::GuardContext context{review::local_date(0), roll, {}};
  for (const review::ReviewState state : review::next_states(progress)) {
    is_text(review::lines_of(review::guard(file, state, context)));
  }
  for (int state = 1; state <= static_cast<int>(review::ReviewState::closed); ++state) {
    is_text(review::lines_of(review::guard(file, static_cast<review::ReviewState>(state), context)));
  }
  return 0;
}
