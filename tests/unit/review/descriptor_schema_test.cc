// What schema_from() refuses, and how it says so: each test writes a small .proto as an author would.
#include "core/merge/descriptor_schema.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>

#include <sstream>

#include "merge.pb.h"

namespace plenary::merge {
namespace {

namespace pb = google::protobuf;
using testing::HasSubstr;

// The file in which the tests' records stand: its roles, an enumeration and a message.
constexpr const char* kFile = R"pb(
  name: "garden.proto"
  package: "garden"
  syntax: "proto3"
  dependency: "merge.proto"
  options {
    [plenary.merge.schema] {
      name: "garden"
      version: 2
      roles: "garden.Role"
      groups {
        name: "all"
        roles: [ "keeper", "guest" ]
      }
    }
  }
  enum_type {
    name: "Role"
    value { name: "NOBODY" number: 0 }
    value { name: "KEEPER" number: 1 }
    value { name: "GUEST" number: 2 }
  }
  message_type {
    name: "Colour"
    enum_type {
      name: "Value"
      value { name: "UNSPECIFIED" number: 0 }
      value { name: "RED" number: 1 }
      value { name: "BLUE" number: 2 }
    }
  }
  message_type {
    name: "Size"
    field { name: "width" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL }
  }
)pb";

const std::string kRecord = "option (plenary.merge.record) = {number: 7 writers: {roles: [\"@all\"]}};";

// The rule between the braces that follow "= ".
template <class Rule>
void read_rule(const std::string& text, Rule* rule) {
  const auto first = text.find("= {") + 3;
  EXPECT_TRUE(pb::TextFormat::ParseFromString(text.substr(first, text.rfind('}') - first), rule)) << text;
}

// One line of a message as it stands in a .proto: the record's option, or a field with its rule.
void add_line(const std::string& line, pb::DescriptorProto& message) {
  static const std::map<std::string, pb::FieldDescriptorProto::Type> kTypes = {
      {"int64", pb::FieldDescriptorProto::TYPE_INT64},   {"string", pb::FieldDescriptorProto::TYPE_STRING},
      {"bool", pb::FieldDescriptorProto::TYPE_BOOL},     {"bytes", pb::FieldDescriptorProto::TYPE_BYTES},
      {"double", pb::FieldDescriptorProto::TYPE_DOUBLE}, {"float", pb::FieldDescriptorProto::TYPE_FLOAT}};
  std::istringstream words(line);
  std::string type, name, equals;
  words >> type;
  if (type == "option") return read_rule(line, message.mutable_options()->MutableExtension(record));
  auto& added = *message.add_field();
  added.set_label(type == "repeated" ? pb::FieldDescriptorProto::LABEL_REPEATED
                                     : pb::FieldDescriptorProto::LABEL_OPTIONAL);
  if (type == "repeated") words >> type;
  int number = 0;
  words >> name >> equals >> number;
  added.set_name(name);
  added.set_number(number);
  if (kTypes.contains(type)) {
    added.set_type(kTypes.at(type));
  } else {
    added.set_type_name(type);
  }
  if (line.find('[') != std::string::npos) read_rule(line, added.mutable_options()->MutableExtension(field));
}

// The schema of kFile with these messages: "message Name { lines, each ended by a semicolon } message …".
Result<Schema> schema_of(const std::string& messages) {
  pb::FileDescriptorProto proto;
  EXPECT_TRUE(pb::TextFormat::ParseFromString(kFile, &proto));
  for (auto at = messages.find("message "); at != std::string::npos;) {
    const auto next = messages.find("message ", at + 1);
    const std::string text = messages.substr(at, next - at);
    auto& message = *proto.add_message_type();
    message.set_name(text.substr(8, text.find(' ', 8) - 8));
    std::size_t begin = text.find('{') + 1;
    for (auto end = text.find(';'); end != std::string::npos; begin = end + 1, end = text.find(';', begin)) {
      add_line(text.substr(begin, end - begin), message);
    }
    at = next;
  }
  pb::DescriptorPool pool(pb::DescriptorPool::generated_pool());
  const auto* file = pool.BuildFile(proto);
  EXPECT_NE(file, nullptr) << messages;
  return file == nullptr ? fail(ErrorCode::malformed, "no file") : schema_from(*file);
}

// The schema of one record "Bed" with these fields.
Result<Schema> schema_with(const std::string& fields) {
  return schema_of("message Bed { " + kRecord + fields + " }");
}

std::string refusal(const Result<Schema>& schema) {
  return schema ? "accepted" : schema.error().message;
}

TEST(DescriptorSchemaTest, ReadsEveryKindOfField) {
  const auto schema = schema_with(R"(
    int64 rows = 1 [(plenary.merge.field) = {policy: LATEST since: 2 indexed: true}];
    string title = 2 [(plenary.merge.field) = {policy: TEXT searched: true max_bytes: 100}];
    bool wet = 3 [(plenary.merge.field) = {policy: RANKED ranking: {values: ["false", "true"]}}];
    Colour.Value colour = 4 [(plenary.merge.field) = {policy: RANKED ranking: {values: ["red|blue"]}}];
    repeated plenary.merge.Reference beside = 5 [(plenary.merge.field) = {policy: UNION target: "bed"}];
    bytes seal = 6 [(plenary.merge.field) = {policy: ONCE}];
    Size size = 7 [(plenary.merge.field) = {policy: ASK}];
    double depth = 8 [(plenary.merge.field) = {policy: RANKED ranking: {roles: ["guest", "keeper"]}}];
    repeated string diary = 9 [(plenary.merge.field) = {policy: APPEND}];)");

  ASSERT_TRUE(schema) << refusal(schema);
  const auto& bed = schema->types.at(7);
  EXPECT_EQ(bed.name, "bed");
  EXPECT_EQ(bed.writers.at(1), (std::set<Role>{1, 2}));
  EXPECT_EQ(bed.fields.at(1).kind, ValueKind::integer);
  EXPECT_EQ(bed.fields.at(1).since, 2U);
  EXPECT_EQ(bed.fields.at(2).max_bytes, 100U);
  EXPECT_EQ(bed.fields.at(3).value_ranks, (std::map<std::string, int>{{std::string(1, '\0'), 0}, {"\1", 1}}));
  EXPECT_EQ(bed.fields.at(4).value_ranks, (std::map<std::string, int>{{"\1", 0}, {"\2", 0}}));
  EXPECT_EQ(bed.fields.at(5).kind, ValueKind::reference);
  EXPECT_EQ(bed.fields.at(7).target, "garden.Size");
  EXPECT_EQ(bed.fields.at(8).role_ranks, (std::map<Role, int>{{2, 0}, {1, 1}}));
}

TEST(DescriptorSchemaTest, RefusesAFieldWithoutAPolicy) {
  EXPECT_THAT(refusal(schema_with("string name = 1;")), HasSubstr("garden.Bed.name has no policy"));
}

TEST(DescriptorSchemaTest, RefusesANumberUsedByTwoRecords) {
  const std::string field = "string name = 1 [(plenary.merge.field) = {policy: ASK}];";

  const auto schema = schema_of("message Bed {" + kRecord + field + "} message Path {" + kRecord + field + "}");

  EXPECT_THAT(refusal(schema), HasSubstr("garden.Path uses the record number 7 of bed"));
}

TEST(DescriptorSchemaTest, RefusesARecordThatNobodyMayWrite) {
  EXPECT_THAT(refusal(schema_of("message Bed { option (plenary.merge.record) = {number: 7}; }")),
              HasSubstr("does not say who may write it"));
  EXPECT_THAT(refusal(schema_of("message Bed { option (plenary.merge.record) = {number: 7 writers: {since: 1}}; }")),
              HasSubstr("has writers without a role"));
}

TEST(DescriptorSchemaTest, RefusesWritersThatBeginAfterTheRecord) {
  EXPECT_THAT(
      refusal(schema_of(
          "message Bed { option (plenary.merge.record) = {number: 7 writers: {since: 2 roles: [\"guest\"]}}; }")),
      HasSubstr("from its first version on"));
}

TEST(DescriptorSchemaTest, RefusesAnUnknownRoleOrGroup) {
  EXPECT_THAT(
      refusal(schema_of("message Bed { option (plenary.merge.record) = {number: 7 writers: {roles: [\"owner\"]}}; }")),
      HasSubstr("unknown role \"owner\""));
  EXPECT_THAT(
      refusal(schema_of("message Bed { option (plenary.merge.record) = {number: 7 writers: {roles: [\"@few\"]}}; }")),
      HasSubstr("unknown group of roles \"@few\""));
}

TEST(DescriptorSchemaTest, RefusesARankedFieldWithoutARanking) {
  EXPECT_THAT(refusal(schema_with("Colour.Value colour = 1 [(plenary.merge.field) = {policy: RANKED}];")),
              HasSubstr("garden.Bed.colour is ranked and needs a ranking"));
}

TEST(DescriptorSchemaTest, RefusesARankingOnAnyOtherPolicy) {
  EXPECT_THAT(refusal(schema_with(
                  "Colour.Value colour = 1 [(plenary.merge.field) = {policy: ASK ranking: {values: [\"red\"]}}];")),
              HasSubstr("its policy is not RANKED"));
}

TEST(DescriptorSchemaTest, RefusesARankingThatDoesNotCoverTheValues) {
  const std::string field = "Colour.Value colour = 1 [(plenary.merge.field) = {policy: RANKED ranking: {values: ";

  EXPECT_THAT(refusal(schema_with(field + "[\"red\"]}}];")), HasSubstr("gives \"blue\" no rank"));
  EXPECT_THAT(refusal(schema_with(field + "[\"red\", \"green\"]}}];")), HasSubstr("ranks \"green\", which it cannot"));
  EXPECT_THAT(refusal(schema_with(field + "[\"red\", \"red|blue\"]}}];")), HasSubstr("ranks \"red\" twice"));
}

TEST(DescriptorSchemaTest, RefusesRepeatedWhereItDoesNotFitThePolicy) {
  EXPECT_THAT(refusal(schema_with("repeated string names = 1 [(plenary.merge.field) = {policy: LATEST}];")),
              HasSubstr("only union and append fields can be"));
  EXPECT_THAT(refusal(schema_with("string names = 1 [(plenary.merge.field) = {policy: UNION}];")),
              HasSubstr("must be repeated"));
}

TEST(DescriptorSchemaTest, RefusesTypesThatNoValueCanHave) {
  EXPECT_THAT(refusal(schema_with("float depth = 1 [(plenary.merge.field) = {policy: LATEST}];")),
              HasSubstr("is of type float"));
  EXPECT_THAT(refusal(schema_with("Bed inner = 1 [(plenary.merge.field) = {policy: LATEST}];")),
              HasSubstr("holds a record"));
  EXPECT_THAT(refusal(schema_with("int64 rows = 1 [(plenary.merge.field) = {policy: TEXT}];")),
              HasSubstr("must be a string"));
}

TEST(DescriptorSchemaTest, RefusesATargetThatIsNoRecord) {
  EXPECT_THAT(refusal(schema_with(
                  "plenary.merge.Reference near = 1 [(plenary.merge.field) = {policy: LATEST target: \"pond\"}];")),
              HasSubstr("bed.near points to \"pond\""));
}

TEST(DescriptorSchemaTest, RefusesWhatBeginsAfterTheNewestVersion) {
  EXPECT_THAT(refusal(schema_with("string name = 1 [(plenary.merge.field) = {policy: LATEST since: 3}];")),
              HasSubstr("begins with version 3, but the newest is 2"));
}

}  // namespace
}  // namespace plenary::merge
