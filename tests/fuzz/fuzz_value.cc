// The bytes that a member wrote as the value of a field of a review: the first two bytes choose the field. They are
// shown, stand in a table and in JSON, whatever they are.
#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "core/replica/value_codec.h"
#include "core/review/schema.h"
#include "core/store/value_text.h"

using namespace plenary;

namespace {

std::vector<const merge::Field*> all_fields() {
  std::vector<const merge::Field*> fields;
  for (const auto& [number, type] : review::review_schema().types) {
    for (const auto& [field_number, field] : type.fields) fields.push_back(&field);
  }
  return fields;
}

// Kinds whose values have one form only, and are none in any other.
bool is_canonical(merge::ValueKind kind) {
  return kind == merge::ValueKind::integer || kind == merge::ValueKind::boolean || kind == merge::ValueKind::real;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<const merge::Field*> fields = all_fields();
  static const store::EnumDirectory directory(review::review_schema());
  if (size < 2) return 0;
  const merge::Field& field = *fields[(data[0] + 256u * data[1]) % fields.size()];
  const store::EnumNames& names = directory.of(field);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  const replica::Value value = replica::decode_value(field, names, bytes);
  if (is_canonical(field.kind) && !value.empty()) {
    const auto again = replica::encode_value(field, names, value, [](const std::string&) { return log::RecordName{}; });
    CHECK(again && *again == bytes);
  }
  (void)store::column_value(field, names, bytes);
  std::string json;
  store::append_json(field, names, bytes, json);
  CHECK(nlohmann::json::accept(json));
  return 0;
}
