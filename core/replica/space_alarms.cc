// What people have to look at, in their words.
#include <algorithm>

#include "core/replica/space.h"
#include "core/sync/space_log.h"

namespace plenary::replica {
namespace {

std::size_t count_void(const roster::Roster& roster) {
  const auto records = roster.records();
  return static_cast<std::size_t>(
      std::ranges::count_if(records, [&](const roster::Record* record) { return roster.is_void(record->hash); }));
}

bool has_branch_record(const roster::Standing& standing, const LogId& log) {
  return std::ranges::any_of(standing.events, [&](const roster::Event& event) {
    const auto* branch = std::get_if<roster::Branch>(&event.record->body);
    return branch != nullptr && branch->log == log;
  });
}

void add_roster_alarms(const roster::Roster& roster, std::vector<AlarmView>& alarms) {
  for (const auto& siblings : roster.alarms()) {
    const roster::Record& record = *roster.find(siblings.front());
    const bool opening =
        std::holds_alternative<roster::Recover>(record.body) || std::holds_alternative<roster::HandOver>(record.body);
    if (opening) {
      alarms.push_back(
          {"rival_epoch", "Two people became keeper of this space with one and the same key.",
           "Ask the team who is meant to keep it. If it is not the one that plenary members shows, recover "
           "the space with the newest recovery code on the right tablet."});
    } else {
      alarms.push_back({"roster_fork",
                        "The keeper's device signed two different decisions in one place: it was copied, or restored "
                        "from a backup.",
                        "Let only one copy of that device go on. Look at plenary members, and repeat what is missing "
                        "there; if the other copy is in foreign hands, recover the space."});
    }
  }
  if (const std::size_t count = count_void(roster); count > 0) {
    alarms.push_back({"void_records",
                      std::to_string(count) +
                          (count == 1 ? " decision of a former keeper does" : " decisions of a former keeper do") +
                          " not count, since somebody else keeps the space now.",
                      "Look at plenary members and plenary invitations; the keeper repeats what was right."});
  }
  if (const std::size_t count = roster.unsettled().size(); count > 0) {
    alarms.push_back({"void_erasure",
                      "A former keeper erased " + std::to_string(count) + (count == 1 ? " record" : " records") +
                          ", and that does not count. The text is hidden meanwhile.",
                      "The keeper decides: erase it, or decline."});
  }
}

// One alarm for an invitation, however many used it.
void add_claim_alarm(const InvitationView& invitation, std::vector<AlarmView>& alarms) {
  std::string who;
  std::string odd;
  for (const ClaimView& claim : invitation.claims) {
    if (claim.odd.empty()) continue;
    who += (who.empty() ? "\"" : ", \"") + claim.name + "\" (device " + claim.device.hex().substr(0, 8) + ")";
    odd = claim.odd;
  }
  if (who.empty()) return;
  alarms.push_back(
      {invitation.claims.size() > 1 ? "double_claim" : "odd_claim",
       "The invitation for \"" + invitation.for_whom + "\" was used by " + who + ". " + odd,
       "The keeper asks the person which device is theirs (plenary profile show, on their tablet) and lets that "
       "one in: plenary admit DEVICE. Or makes the invitation worthless: plenary void-invitation " +
           invitation.invitation.hex().substr(0, 8)});
}

}  // namespace

std::vector<AlarmView> Space::alarms() {
  std::vector<AlarmView> alarms;
  const auto& roster = store().roster();
  if (roster.empty()) return alarms;
  add_roster_alarms(roster, alarms);
  for (const InvitationView& invitation : invitations()) add_claim_alarm(invitation, alarms);
  for (const LogId& log : store_->causality().logs()) {
    if (!store_->causality().is_forked(log) || has_branch_record(roster.standing(), log)) continue;
    const auto strand = store_->log_table().first_strand_of(log);
    const auto* member =
        strand ? roster.standing().member(store_->log_table().strand(*strand).descriptor.author) : nullptr;
    alarms.push_back({"fork",
                      (member ? name_of(member->person) : std::string("Somebody")) +
                          "'s device was copied, or restored from a backup, and both copies wrote. What they wrote "
                          "since then is set aside.",
                      "The keeper looks at plenary set-aside and says which copy goes on."});
  }
  if (const auto count = number_setting("alarms").value_or(0); count > 0) {
    alarms.push_back(
        {"hub", "A hub contradicted what it had signed before (" + std::to_string(count) + " times seen).",
         "Nothing on this tablet is affected. Show this to whoever runs the hub: was it restored from a backup?"});
  }
  for (const DeviceStatus& status : device_statuses()) {
    if (!status.same_position || status.same_digest) continue;
    alarms.push_back(
        {"digest", status.name + "'s tablet holds the same as this one and shows something else.",
         "Run plenary check on both, and report what it says: this is a mistake of the program, or a damaged "
         "file."});
  }
  return alarms;
}

}  // namespace plenary::replica
