#include "core/store/value_text.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <cmath>

#include "core/base/utf8.h"
#include "core/log/value.h"
#include "core/store/message_value.h"

namespace plenary::store {
namespace {

std::string message_json(const std::string& full_name, std::string_view bytes) {
  const auto message = read_message(full_name, bytes);
  if (!message) return "null";
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  return google::protobuf::util::MessageToJsonString(*message, &json, options).ok() ? json : "null";
}

// JSON has no word for what is infinite.
void append_number(double value, std::string& json) {
  if (!std::isfinite(value)) {
    json += "null";
    return;
  }
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  json.append(buffer, end);
}

void append_json_text(std::string_view text, std::string& json) {
  static constexpr char kDigits[] = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (code < 0x20) {
      json += "\\u00";
      json += kDigits[code >> 4];
      json += kDigits[code & 15];
    } else {
      json += c;
    }
  }
  json += '"';
}

}  // namespace

std::string change_text(const log::ChangeName& name) {
  std::string text = to_hex(name.log.span().first(4)) + '.' + std::to_string(name.number);
  if (name.branch == 0) return text;
  std::array<std::byte, 8> branch;
  for (std::size_t i = 0; i < 8; ++i) branch[i] = static_cast<std::byte>(name.branch >> (8 * (7 - i)));
  return text + '~' + to_hex(branch);
}

std::string record_text(const log::RecordName& name) {
  if (const auto* origin = std::get_if<OriginTag>(&name.origin)) return "o" + to_hex(origin->span().first(8));
  const auto& write = std::get<log::WriteName>(name.origin);
  log::ChangeName change = write.change;
  const std::uint64_t branch = std::exchange(change.branch, 0);
  std::string text = change_text(change);
  if (write.index > 0) text += '.' + std::to_string(write.index);
  if (branch == 0) return text;
  change.branch = branch;
  const std::string with_branch = change_text(change);
  return text + with_branch.substr(with_branch.find('~'));
}

ColumnValue column_value(const merge::Field& field, const EnumNames& names, std::string_view bytes) {
  switch (field.kind) {
    case merge::ValueKind::integer:
      if (const auto value = log::decode_integer(bytes)) return *value;
      return {};
    case merge::ValueKind::boolean:
      if (const auto value = log::decode_boolean(bytes)) return std::int64_t{*value};
      return {};
    case merge::ValueKind::enumeration:
      if (const auto value = log::decode_enumeration(bytes)) return names.name(*value);
      return {};
    case merge::ValueKind::real:
      if (const auto value = log::decode_real(bytes)) return *value;
      return {};
    case merge::ValueKind::bytes:
      return to_bytes(bytes);
    case merge::ValueKind::message:
      return message_json(field.target, bytes);
    case merge::ValueKind::reference:
      if (const auto value = log::decode_reference(bytes)) return record_text(*value);
      return {};
    case merge::ValueKind::text:
      if (count_scalars(bytes)) return std::string(bytes);
      return {};
  }
  return {};
}

void append_json(const merge::Field& field, const EnumNames& names, std::string_view bytes, std::string& json) {
  if (field.kind == merge::ValueKind::message) {
    json += message_json(field.target, bytes);
    return;
  }
  const ColumnValue value = column_value(field, names, bytes);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (field.kind == merge::ValueKind::boolean) {
      json += *integer != 0 ? "true" : "false";
    } else {
      json += std::to_string(*integer);
    }
  } else if (const auto* real = std::get_if<double>(&value)) {
    append_number(*real, json);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_json_text(*text, json);
  } else if (const auto* raw = std::get_if<Bytes>(&value)) {
    append_json_text(to_base64url(*raw), json);
  } else {
    json += "null";
  }
}

}  // namespace plenary::store
