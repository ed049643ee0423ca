#include "core/review/roll_call.h"

#include <algorithm>

#include "core/review/table.h"

namespace plenary::review {
namespace {

// One tablet that is expected, before anything was heard of it.
struct Expected {
  std::string tablet, person, member;
  RecordId package;
  std::optional<std::size_t> notes_sealed;
};

std::vector<Expected> expected_of(const ReviewFile& file, const std::string& day_on) {
  std::vector<Expected> out;
  for (const DayPackage& package : file.packages) {
    if (!day_on.empty() && package.day_on != day_on) continue;
    if (!package.supplement_to.text.empty()) continue;  // belongs to the day that it supplements
    Expected tablet{package.tablet, "", package.member, package.id, package.notes_sealed};
    const auto member = std::ranges::find(file.members, package.team_member, &TeamMember::id);
    if (member != file.members.end()) {
      tablet.person = member->name;
      if (tablet.member.empty()) tablet.member = member->member;
    }
    if (tablet.tablet.empty()) tablet.tablet = tablet.person + "'s tablet";
    out.push_back(std::move(tablet));
  }
  if (!out.empty()) return out;
  for (const TeamMember& member : file.members) {
    if (!member.takes_part()) continue;
    out.push_back({member.name + "'s tablet", member.name, member.member, {}, {}});
  }
  return out;
}

bool speaks_for(const TabletReport& report, const Expected& tablet) {
  if (!tablet.member.empty() && !report.member.empty()) return report.member == tablet.member;
  return !report.person.empty() && (report.person == tablet.person || report.person == tablet.tablet);
}

std::size_t notes_of(const ReviewFile& file, const Expected& tablet) {
  return static_cast<std::size_t>(std::ranges::count_if(file.notes, [&](const Evidence& note) {
    if (!tablet.member.empty()) return note.created.person_id.hex() == tablet.member;
    return !tablet.person.empty() && note.created.person == tablet.person;
  }));
}

const Waiver* waiver_of(const ReviewFile& file, const Expected& tablet) {
  const auto found = std::ranges::find_if(file.waivers, [&](const Waiver& waiver) {
    if (waiver.what != "tablet") return false;
    if (!waiver.record.text.empty()) return waiver.record == tablet.package;
    return !waiver.subject.empty() && (waiver.subject == tablet.tablet || waiver.subject == tablet.person);
  });
  return found == file.waivers.end() ? nullptr : &*found;
}

TabletState state_of(const TabletRow& row, bool heard) {
  if (!row.waived_because.empty()) return TabletState::waived;
  if (row.this_device) return TabletState::received;
  if (row.sealed && row.notes_sealed && row.notes_here >= *row.notes_sealed) return TabletState::received;
  return heard || row.notes_here > 0 ? TabletState::arriving : TabletState::not_heard;
}

// "and 2 later notes": what came after the day was sealed counts, and is told apart.
std::string later_of(const TabletRow& row) {
  if (row.later_notes == 0) return "";
  return " And " + counted(row.later_notes, "later note", "later notes") +
         (row.supplement ? ", in the supplement." : ": record a supplement to this day.");
}

// The number of its own notes says nothing of what it has of others.
std::string ahead_of(const TabletRow& row) {
  return row.ahead ? " It has work that is not here yet: exchange again, with the hub or by its file." : "";
}

std::string sentence_of(const TabletRow& row) {
  const std::string here = counted(row.notes_here, "note", "notes");
  switch (row.state) {
    case TabletState::waived:
      return "Waived: " + row.waived_because;
    case TabletState::not_heard:
      return "Not heard from. How many notes it holds is not known yet.";
    case TabletState::received:
      if (row.this_device && !row.sealed) return "This tablet: " + here + ", not sealed yet.";
      return (row.this_device ? "This tablet: " : "Received: ") + std::to_string(row.notes_here - row.later_notes) +
             " of " + counted(row.notes_sealed.value_or(row.notes_here), "note.", "notes.") + later_of(row) +
             ahead_of(row);
    case TabletState::arriving:
      break;
  }
  if (row.sealed && row.notes_sealed) {
    return "Arriving: " + std::to_string(row.notes_here) + " of " + counted(*row.notes_sealed, "note.", "notes.") +
           ahead_of(row);
  }
  return here + " here. How many there are is not known until the day is sealed." + ahead_of(row);
}

TabletRow row_of(const ReviewFile& file, const Expected& tablet, const TabletReport* report) {
  TabletRow row;
  row.tablet = tablet.tablet;
  row.person = tablet.person;
  row.notes_here = notes_of(file, tablet);
  row.notes_sealed = tablet.notes_sealed;
  row.sealed = tablet.notes_sealed.has_value();
  if (report != nullptr) {
    row.this_device = report->this_device;
    row.notes_here = std::max(row.notes_here, report->notes_here);
    row.sealed = row.sealed || report->sealed;
    row.ahead = report->ahead && !report->this_device;
    if (report->notes_sealed) {
      row.notes_sealed = report->notes_sealed;
      // Both numbers are of the day that was sealed; notes of other days are no later ones.
      row.later_notes = report->notes_here - std::min(report->notes_here, *report->notes_sealed);
    }
    if (row.person.empty()) row.person = report->person;
  }
  if (const Waiver* waiver = waiver_of(file, tablet)) {
    row.waived_because = waiver->reason.empty() ? "no reason given" : waiver->reason;
  }
  row.supplement = !tablet.package.text.empty() && std::ranges::any_of(file.packages, [&](const DayPackage& package) {
    return package.supplement_to == tablet.package;
  });
  row.state = state_of(row, report != nullptr);
  row.sentence = sentence_of(row);
  return row;
}

}  // namespace

std::string RollCall::tablets_in_words() const {
  if (expected <= 1) return "this tablet only";
  return std::to_string(heard) + " of " + std::to_string(expected) + " tablets";
}

RollCall call_roll(const ReviewFile& file, const std::vector<TabletReport>& reports, const std::string& day_on) {
  RollCall roll;
  std::set<const TabletReport*> used;
  for (const Expected& tablet : expected_of(file, day_on)) {
    const auto report = std::ranges::find_if(
        reports, [&](const TabletReport& r) { return !used.contains(&r) && speaks_for(r, tablet); });
    const TabletReport* found = report == reports.end() ? nullptr : &*report;
    if (found != nullptr) used.insert(found);
    roll.rows.push_back(row_of(file, tablet, found));
    const TabletState state = roll.rows.back().state;
    ++roll.expected;
    if (state == TabletState::received) ++roll.received;
    if (state == TabletState::waived) ++roll.waived;
    if (state == TabletState::received || roll.rows.back().notes_here > 0) ++roll.heard;
  }
  for (const TabletReport& report : reports) {
    if (used.contains(&report)) continue;
    TabletRow row = row_of(file, {report.person + "'s tablet", report.person, report.member, {}, {}}, &report);
    row.expected = false;
    roll.rows.push_back(std::move(row));
  }
  return roll;
}

std::vector<std::string> lines_of(const RollCall& roll) {
  std::vector<std::string> lines = {"Handed over: " + std::to_string(roll.received) + " of " +
                                    counted(roll.expected, "tablet", "tablets") +
                                    (roll.waived > 0 ? ", " + std::to_string(roll.waived) + " waived" : "") + "."};
  for (const TabletRow& row : roll.rows) {
    std::string line = row.tablet;
    if (!row.person.empty() && row.tablet.find(row.person) == std::string::npos) line += " (" + row.person + ")";
    if (!row.expected) line += ", not expected";
    lines.push_back(line + ": " + row.sentence);
  }
  return lines;
}

}  // namespace plenary::review
