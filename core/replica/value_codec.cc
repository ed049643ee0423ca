#include "core/replica/value_codec.h"

#include <cmath>

#include "core/base/utf8.h"
#include "core/log/value.h"
#include "core/replica/message_codec.h"
#include "core/store/value_text.h"

namespace plenary::replica {
namespace {

using merge::ValueKind;

tl::unexpected<Error> wrong_kind(const merge::Field& field, const char* expected) {
  return fail(ErrorCode::invalid_argument, "The field " + field.name + " takes " + expected + ".");
}

Result<std::string> encode_text(const merge::Field& field, const Value& value) {
  const auto* text = std::get_if<std::string>(&value.content);
  if (text == nullptr) return wrong_kind(field, "a text");
  if (field.kind == ValueKind::text && !count_scalars(*text)) return wrong_kind(field, "a text in UTF-8");
  return *text;
}

Result<std::string> encode_enumeration(const merge::Field& field, const store::EnumNames& names, const Value& value) {
  const auto* name = std::get_if<std::string>(&value.content);
  if (name == nullptr) return wrong_kind(field, "the name of a value");
  const auto number = names.number(*name);
  if (!number || *number > UINT32_MAX) {
    return fail(ErrorCode::invalid_argument,
                "The field " + field.name + " has no value \"" + *name + "\". It can be: " + names.listed() + ".");
  }
  return log::encode_enumeration(static_cast<std::uint32_t>(*number));
}

Result<std::string> encode_reference(const merge::Field& field, const Value& value, const FindRecord& find) {
  if (value.text().empty()) return wrong_kind(field, "the id of a record");
  const auto name = find(value.text());
  if (!name) return tl::make_unexpected(name.error());
  return log::encode_reference(*name);
}

Result<std::string> encode_bytes(const merge::Field& field, const store::EnumNames& names, const Value& value,
                                 const FindRecord& find) {
  switch (field.kind) {
    case ValueKind::integer: {
      const auto* number = std::get_if<std::int64_t>(&value.content);
      if (number == nullptr) return wrong_kind(field, "a whole number");
      return log::encode_integer(*number);
    }
    case ValueKind::boolean: {
      const auto* truth = std::get_if<bool>(&value.content);
      if (truth == nullptr) return wrong_kind(field, "yes or no");
      return log::encode_boolean(*truth);
    }
    case ValueKind::real: {
      const auto* whole = std::get_if<std::int64_t>(&value.content);
      const auto* real = std::get_if<double>(&value.content);
      if ((whole == nullptr && real == nullptr) || (real != nullptr && std::isnan(*real))) {
        return wrong_kind(field, "a number");
      }
      return log::encode_real(real != nullptr ? *real : static_cast<double>(*whole));
    }
    case ValueKind::enumeration:
      return encode_enumeration(field, names, value);
    case ValueKind::reference:
      return encode_reference(field, value, find);
    case ValueKind::message:
      return encode_message(field, value, find);
    case ValueKind::text:
    case ValueKind::bytes:
      return encode_text(field, value);
  }
  return wrong_kind(field, "a value of a newer version");
}

}  // namespace

std::size_t limit_of(const merge::Field& field) {
  if (field.max_bytes > 0) return field.max_bytes;
  constexpr std::size_t kDefault = 64u << 10;
  return kDefault;
}

Result<std::string> encode_value(const merge::Field& field, const store::EnumNames& names, const Value& value,
                                 const FindRecord& find) {
  auto bytes = encode_bytes(field, names, value, find);
  if (bytes && bytes->size() > limit_of(field)) {
    return fail(ErrorCode::limit_exceeded, "The field " + field.name + " holds at most " +
                                               std::to_string(limit_of(field)) + " bytes; this value has " +
                                               std::to_string(bytes->size()) + ". Shorten it.");
  }
  return bytes;
}

Value decode_value(const merge::Field& field, const store::EnumNames& names, std::string_view bytes) {
  switch (field.kind) {
    case ValueKind::integer:
      if (const auto value = log::decode_integer(bytes)) return *value;
      return {};
    case ValueKind::boolean:
      if (const auto value = log::decode_boolean(bytes)) return *value;
      return {};
    case ValueKind::real:
      if (const auto value = log::decode_real(bytes)) return *value;
      return {};
    case ValueKind::enumeration:
      if (const auto value = log::decode_enumeration(bytes)) return names.name(*value);
      return {};
    case ValueKind::reference:
      if (const auto value = log::decode_reference(bytes)) return RecordId{store::record_text(*value)};
      return {};
    case ValueKind::message:
      return decode_message(field, bytes);
    case ValueKind::text:
      if (count_scalars(bytes)) return std::string(bytes);
      return {};
    case ValueKind::bytes:
      return std::string(bytes);
  }
  return {};
}

}  // namespace plenary::replica
