// A space merged step by step: what an arrival changes for what arrived before.
#include <gtest/gtest.h>

#include "tests/contract/device.h"

namespace plenary::contract {
namespace {

using log::OperationKind;
using merge::Life;

class MergedSpaceTest : public testing::Test {
 protected:
  MergedSpaceTest() : ann_(world_, world_.random.id<DeviceKey>(), 2), ben_(world_, world_.random.id<DeviceKey>(), 2) {
    roster::Found found;
    found.keeper.signing = ann_.key;
    found.role = role_named("lead");
    ann_.sign(found);
    ben_.receive({}, ann_.all_records());
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
    ann_.sign(grant);
  }
  const merge::MergedRecord& merged(const Device& device, const log::RecordName& record) {
    return device.space().records().at(record).merged;
  }

  World world_{7};
  Device ann_, ben_;
};

TEST_F(MergedSpaceTest, AGrantGivesEffectToWhatCameBeforeIt) {
  const log::RecordName note = write_note(ben_);
  ann_.receive(ben_.all_changes(), {});
  EXPECT_EQ(merged(ann_, note).life, Life::none);

  grant(ben_.key);

  EXPECT_EQ(merged(ann_, note).life, Life::live);
}

TEST_F(MergedSpaceTest, AStretchCountsAsSoonAsItsLastChangeIsHere) {
  const log::RecordName first = write_note(ben_), second = write_note(ben_);
  grant(ben_.key);
  ann_.sign(roster::Remove{ben_.key, {}, std::nullopt});
  ann_.sign(roster::Readmit{ben_.log, 1, 2, ben_.last.chain, role_named("reviewer")});
  const log::Change &one = ben_.changes.begin()->second, &two = ben_.changes.rbegin()->second;
  ann_.receive({one.number == 1 ? one : two}, {});
  EXPECT_EQ(merged(ann_, first).life, Life::none);

  ann_.receive(ben_.all_changes(), {});

  EXPECT_EQ(merged(ann_, first).life, Life::live);
  EXPECT_EQ(merged(ann_, second).life, Life::live);
}

TEST_F(MergedSpaceTest, AMissingPayloadChangesNoDigest) {
  const log::RecordName note = write_note(ann_);
  log::Change without = ann_.changes.begin()->second;
  for (log::Operation& operation : without.operations) operation.value.reset();
  without.payload_missing = {note};
  ben_.receive({without}, {});

  EXPECT_EQ(ben_.space().digest_bytes(), ann_.space().digest_bytes());
  const auto& entry = ben_.space().records().at(note);
  EXPECT_EQ(entry.merged.payloads[1], merge::Payload::missing);
  EXPECT_EQ(entry.merged.field(field_number(note.type, "body"))->text->placed.shown, "");
}

TEST_F(MergedSpaceTest, WorkOnWhatItsAuthorNeverHeldDoesNotReachIt) {
  grant(ben_.key);
  const log::RecordName note = write_note(ann_);
  ben_.receive({}, ann_.all_records());
  ben_.write(all(on(note, OperationKind::discard)));

  ann_.receive(ben_.all_changes(), {});

  EXPECT_EQ(merged(ann_, note).life, Life::live);
  EXPECT_EQ(ann_.space().records().size(), 2u) << "held under a name of its own";
}

TEST_F(MergedSpaceTest, AnErasureThatCameFirstCounts) {
  grant(ben_.key);
  ben_.receive({}, ann_.all_records());
  const log::RecordName note = write_note(ben_);
  log::RecordName named = note;
  std::get<log::WriteName>(named.origin).change.branch = log::branch_of(ben_.last.chain);
  ann_.sign(roster::Erase{named, {}});

  ann_.receive(ben_.all_changes(), {});

  EXPECT_EQ(merged(ann_, note).life, Life::erased);
}

TEST_F(MergedSpaceTest, AForkTakesBothBranchesOutAndNamesThemApart) {
  grant(ben_.key);
  ben_.receive({}, ann_.all_records());
  write_note(ben_);
  const std::unique_ptr<Device> twin = ben_.clone();
  const log::RecordName note = write_note(ben_), other = write_note(*twin);
  EXPECT_EQ(note, other) << "neither knows of the other";

  ann_.receive(ben_.all_changes(), {});
  EXPECT_EQ(merged(ann_, note).life, Life::live);
  ann_.receive(twin->all_changes(), {});

  EXPECT_FALSE(ann_.space().records().contains(note));
  EXPECT_EQ(ann_.space().records().size(), 3u);
  EXPECT_EQ(ann_.space().quarantine().size(), 2u);
}

TEST_F(MergedSpaceTest, AnOperationOfANewerVersionIsKeptWithoutEffect) {
  const log::RecordName note = write_note(ann_);
  log::Operation future = on(note, static_cast<OperationKind>(99));
  ann_.write(all(future, on(note, OperationKind::set, "year", "4")));

  const auto& entry = ann_.space().records().at(note);
  EXPECT_EQ(entry.merged.effects[3].verdict, merge::Verdict::unknown);
  EXPECT_EQ(entry.writes[entry.merged.field(field_number(note.type, "year"))->shown.front()].operation->value, "4");
}

}  // namespace
}  // namespace plenary::contract
