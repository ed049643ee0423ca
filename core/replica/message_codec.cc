#include "core/replica/message_codec.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "core/store/message_value.h"
#include "core/store/value_text.h"

namespace plenary::replica {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;
using Proto = google::protobuf::Message;

constexpr std::string_view kReference = "plenary.merge.Reference";
constexpr int kDeepest = 16;  // messages within messages

tl::unexpected<Error> wrong(const FieldDescriptor& field, const char* expected) {
  return fail(ErrorCode::invalid_argument, "The part " + field.name() + " takes " + expected + ".");
}

Result<void> fill(Proto& message, const Value& value, const FindRecord& find, int depth);

// A number within the range of the field's type.
template <class Number>
std::optional<Number> number_in(const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value.content);
  if (number == nullptr || !std::in_range<Number>(*number)) return std::nullopt;
  return static_cast<Number>(*number);
}

Result<void> put_scalar(Proto& message, const FieldDescriptor& field, const Value& value) {
  const Reflection& reflection = *message.GetReflection();
  const auto put = [&](auto set, auto add, const auto& content, const char* expected) -> Result<void> {
    if (!content) return wrong(field, expected);
    field.is_repeated() ? (reflection.*add)(&message, &field, *content) : (reflection.*set)(&message, &field, *content);
    return {};
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(&Reflection::SetInt32, &Reflection::AddInt32, number_in<std::int32_t>(value), "a whole number");
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&Reflection::SetInt64, &Reflection::AddInt64, number_in<std::int64_t>(value), "a whole number");
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&Reflection::SetUInt32, &Reflection::AddUInt32, number_in<std::uint32_t>(value), "a whole number");
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&Reflection::SetUInt64, &Reflection::AddUInt64, number_in<std::uint64_t>(value), "a whole number");
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(&Reflection::SetBool, &Reflection::AddBool, std::get_if<bool>(&value.content), "yes or no");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(&Reflection::SetDouble, &Reflection::AddDouble, std::get_if<double>(&value.content), "a number");
    case FieldDescriptor::CPPTYPE_STRING: {
      const auto* text = std::get_if<std::string>(&value.content);
      if (text == nullptr) return wrong(field, "a text");
      field.is_repeated() ? reflection.AddString(&message, &field, *text)
                          : reflection.SetString(&message, &field, *text);
      return {};
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto number = store::EnumNames(field.enum_type()->full_name()).number(value.text());
      std::optional<int> chosen;
      if (number && std::in_range<int>(*number)) chosen = static_cast<int>(*number);
      return put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, chosen, "the name of one of its values");
    }
    default:
      return wrong(field, "a value of a kind that this program does not know");
  }
}

Result<void> put(Proto& message, const FieldDescriptor& field, const Value& value, const FindRecord& find, int depth) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return put_scalar(message, field, value);
  const Reflection& reflection = *message.GetReflection();
  Proto* inner =
      field.is_repeated() ? reflection.AddMessage(&message, &field) : reflection.MutableMessage(&message, &field);
  if (field.message_type()->full_name() == kReference) {
    const auto name = find(value.text());
    if (!name) return tl::make_unexpected(name.error());
    inner->GetReflection()->SetString(inner, inner->GetDescriptor()->FindFieldByName("id"), store::record_text(*name));
    return {};
  }
  return fill(*inner, value, find, depth + 1);
}

Result<void> fill(Proto& message, const Value& value, const FindRecord& find, int depth) {
  const auto* parts = std::get_if<Message>(&value.content);
  if (parts == nullptr || depth > kDeepest) {
    return fail(ErrorCode::invalid_argument, "A " + message.GetDescriptor()->name() + " takes named parts.");
  }
  for (const auto& [name, part] : *parts) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) {
      return fail(ErrorCode::invalid_argument, "A " + message.GetDescriptor()->name() + " has no part " + name + ".");
    }
    if (part.empty()) continue;
    if (!field->is_repeated()) {
      if (auto done = put(message, *field, part, find, depth); !done) return done;
      continue;
    }
    const auto* list = std::get_if<std::vector<Value>>(&part.content);
    if (list == nullptr) return wrong(*field, "a list");
    for (const Value& entry : *list) {
      if (auto done = put(message, *field, entry, find, depth); !done) return done;
    }
  }
  return {};
}

Value read(const Proto& message);

// One value of a field; `index` counts only in repeated ones.
Value read_one(const Proto& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::int64_t{many ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field)};
    case FieldDescriptor::CPPTYPE_INT64:
      return std::int64_t{many ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field)};
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::int64_t{many ? r.GetRepeatedUInt32(message, &field, index) : r.GetUInt32(message, &field)};
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<std::int64_t>(many ? r.GetRepeatedUInt64(message, &field, index)
                                            : r.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? r.GetRepeatedBool(message, &field, index) : r.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return many ? r.GetRepeatedDouble(message, &field, index) : r.GetDouble(message, &field);
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? r.GetRepeatedString(message, &field, index) : r.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = many ? r.GetRepeatedEnumValue(message, &field, index) : r.GetEnumValue(message, &field);
      return store::EnumNames(field.enum_type()->full_name()).name(static_cast<std::uint64_t>(number));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Proto& inner = many ? r.GetRepeatedMessage(message, &field, index) : r.GetMessage(message, &field);
      if (field.message_type()->full_name() != kReference) return read(inner);
      return RecordId{inner.GetReflection()->GetString(inner, inner.GetDescriptor()->FindFieldByName("id"))};
    }
    default:
      return {};
  }
}

Value read(const Proto& message) {
  Message parts;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      parts.emplace(field->name(), read_one(message, *field, 0));
      continue;
    }
    std::vector<Value> list;
    const int size = message.GetReflection()->FieldSize(message, field);
    list.reserve(static_cast<std::size_t>(size));
    for (int index = 0; index < size; ++index) list.push_back(read_one(message, *field, index));
    parts.emplace(field->name(), std::move(list));
  }
  return parts;
}

}  // namespace

Result<std::string> encode_message(const merge::Field& field, const Value& value, const FindRecord& find) {
  const auto message = store::make_message(field.target);
  if (!message) return fail(ErrorCode::unsupported, "The field " + field.name + " is of a newer version.");
  if (auto done = fill(*message, value, find, 0); !done) return tl::make_unexpected(done.error());
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message->SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

Value decode_message(const merge::Field& field, std::string_view bytes) {
  const auto message = store::read_message(field.target, bytes);
  return message ? read(*message) : Value();
}

}  // namespace plenary::replica
