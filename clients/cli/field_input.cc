#include "clients/cli/field_input.h"

#include "clients/cli/value_text.h"
#include "core/base/words.h"

namespace plenary::cli {
namespace {

std::string did_you_mean(const std::string& typed, const std::vector<std::string>& names) {
  const std::string near = nearest(typed, names);
  return near.empty() ? "" : " Did you mean " + near + "?";
}

}  // namespace

const merge::RecordType& type_named(Session& session, const std::string& typed) {
  if (const auto* type = session.schema().type_named(typed)) return *type;
  std::vector<std::string> names;
  for (const auto& [number, type] : session.schema().types) names.push_back(type.name);
  give_up(ErrorCode::invalid_argument,
          "There is nothing called \"" + typed + "\" to record." + did_you_mean(typed, names) + " See: plenary types");
}

const merge::Field& field_named(const merge::RecordType& type, const std::string& typed) {
  if (const auto* field = type.field_named(typed)) return *field;
  std::vector<std::string> names;
  for (const auto& [number, field] : type.fields) names.push_back(field.name);
  give_up(ErrorCode::invalid_argument, "There is no field \"" + typed + "\" in " + with_article(in_words(type.name)) +
                                           "." + did_you_mean(typed, names) + " See: plenary fields " + type.name);
}

replica::Value value_for(Session& session, const merge::Field& field, const std::string& typed) {
  if (field.kind == merge::ValueKind::reference) return session.reference(typed);
  return need(parse_value(field, typed, session.environment().now_ms()));
}

}  // namespace plenary::cli
