#include "core/review/schema.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "core/merge/descriptor_schema.h"
#include "review.pb.h"

namespace plenary::review {
namespace {

using merge::Field;
using merge::Policy;
using merge::RankBy;
using merge::RecordType;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const RecordType& type(const std::string& name) {
  const auto* found = review_schema().type_named(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

const Field& field(const std::string& record, const std::string& name) {
  const auto* found = type(record).field_named(name);
  EXPECT_NE(found, nullptr) << record << "." << name;
  return *found;
}

TEST(ReviewSchemaTest, EveryFieldOfEveryRecordHasAPolicy) {
  const auto& file = *records::School::descriptor()->file();
  std::size_t fields = 0;

  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto& message = *file.message_type(i);
    if (!message.options().HasExtension(merge::record)) continue;
    for (int j = 0; j < message.field_count(); ++j, ++fields) {
      EXPECT_NE(message.field(j)->options().GetExtension(merge::field).policy(), merge::POLICY_UNSPECIFIED)
          << message.field(j)->full_name();
    }
  }

  EXPECT_GT(fields, 250U);
}

TEST(ReviewSchemaTest, EveryRecordSaysWhoMayWriteItAndWhereItLives) {
  for (const auto& [number, record] : review_schema().types) {
    ASSERT_THAT(record.writers, Not(IsEmpty())) << record.name;
    EXPECT_THAT(record.writers.begin()->second, Not(IsEmpty())) << record.name;
    EXPECT_THAT(spaces_of(record.name), Not(IsEmpty())) << record.name;
  }
}

TEST(ReviewSchemaTest, EveryMessageIsARecordOrTheContentOfOne) {
  const auto& file = *records::School::descriptor()->file();
  std::set<std::string> used;
  for (const auto& [number, record] : review_schema().types) {
    for (const auto& [field_number, field] : record.fields) used.insert(field.target);
  }

  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto& message = *file.message_type(i);
    if (message.options().HasExtension(merge::record)) continue;
    const std::string& name = message.enum_type_count() > 0 ? message.enum_type(0)->full_name() : message.full_name();
    EXPECT_THAT(used, Contains(name)) << "is declared and used by no record";
  }
}

TEST(ReviewSchemaTest, HoldsTheRecordsOfAReviewDay) {
  for (const char* name : {"school", "person", "partnership", "review", "enquiry_question", "team_member", "activity",
                           "evidence", "finding", "host_response", "theme", "day_package", "action", "decision"}) {
    EXPECT_NE(review_schema().type_named(name), nullptr) << name;
  }
}

TEST(ReviewSchemaTest, LetsPeopleDecideOnJudgements) {
  EXPECT_EQ(field("evidence", "stance").policy, Policy::ask);
  EXPECT_EQ(field("finding", "kind").policy, Policy::ask);
  EXPECT_EQ(field("action", "owner").policy, Policy::ask);
  EXPECT_EQ(field("action", "due_on").policy, Policy::ask);
}

TEST(ReviewSchemaTest, LetsTheHostMoveASlotOverTheTeam) {
  const auto& slot = field("activity", "slot");

  ASSERT_EQ(slot.rank_by, RankBy::role);
  EXPECT_GT(slot.role_ranks.at(role_named("host_head")), slot.role_ranks.at(role_named("lead_reviewer")));
  EXPECT_GT(slot.role_ranks.at(role_named("lead_reviewer")), slot.role_ranks.at(role_named("peer_reviewer")));
  EXPECT_EQ(slot.role_ranks.at(role_named("lead_reviewer")), slot.role_ranks.at(role_named("deputy_lead")));
}

TEST(ReviewSchemaTest, RanksDoneAndDroppedAboveTheRestAndBesideEachOther) {
  const auto& ranks = field("activity", "status").value_ranks;  // planned 1, changed 2, done 3, dropped 4

  EXPECT_LT(ranks.at("\1"), ranks.at("\2"));
  EXPECT_LT(ranks.at("\2"), ranks.at("\3"));
  EXPECT_EQ(ranks.at("\3"), ranks.at("\4"));
}

TEST(ReviewSchemaTest, LetsTheMostRestrictiveDeclarationAndAWithdrawalStand) {
  const auto& distance = field("team_member", "distance").value_ranks;  // none 1 … same school 6
  const auto& consent = field("consent", "state").value_ranks;          // granted 1, withdrawn 2

  EXPECT_GT(distance.at("\6"), distance.at("\1"));
  EXPECT_GT(consent.at("\2"), consent.at("\1"));
}

TEST(ReviewSchemaTest, NeverMergesAHostResponseOrADissent) {
  EXPECT_EQ(field("host_response", "view").policy, Policy::once);
  EXPECT_EQ(field("host_response", "note").policy, Policy::once);
  EXPECT_EQ(field("host_response", "comments").policy, Policy::append);
  EXPECT_EQ(field("dissent", "reason").policy, Policy::once);
}

TEST(ReviewSchemaTest, KeepsNotesWithTheTeamAndLetsNobodyElseWriteThem) {
  EXPECT_THAT(spaces_of("evidence"), ElementsAre("review_team"));
  EXPECT_TRUE(type("evidence").writers.at(1).contains(role_named("shadow_reviewer")));
  for (const char* role : {"host_head", "host_partner", "coordinator", "programme_officer", "associate"}) {
    EXPECT_FALSE(type("evidence").writers.at(1).contains(role_named(role))) << role;
  }
}

TEST(ReviewSchemaTest, LetsEverybodyRecordADecision) {
  EXPECT_THAT(type("decision").writers.at(1), SizeIs(review_schema().roles.size()));
  EXPECT_THAT(review_schema().roles, SizeIs(16));
}

TEST(ReviewSchemaTest, HasNoPlaceForATeachersNameAGradeOrAConcern) {
  for (const auto& [number, record] : review_schema().types) {
    for (const auto& [field_number, field] : record.fields) {
      for (const char* word : {"teacher", "grade", "rating", "safeguarding_concern", "rank"}) {
        EXPECT_EQ(field.name.find(word), std::string::npos) << record.name << "." << field.name;
      }
    }
  }
}

TEST(ReviewSchemaTest, NamesValuesAsPeopleSeeThem) {
  EXPECT_THAT(values_of(field("evidence", "stance")), ElementsAre("strength", "question", "development", "context"));
  EXPECT_THAT(values_of(field("evidence", "body")), IsEmpty());
  EXPECT_EQ(role_in_words(role_named("host_head")), "host head");
  EXPECT_EQ(role_named("inspector"), kNoRole);
}

// ---- The golden list: what was ever published stays as it was.

const char* policy_name(Policy policy) {
  static constexpr const char* kNames[] = {"", "latest", "ask", "ranked", "union", "text", "append", "once"};
  return kNames[static_cast<std::size_t>(policy)];
}

const char* kind_name(merge::ValueKind kind) {
  static constexpr const char* kNames[] = {"",          "integer", "text",    "boolean", "enumeration",
                                           "reference", "bytes",   "message", "real"};
  return kNames[static_cast<std::size_t>(kind)];
}

// One line for each record's writers and each field: "number.number" is the key, the rest must never change.
std::map<std::string, std::string> published(const merge::Schema& schema) {
  std::map<std::string, std::string> lines;
  for (const auto& [role, name] : schema.roles) lines["role." + std::to_string(role)] = name;
  for (const auto& [number, record] : schema.types) {
    for (const auto& [since, roles] : record.writers) {
      std::ostringstream line;
      line << record.name << " written by";
      for (const Role role : roles) line << ' ' << role;
      lines[std::to_string(number) + ".writers." + std::to_string(since)] = line.str();
    }
    for (const auto& [field_number, field] : record.fields) {
      std::ostringstream line;
      line << record.name << '.' << field.name << ' ' << policy_name(field.policy) << ' ' << kind_name(field.kind);
      if (!field.target.empty()) line << " of " << field.target;
      line << " since " << field.since;
      for (const auto& [bytes, rank] : field.value_ranks) line << " v" << to_hex(as_bytes(bytes)) << '=' << rank;
      for (const auto& [role, rank] : field.role_ranks) line << " r" << role << '=' << rank;
      lines[std::to_string(number) + "." + std::to_string(field_number)] = line.str();
    }
  }
  for (const auto& [number, record] : schema.types) {
    for (const auto& [field_number, field] : record.fields) {
      if (field.kind != merge::ValueKind::enumeration) continue;
      const auto values = merge::enumeration_values(field.target);
      for (const auto& [value, name] : *values) lines["enum." + field.target + "." + std::to_string(value)] = name;
    }
  }
  return lines;
}

const std::string kGolden = PLENARY_SOURCE_DIR "/tests/golden/schema.txt";

std::map<std::string, std::string> read_golden() {
  std::map<std::string, std::string> lines;
  std::ifstream file(kGolden);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto space = line.find(' ');
    lines[line.substr(0, space)] = line.substr(space + 1);
  }
  return lines;
}

// PLENARY_UPDATE_GOLDEN=1 adds what is new. It never changes or removes what was published.
void add_to_golden(const std::map<std::string, std::string>& lines, std::map<std::string, std::string> golden) {
  golden.insert(lines.begin(), lines.end());
  std::ofstream file(kGolden);
  file << "# Every number, policy, kind, ranking and writer that proto/review.proto ever published. Lines are only\n"
          "# added (PLENARY_UPDATE_GOLDEN=1): a changed or missing line would make old and new tablets differ.\n";
  for (const auto& [key, line] : golden) file << key << ' ' << line << '\n';
}

TEST(ReviewSchemaTest, NeverChangesWhatWasPublished) {
  const auto now = published(review_schema());
  const auto golden = read_golden();
  if (std::getenv("PLENARY_UPDATE_GOLDEN") != nullptr) add_to_golden(now, golden);
  const auto kept = read_golden();

  for (const auto& [key, line] : golden) {
    const auto found = now.find(key);
    ASSERT_NE(found, now.end()) << key << " was published as \"" << line << "\" and is gone; keep it.";
    EXPECT_EQ(found->second, line) << key << ": a published policy never changes; take a new number.";
  }
  for (const auto& [key, line] : now) {
    EXPECT_TRUE(kept.contains(key)) << key << " is new: run with PLENARY_UPDATE_GOLDEN=1 and commit the list.";
  }
}

}  // namespace
}  // namespace plenary::review
