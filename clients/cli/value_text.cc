#include "clients/cli/value_text.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "core/base/words.h"

namespace plenary::cli {
namespace {

std::string lower_words(std::string text) {
  for (char& c : text) c = c == ' ' || c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// "SourceKind" -> "SOURCE_KIND_": the prefix that proto3 style gives an enumeration's values.
std::string prefix_of(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (char c : type.name()) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !prefix.empty()) prefix += '_';
    prefix += c;
  }
  return upper(prefix) + "_";
}

Error unfit(const merge::Field& field, const std::string& typed, const std::string& takes) {
  return {ErrorCode::invalid_argument, "\"" + typed + "\" does not fit " + field.name + ": it takes " + takes};
}

std::optional<std::int64_t> parse_time(const std::string& typed, std::int64_t now_ms) {
  auto now = static_cast<std::time_t>(now_ms / 1000);
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M"}) {
    std::tm time{};
    if (std::string_view(format) == "%H:%M") {
      localtime_r(&now, &time);
      time.tm_sec = 0;
    }
    const char* end = strptime(typed.c_str(), format, &time);
    if (end == nullptr || *end != '\0') continue;
    time.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&time)) * 1000;
  }
  return std::nullopt;
}

Result<replica::Value> parse_integer(const merge::Field& field, const std::string& typed, std::int64_t now_ms) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  if (wrong == std::errc{} && end == typed.data() + typed.size()) return replica::Value(number);
  if (!is_time(field.name)) return tl::make_unexpected(unfit(field, typed, "a whole number"));
  if (const auto time = parse_time(typed, now_ms)) return replica::Value(*time);
  return tl::make_unexpected(unfit(field, typed, "a time, like \"2026-10-06 10:04\" or \"10:04\" for today"));
}

Result<replica::Value> parse_enumeration(const merge::Field& field, const std::string& typed) {
  const auto choices = choices_of(field);
  const std::string wanted = lower_words(typed);
  if (std::find(choices.begin(), choices.end(), wanted) != choices.end()) return replica::Value(wanted);
  const std::string near = nearest(wanted, choices);
  const std::string hint = near.empty() ? "" : ". Did you mean " + near + "?";
  return tl::make_unexpected(unfit(field, typed, "one of " + joined(choices, ", ") + hint));
}

replica::Value value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    std::vector<replica::Value> list;
    for (const auto& entry : json) list.push_back(value_of(entry));
    return list;
  }
  replica::Message message;
  if (json.is_object())
    for (const auto& [name, entry] : json.items()) message[name] = value_of(entry);
  return message;
}

Result<replica::Value> parse_message(const merge::Field& field, const std::string& typed) {
  const Json json = Json::parse(typed, nullptr, false);
  if (json.is_object()) return value_of(json);
  return tl::make_unexpected(unfit(field, typed, "a JSON object, like {\"count\": 6, \"of\": 8}"));
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

bool is_time(const std::string& field_name) {
  return field_name.ends_with("_at");
}

std::vector<std::string> choices_of(const merge::Field& field) {
  std::vector<std::string> choices;
  if (field.kind != merge::ValueKind::enumeration) return choices;
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName(field.target);
  if (type == nullptr) return choices;
  const std::string prefix = prefix_of(*type);
  for (int i = 0; i < type->value_count(); ++i) {
    std::string name = type->value(i)->name();
    if (type->value(i)->number() == 0 && name.ends_with("UNSPECIFIED")) continue;
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    choices.push_back(lower_words(name));
  }
  return choices;
}

Result<replica::Value> parse_value(const merge::Field& field, const std::string& typed, std::int64_t now_ms) {
  switch (field.kind) {
    case merge::ValueKind::integer:
      return parse_integer(field, typed, now_ms);
    case merge::ValueKind::enumeration:
      return parse_enumeration(field, typed);
    case merge::ValueKind::message:
      return parse_message(field, typed);
    case merge::ValueKind::reference:
      return replica::Value(replica::RecordId{typed});
    case merge::ValueKind::boolean:
      if (typed == "yes" || typed == "true") return replica::Value(true);
      if (typed == "no" || typed == "false") return replica::Value(false);
      return tl::make_unexpected(unfit(field, typed, "yes or no"));
    case merge::ValueKind::real: {
      char* end = nullptr;
      const double number = std::strtod(typed.c_str(), &end);
      if (!typed.empty() && *end == '\0') return replica::Value(number);
      return tl::make_unexpected(unfit(field, typed, "a number"));
    }
    case merge::ValueKind::text:
    case merge::ValueKind::bytes:
      return replica::Value(typed);
  }
  return replica::Value(typed);
}

std::string text_of(const replica::Value& value) {
  return std::visit(
      [](const auto& content) -> std::string {
        using Type = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Type, std::monostate>) return "";
        if constexpr (std::is_same_v<Type, bool>) return content ? "yes" : "no";
        if constexpr (std::is_same_v<Type, std::int64_t>) return std::to_string(content);
        if constexpr (std::is_same_v<Type, double>) return Json(content).dump();
        if constexpr (std::is_same_v<Type, std::string>) return content;
        if constexpr (std::is_same_v<Type, replica::RecordId>) return content.text;
        if constexpr (std::is_same_v<Type, std::vector<replica::Value>>) {
          std::string text;
          for (const auto& entry : content) text += (text.empty() ? "" : ", ") + text_of(entry);
          return text;
        }
        if constexpr (std::is_same_v<Type, replica::Message>) {
          std::string text;
          for (const auto& [name, entry] : content) text += (text.empty() ? "" : ", ") + name + " " + text_of(entry);
          return text;
        }
      },
      value.content);
}

Json json_of(const replica::Value& value) {
  return std::visit(
      [](const auto& content) -> Json {
        using Type = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Type, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<Type, replica::RecordId>) {
          return content.text;
        } else if constexpr (std::is_same_v<Type, std::vector<replica::Value>>) {
          Json list = Json::array();
          for (const auto& entry : content) list.push_back(json_of(entry));
          return list;
        } else if constexpr (std::is_same_v<Type, replica::Message>) {
          Json object = Json::object();
          for (const auto& [name, entry] : content) object[name] = json_of(entry);
          return object;
        } else {
          return content;
        }
      },
      value.content);
}

Json json_of(const replica::Authorship& by) {
  return {{"person", by.person}, {"time_ms", by.time_ms}, {"change", by.change}};
}

Json json_of(const replica::RecordView& record) {
  constexpr const char* lives[] = {"live", "contested", "deleted", "erased"};
  Json fields = Json::object();
  for (const auto& [name, field] : record.fields) {
    fields[name] = json_of(field.value);
    if (!field.asks) continue;
    Json candidates = Json::array();
    for (const auto& candidate : field.candidates)
      candidates.push_back({{"value", json_of(candidate.value)}, {"by", json_of(candidate.by)}});
    fields[name] = {{"asks", true}, {"candidates", candidates}};
  }
  return {{"id", record.id.text},
          {"type", record.type},
          {"life", lives[static_cast<int>(record.life)]},
          {"created", json_of(record.created)},
          {"fields", fields}};
}

std::string name_of(const merge::Schema& schema, Role role) {
  const auto found = schema.roles.find(role);
  if (found == schema.roles.end()) return role == kNoRole ? "not yet admitted" : "role " + std::to_string(role);
  return in_words(found->second);
}

std::string name_of(replica::PayloadState state) {
  constexpr const char* kNames[] = {"here", "erased", "hidden", "missing"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string words_of(const merge::Field& field, const replica::Value& value) {
  if (field.kind == merge::ValueKind::enumeration) return in_words(text_of(value));
  if (is_time(field.name) && value.integer() != 0) return human_time(value.integer());
  return text_of(value);
}

std::string shown(const merge::Field& field, const replica::FieldView& view) {
  if (view.payload != replica::PayloadState::here) return "(" + name_of(view.payload) + ")";
  if (view.asks && field.policy == merge::Policy::text)
    return text_of(view.value) + "\n(to be decided: written on two devices of one person)";
  if (view.asks) return "to be decided: " + counted(view.candidates.size(), "version", "versions");
  return words_of(field, view.value);
}

std::string nearest(const std::string& typed, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance =
        candidate.find(typed) != std::string::npos && typed.size() >= 3 ? 1 : edit_distance(typed, candidate);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

}  // namespace plenary::cli
