#include "core/merge/descriptor_schema.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>

#include "core/base/byte_codec.h"
#include "merge.pb.h"

namespace plenary::merge {
namespace {

namespace pb = google::protobuf;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "ReviewCard" -> "review_card".
std::string snake_case(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

std::vector<std::string> split_equals(std::string_view entry) {
  std::vector<std::string> out(1);
  for (const char c : entry) {
    if (c == '|') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

tl::unexpected<Error> refuse(const std::string& where, const std::string& what) {
  return fail(ErrorCode::invalid_argument, "The schema cannot be used: " + where + " " + what);
}

std::string varint_bytes(std::uint64_t value) {
  ByteWriter writer;
  writer.varint(value);
  return std::string(as_text(writer.bytes()));
}

bool is_record(const pb::Descriptor& message) {
  return message.options().HasExtension(record);
}

Result<ValueKind> kind_of(const pb::FieldDescriptor& proto) {
  switch (proto.type()) {
    case pb::FieldDescriptor::TYPE_INT32:
    case pb::FieldDescriptor::TYPE_INT64:
    case pb::FieldDescriptor::TYPE_UINT32:
      return ValueKind::integer;
    case pb::FieldDescriptor::TYPE_STRING:
      return ValueKind::text;
    case pb::FieldDescriptor::TYPE_BOOL:
      return ValueKind::boolean;
    case pb::FieldDescriptor::TYPE_ENUM:
      return ValueKind::enumeration;
    case pb::FieldDescriptor::TYPE_BYTES:
      return ValueKind::bytes;
    case pb::FieldDescriptor::TYPE_DOUBLE:
      return ValueKind::real;
    case pb::FieldDescriptor::TYPE_MESSAGE:
      if (proto.message_type()->full_name() == "plenary.merge.Reference") return ValueKind::reference;
      if (is_record(*proto.message_type())) {
        return refuse(proto.full_name(), "holds a record; use plenary.merge.Reference to point to it.");
      }
      return ValueKind::message;
    default:
      return refuse(proto.full_name(), std::string("is of type ") + proto.type_name() +
                                           ", which no value can have; use int64, uint32 or double for numbers.");
  }
}

// Collects a schema from one file; the first thing that does not fit ends it.
class SchemaBuilder {
 public:
  explicit SchemaBuilder(const pb::FileDescriptor& file) : file_(file), rule_(file.options().GetExtension(schema)) {}

  Result<Schema> build();

 private:
  Result<void> read_roles();
  Result<void> add_record(const pb::Descriptor& message);
  Result<void> add_writers(const pb::Descriptor& message, RecordType& type) const;
  Result<Field> read_field(const pb::FieldDescriptor& proto) const;
  Result<void> check_shape(const pb::FieldDescriptor& proto, const Field& field) const;
  Result<void> read_ranking(const pb::FieldDescriptor& proto, const Ranking& ranking, Field& field) const;
  Result<void> rank_values(const pb::FieldDescriptor& proto, const Ranking& ranking, Field& field) const;
  Result<void> check_targets() const;
  // A role or "@group" as roles.
  Result<std::set<Role>> roles_of(const std::string& where, const std::string& name) const;
  Result<std::uint32_t> version_of(const std::string& where, std::uint32_t since) const;

  const pb::FileDescriptor& file_;
  const SchemaRule& rule_;
  Schema schema_;
  std::map<std::string, Role> role_by_name_;
};

Result<Schema> SchemaBuilder::build() {
  if (rule_.name().empty() || rule_.version() == 0) {
    return refuse(file_.name(), "has no option (plenary.merge.schema) with a name and a version.");
  }
  schema_.name = rule_.name();
  schema_.newest = rule_.version();
  if (auto read = read_roles(); !read) return tl::make_unexpected(read.error());
  for (int i = 0; i < file_.message_type_count(); ++i) {
    if (!is_record(*file_.message_type(i))) continue;
    if (auto added = add_record(*file_.message_type(i)); !added) return tl::make_unexpected(added.error());
  }
  if (schema_.types.empty()) return refuse(file_.name(), "has no message with the option (plenary.merge.record).");
  if (auto checked = check_targets(); !checked) return tl::make_unexpected(checked.error());
  return std::move(schema_);
}

Result<void> SchemaBuilder::read_roles() {
  const auto* roles = file_.pool()->FindEnumTypeByName(rule_.roles());
  if (roles == nullptr) return refuse(file_.name(), "names no enumeration of roles: \"" + rule_.roles() + "\".");
  for (int i = 0; i < roles->value_count(); ++i) {
    const auto& value = *roles->value(i);
    if (value.number() == static_cast<int>(kNoRole)) continue;
    if (value.number() < 0) return refuse(value.full_name(), "has a negative number; roles count from 1.");
    const auto number = static_cast<Role>(value.number());
    if (!schema_.roles.emplace(number, enumeration_name(value)).second) {
      return refuse(value.full_name(), "uses the number of another role.");
    }
    role_by_name_.emplace(enumeration_name(value), number);
  }
  return {};
}

Result<void> SchemaBuilder::add_record(const pb::Descriptor& message) {
  const RecordRule& rule = message.options().GetExtension(record);
  RecordType type;
  type.number = rule.number();
  type.name = snake_case(message.name());
  if (type.number == 0) return refuse(message.full_name(), "has no record number.");
  const auto since = version_of(message.full_name(), rule.since());
  if (!since) return tl::make_unexpected(since.error());
  type.since = *since;
  if (auto added = add_writers(message, type); !added) return added;
  for (int i = 0; i < message.field_count(); ++i) {
    auto field = read_field(*message.field(i));
    if (!field) return tl::make_unexpected(field.error());
    field->since = std::max(field->since, type.since);
    type.fields.emplace(field->number, std::move(*field));
  }
  const auto number = type.number;
  const auto [place, added] = schema_.types.emplace(number, std::move(type));
  if (!added) {
    return refuse(message.full_name(), "uses the record number " + std::to_string(number) + " of " +
                                           place->second.name + "; numbers are never reused, take a new one.");
  }
  return {};
}

Result<void> SchemaBuilder::add_writers(const pb::Descriptor& message, RecordType& type) const {
  for (const Writers& writers : message.options().GetExtension(record).writers()) {
    const auto since = version_of(message.full_name(), writers.since());
    if (!since) return tl::make_unexpected(since.error());
    std::set<Role> roles;
    for (const std::string& name : writers.roles()) {
      const auto named = roles_of(message.full_name(), name);
      if (!named) return tl::make_unexpected(named.error());
      roles.insert(named->begin(), named->end());
    }
    if (roles.empty()) return refuse(message.full_name(), "has writers without a role.");
    if (!type.writers.emplace(*since, std::move(roles)).second) {
      return refuse(message.full_name(), "says twice who may write it from one version on.");
    }
  }
  if (!type.writers.contains(type.since)) {
    return refuse(message.full_name(), "does not say who may write it from its first version on.");
  }
  return {};
}

Result<Field> SchemaBuilder::read_field(const pb::FieldDescriptor& proto) const {
  const FieldRule& rule = proto.options().GetExtension(field);
  const std::string& where = proto.full_name();
  if (rule.policy() == POLICY_UNSPECIFIED) {
    return refuse(where, "has no policy; say how it merges with (plenary.merge.field).");
  }
  const auto kind = kind_of(proto);
  if (!kind) return tl::make_unexpected(kind.error());
  const auto since = version_of(where, rule.since());
  if (!since) return tl::make_unexpected(since.error());

  Field out;
  out.number = static_cast<std::uint32_t>(proto.number());
  out.name = proto.name();
  out.policy = static_cast<Policy>(rule.policy());
  out.kind = *kind;
  out.since = *since;
  out.max_bytes = rule.max_bytes();
  out.indexed = rule.indexed();
  out.searched = rule.searched();
  if (*kind == ValueKind::reference) out.target = rule.target();
  if (*kind == ValueKind::message) out.target = proto.message_type()->full_name();
  if (*kind == ValueKind::enumeration) out.target = proto.enum_type()->full_name();
  if (auto fits = check_shape(proto, out); !fits) return tl::make_unexpected(fits.error());
  if (auto ranked = read_ranking(proto, rule.ranking(), out); !ranked) return tl::make_unexpected(ranked.error());
  return out;
}

Result<void> SchemaBuilder::check_shape(const pb::FieldDescriptor& proto, const Field& field) const {
  const bool many = field.policy == Policy::set_union || field.policy == Policy::append;
  if (proto.is_repeated() != many) {
    return refuse(proto.full_name(), many ? "is a union or append field and must be repeated."
                                          : "is repeated; only union and append fields can be.");
  }
  if (proto.containing_oneof() != nullptr) return refuse(proto.full_name(), "is in a oneof; fields merge one by one.");
  if (field.policy == Policy::text && field.kind != ValueKind::text) {
    return refuse(proto.full_name(), "has the policy TEXT and must be a string.");
  }
  if (field.searched && field.kind != ValueKind::text) {
    return refuse(proto.full_name(), "is searched and must be a string.");
  }
  if (field.indexed && (many || field.policy == Policy::text)) {
    return refuse(proto.full_name(), "is indexed; only a field with one short value can be.");
  }
  return {};
}

Result<void> SchemaBuilder::read_ranking(const pb::FieldDescriptor& proto, const Ranking& ranking, Field& field) const {
  const bool by_value = ranking.values_size() > 0;
  const bool by_role = ranking.roles_size() > 0;
  if (field.policy != Policy::ranked) {
    if (by_value || by_role) return refuse(proto.full_name(), "has a ranking, but its policy is not RANKED.");
    return {};
  }
  if (by_value == by_role) {
    return refuse(proto.full_name(), "is ranked and needs a ranking either of values or of roles.");
  }
  if (by_value) return rank_values(proto, ranking, field);
  field.rank_by = RankBy::role;
  for (int rank = 0; rank < ranking.roles_size(); ++rank) {
    for (const std::string& name : split_equals(ranking.roles(rank))) {
      const auto roles = roles_of(proto.full_name(), name);
      if (!roles) return tl::make_unexpected(roles.error());
      for (const Role role : *roles) {
        if (!field.role_ranks.emplace(role, rank).second) {
          return refuse(proto.full_name(), "ranks the role \"" + schema_.roles.at(role) + "\" twice.");
        }
      }
    }
  }
  return {};
}

// What a ranking of values may name, with the bytes of each.
std::map<std::string, std::string> rankable_values(const pb::FieldDescriptor& proto) {
  std::map<std::string, std::string> out;
  if (proto.type() == pb::FieldDescriptor::TYPE_BOOL) {
    out = {{"false", std::string(1, '\0')}, {"true", std::string(1, '\1')}};
  } else if (proto.type() == pb::FieldDescriptor::TYPE_ENUM) {
    for (int i = 0; i < proto.enum_type()->value_count(); ++i) {
      const auto& value = *proto.enum_type()->value(i);
      if (value.number() > 0) {
        out.emplace(enumeration_name(value), varint_bytes(static_cast<std::uint64_t>(value.number())));
      }
    }
  }
  return out;
}

Result<void> SchemaBuilder::rank_values(const pb::FieldDescriptor& proto, const Ranking& ranking, Field& field) const {
  const auto values = rankable_values(proto);
  if (values.empty()) return refuse(proto.full_name(), "is ranked by value and must be an enumeration or a bool.");
  field.rank_by = RankBy::value;
  for (int rank = 0; rank < ranking.values_size(); ++rank) {
    for (const std::string& name : split_equals(ranking.values(rank))) {
      const auto value = values.find(name);
      if (value == values.end()) return refuse(proto.full_name(), "ranks \"" + name + "\", which it cannot hold.");
      if (!field.value_ranks.emplace(value->second, rank).second) {
        return refuse(proto.full_name(), "ranks \"" + name + "\" twice.");
      }
    }
  }
  for (const auto& [name, bytes] : values) {
    if (!field.value_ranks.contains(bytes)) return refuse(proto.full_name(), "gives \"" + name + "\" no rank.");
  }
  return {};
}

Result<void> SchemaBuilder::check_targets() const {
  for (const auto& [number, type] : schema_.types) {
    for (const auto& [field_number, field] : type.fields) {
      if (field.kind != ValueKind::reference || field.target.empty()) continue;
      const bool known = std::ranges::any_of(
          schema_.types, [&target = field.target](const auto& t) { return t.second.name == target; });
      if (!known) {
        return refuse(type.name + "." + field.name, "points to \"" + field.target + "\", which is no record.");
      }
    }
  }
  return {};
}

Result<std::set<Role>> SchemaBuilder::roles_of(const std::string& where, const std::string& name) const {
  std::vector<std::string> names{name};
  if (name.starts_with('@')) {
    const auto group = std::ranges::find(rule_.groups(), name.substr(1), &RoleGroup::name);
    if (group == rule_.groups().end()) return refuse(where, "names the unknown group of roles \"" + name + "\".");
    names.assign(group->roles().begin(), group->roles().end());
  }
  std::set<Role> roles;
  for (const std::string& role : names) {
    const auto known = role_by_name_.find(role);
    if (known == role_by_name_.end()) return refuse(where, "names the unknown role \"" + role + "\".");
    roles.insert(known->second);
  }
  return roles;
}

Result<std::uint32_t> SchemaBuilder::version_of(const std::string& where, std::uint32_t since) const {
  if (since > schema_.newest) {
    return refuse(where, "begins with version " + std::to_string(since) + ", but the newest is " +
                             std::to_string(schema_.newest) + ".");
  }
  return std::max(since, 1U);
}

}  // namespace

Result<Schema> schema_from(const pb::FileDescriptor& file) {
  return SchemaBuilder(file).build();
}

std::string enumeration_name(const pb::EnumValueDescriptor& value) {
  return lower(value.name());
}

Result<std::vector<std::pair<std::int32_t, std::string>>> enumeration_values(std::string_view full_name) {
  const auto* type = pb::DescriptorPool::generated_pool()->FindEnumTypeByName(std::string(full_name));
  if (type == nullptr) {
    return fail(ErrorCode::not_found, "There is no enumeration \"" + std::string(full_name) + "\" in this program.");
  }
  std::vector<std::pair<std::int32_t, std::string>> out;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) out.emplace_back(type->value(i)->number(), enumeration_name(*type->value(i)));
  }
  return out;
}

}  // namespace plenary::merge
