// A space merged step by step: what an arrival changes for what arrived before.
#include <gtest/gtest.h>

#include "tests/contract/device.h"

namespace plenary::contract {
namespace {

using log::OperationKind;
using merge::Life;

class MergedSpaceTest : public testing::Test {
 protected:
  MergedSpaceTest()
      : lead_(world_, world_.random.id<DeviceKey>(), 2), reviewer_(world_, world_.random.id<DeviceKey>(), 2) {
    roster::Found found;
    found.keeper.signing = lead_.key;
    found.role = role_named("lead");
    lead_.sign(found);
    reviewer_.receive({}, lead_.all_records());
  }

  log::Operation on(const log::RecordName& record, OperationKind kind, std::string_view field = "",
                    std::optional<std::string> value = std::nullopt) {
    log::Operation operation;
    operation.kind = kind;
    operation.record = record;
    operation.field = field.empty() ? 0 : field_number(record.type, field);
    operation.value = std::move(value);
    if (kind == OperationKind::insert) operation.length = static_cast<std::uint32_t>(operation.value->size());
    return operation;
  }
  template <class... Operations>
  static std::vector<log::Operation> all(Operations... operations) {
    std::vector<log::Operation> list;
    (list.push_back(std::move(operations)), ...);
    return list;
  }
  log::RecordName new_note(const Device& author) { return {type_number("note"), author.own_write(0)}; }
  log::RecordName write_note(Device& author, const std::string& year = "3") {
    const log::RecordName note = new_note(author);
    author.write(all(on(note, OperationKind::create), on(note, OperationKind::set, "year", year),
                     on(note, OperationKind::insert, "body", "words")));
    return note;
  }
  void grant(const DeviceKey& key) {
    roster::Grant grant;
    grant.device.signing = key;
    grant.role = role_named("reviewer");
    lead_.sign(grant);
  }
  const merge::MergedRecord& merged(const Device& device, const log::RecordName& record) {
    return device.space().records().at(record).merged;
  }

  World world_{7};
  Device lead_, reviewer_;
};

TEST_F(MergedSpaceTest, AGrantGivesEffectToWhatCameBeforeIt) {
  const log::RecordName note = write_note(reviewer_);
  lead_.receive(reviewer_.all_changes(), {});
  EXPECT_EQ(merged(lead_, note).life, Life::none);

  grant(reviewer_.key);

  EXPECT_EQ(merged(lead_, note).life, Life::live);
}

TEST_F(MergedSpaceTest, AStretchCountsAsSoonAsItsLastChangeIsHere) {
  const log::RecordName first = write_note(reviewer_), second = write_note(reviewer_);
  grant(reviewer_.key);
  lead_.sign(roster::Remove{reviewer_.key, {}, std::nullopt});
  lead_.sign(roster::Readmit{reviewer_.log, 1, 2, reviewer_.last.chain, role_named("reviewer")});
  const log::Change &one = reviewer_.changes.begin()->second, &two = reviewer_.changes.rbegin()->second;
  lead_.receive({one.number == 1 ? one : two}, {});
  EXPECT_EQ(merged(lead_, first).life, Life::none);

  lead_.receive(reviewer_.all_changes(), {});

  EXPECT_EQ(merged(lead_, first).life, Life::live);
  EXPECT_EQ(merged(lead_, second).life, Life::live);
}

TEST_F(MergedSpaceTest, AMissingPayloadChangesNoDigest) {
  const log::RecordName note = write_note(lead_);
  log::Change without = lead_.changes.begin()->second;
  for (log::Operation& operation : without.operations) operation.value.reset();
  without.payload_missing = {note};
  reviewer_.receive({without}, {});

  EXPECT_EQ(reviewer_.space().digest_bytes(), lead_.space().digest_bytes());
  const auto& entry = reviewer_.space().records().at(note);
  EXPECT_EQ(entry.merged.payloads[1], merge::Payload::missing);
  EXPECT_EQ(entry.merged.field(field_number(note.type, "body"))->text->placed.shown, "");
}

TEST_F(MergedSpaceTest, WorkOnWhatItsAuthorNeverHeldDoesNotReachIt) {
  grant(reviewer_.key);
  const log::RecordName note = write_note(lead_);
  reviewer_.receive({}, lead_.all_records());
  reviewer_.write(all(on(note, OperationKind::discard)));

  lead_.receive(reviewer_.all_changes(), {});

  EXPECT_EQ(merged(lead_, note).life, Life::live);
  EXPECT_EQ(lead_.space().records().size(), 2u) << "held under a name of its own";
}

TEST_F(MergedSpaceTest, AnErasureThatCameFirstCounts) {
  grant(reviewer_.key);
  reviewer_.receive({}, lead_.all_records());
  const log::RecordName note = write_note(reviewer_);
  log::RecordName named = note;
  std::get<log::WriteName>(named.origin).change.branch = log::branch_of(reviewer_.last.chain);
  lead_.sign(roster::Erase{named, {}});

  lead_.receive(reviewer_.all_changes(), {});

  EXPECT_EQ(merged(lead_, note).life, Life::erased);
}

TEST_F(MergedSpaceTest, AForkTakesBothBranchesOutAndNamesThemApart) {
  grant(reviewer_.key);
  reviewer_.receive({}, lead_.all_records());
  write_note(reviewer_);
  const std::unique_ptr<Device> twin = reviewer_.clone();
  const log::RecordName note = write_note(reviewer_), other = write_note(*twin);
  EXPECT_EQ(note, other) << "neither knows of the other";

  lead_.receive(reviewer_.all_changes(), {});
  EXPECT_EQ(merged(lead_, note).life, Life::live);
  lead_.receive(twin->all_changes(), {});

  EXPECT_FALSE(lead_.space().records().contains(note));
  EXPECT_EQ(lead_.space().records().size(), 3u);
  EXPECT_EQ(lead_.space().quarantine().size(), 2u);
}

TEST_F(MergedSpaceTest, AnOperationOfANewerVersionIsKeptWithoutEffect) {
  const log::RecordName note = write_note(lead_);
  log::Operation future = on(note, static_cast<OperationKind>(99));
  lead_.write(all(future, on(note, OperationKind::set, "year", "4")));

  const auto& entry = lead_.space().records().at(note);
  EXPECT_EQ(entry.merged.effects[3].verdict, merge::Verdict::unknown);
  EXPECT_EQ(entry.writes[entry.merged.field(field_number(note.type, "year"))->shown.front()].operation->value, "4");
}

}  // namespace
}  // namespace plenary::contract
