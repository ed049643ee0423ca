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

// Forks that were opened here, and those that only a proof tells of.
void Space::add_fork_alarms(std::vector<AlarmView>& alarms) {
  std::map<LogId, DeviceKey> forked;
  for (const store::Strand& strand : store_->log_table().strands()) {
    if (store_->causality().is_forked(strand.log)) forked.emplace(strand.log, strand.descriptor.author);
  }
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::fork)) continue;
    const auto proof = log::decode_fork(notice.bytes);
    const bool is_of_member = proof && store_->roster().standing().member(proof->log.author) != nullptr;
    if (is_of_member) forked.emplace(proof->a.head.log, proof->log.author);
  }
  for (const auto& [log, author] : forked) {
    if (has_branch_record(store_->roster().standing(), log)) continue;
    alarms.push_back({"fork",
                      writer_name(author) +
                          "'s device was copied, or restored from a backup, and both copies wrote in log " +
                          log.hex().substr(0, 8) + ". What they wrote since then is set aside.",
                      "The keeper looks at both with plenary forks and says which one goes on with plenary branch."});
  }
}

std::vector<AlarmView> Space::alarms() {
  std::vector<AlarmView> alarms;
  const auto& roster = store().roster();
  if (roster.empty()) return alarms;
  add_roster_alarms(roster, alarms);
  for (const InvitationView& invitation : invitations()) add_claim_alarm(invitation, alarms);
  add_fork_alarms(alarms);
  for (AlarmView& kept : kept_alarms(true)) alarms.push_back(std::move(kept));
  return alarms;
}

}  // namespace plenary::replica
