// T5: what a hub sees of a day is what architecture.md D4 lists, and nothing that people typed, nobody's name and no
// time. Two days that differ in all of these, and in nothing else, look the same to the hub.
#include <gmock/gmock.h>

#include "core/roster/codec.h"
#include "tests/unit/meeting/hub_on_disk.h"

namespace plenary::replica {
namespace {

struct Words {
  std::string space, reviewer, purpose, note, later, tag;
  std::int64_t begin_ms;
};

// Names instead of pseudonyms and keys, which are other ones each day: the first that was seen is 1.
class Aliases {
 public:
  template <class Id>
  std::string of(const Id& id) {
    return std::to_string(seen_.try_emplace(id.hex(), seen_.size() + 1).first->second);
  }

 private:
  std::map<std::string, std::size_t> seen_;
};

std::string sizes_of(const std::vector<roster::KeyBox>& boxes) {
  std::string text;
  for (const roster::KeyBox& box : boxes) text += " box of " + std::to_string(box.box.size());
  return text;
}

// Everything in a roster record that is not a hash, a signature or sealed.
class Described {
 public:
  explicit Described(Aliases& aliases) : aliases_(aliases) {}

  std::string operator()(const roster::Found& found) {
    return "founded: kind " + std::to_string(found.kind) + ", keeper " + aliases_.of(found.keeper.signing) + ", role " +
           std::to_string(found.role) + ", schema " + found.schema + ", label of " +
           std::to_string(found.label.size()) + ", name of " + std::to_string(found.name.size()) +
           sizes_of(found.key.boxes);
  }
  std::string operator()(const roster::Grant& grant) {
    return "granted: device " + aliases_.of(grant.device.signing) + ", person " + aliases_.of(grant.person) +
           ", role " + std::to_string(grant.role) + ", label of " + std::to_string(grant.label.size()) +
           sizes_of(grant.boxes);
  }
  std::string operator()(const roster::Invite& invite) {
    return "invited: role " + std::to_string(invite.role) + ", box of " + std::to_string(invite.box.size()) +
           ", label of " + std::to_string(invite.label.size());
  }
  std::string operator()(const roster::Remove& removal) {
    std::string text =
        "removed: device " + aliases_.of(removal.key) + ", label of " + std::to_string(removal.label.size());
    for (const auto& [log, cut] : removal.cuts) {
      text += ", log " + aliases_.of(log) + " up to " + std::to_string(cut.number);
    }
    return text + (removal.rotation ? sizes_of(removal.rotation->boxes) : "");
  }
  template <class Other>
  std::string operator()(const Other&) {
    return "another record";
  }

 private:
  Aliases& aliases_;
};

class WhatAHubSeesTest : public StoryTest {
 protected:
  // A day with these words, as the hub has it in the end: a line for each item.
  std::vector<std::string> day(const std::string& name, const Words& words) {
    HubOnDisk hub(folder_.path() / (name + "-hub"));
    Tablet lead(folder_.path() / (name + "-lead"), "Lead", 1);
    Tablet reviewer(folder_.path() / (name + "-reviewer"), words.reviewer, 2);
    lead.environment.set_now(words.begin_ms);
    reviewer.environment.set_now(words.begin_ms);
    const SpaceId space = must(lead.replica->found_space("review_team", words.space, kLead)).space;
    must(reviewer.replica->join(must(lead.replica->invite(space, kReviewer, words.purpose))));
    for (Tablet* tablet : {&lead, &reviewer, &lead, &reviewer}) hub.meet(*tablet, space);
    const RecordId id = reviewer.note(space, words.note);
    const auto edit = reviewer.replica->edit(space);
    must(edit->add(id, "tags", words.tag));
    must(edit->commit());
    lead.write(space, lead.note(space, words.note), "body", words.later);
    for (Tablet* tablet : {&reviewer, &lead, &reviewer}) hub.meet(*tablet, space);
    must(lead.replica->remove(space, reviewer.replica->device(), words.purpose));
    hub.meet(lead, space);
    return lines_of(hub, space);
  }

  static std::vector<std::string> lines_of(HubOnDisk& hub, const SpaceId& space) {
    Aliases aliases;
    std::vector<std::string> lines;
    for (const auto& stored : hub.reader().items_after(space, 0, SIZE_MAX)) {
      lines.push_back(line_of(aliases, space, stored.item) + "; " + std::to_string(stored.item.bytes.size()) +
                      " bytes");
    }
    return lines;
  }

  static std::string line_of(Aliases& aliases, const SpaceId& space, const sync::Item& item) {
    if (item.kind == sync::ItemKind::segment) {
      const auto segment = must(log::view_segment(item.bytes));
      const log::Envelope& envelope = segment.envelope;
      return "log " + aliases.of(envelope.log_id()) + " of device " + aliases.of(envelope.log.author) + ": changes " +
             std::to_string(envelope.first) + " to " + std::to_string(envelope.last) + " under key " +
             aliases.of(envelope.key) + ", " + std::to_string(segment.sealed.size()) + " sealed bytes";
    }
    if (item.kind == sync::ItemKind::roster) {
      const auto record =
          must(roster::trust_stored_record(space, must(roster::decode_signed_record(item.bytes)))).record();
      return "by " + aliases.of(record.signer) + " " + std::visit(Described(aliases), record.body);
    }
    return "notice of kind " + std::to_string(static_cast<int>(item.kind));
  }
};

TEST_F(WhatAHubSeesTest, IsTheSameWhateverPeopleTypeAreCalledAndWhenTheyDoIt) {
  const Words one{"Kestrel Bank team",
                  "First reviewer",
                  "for the lead",
                  "Pupils drew a bar model, unprompted.",
                  "Pupils drew a bar model and explained it.",
                  "reasoning",
                  1'763'460'000'000};
  const Words other{"Ysgol y Bryn",
                    "Adolygydd",
                    "i'r arweinydd",
                    "Roedd y dosbarth yn dawel a gweithgar.",
                    "Roedd y dosbarth yn siarad am eu gwaith.",
                    "darllen",
                    1'858'000'000'000};

  const auto lines = day("one", one);

  EXPECT_THAT(lines, testing::SizeIs(testing::Gt(8u)));
  EXPECT_THAT(lines, testing::Not(testing::Contains(testing::HasSubstr("another record"))));
  EXPECT_EQ(lines, day("other", other));
}

}  // namespace
}  // namespace plenary::replica
