#include "core/roster/invitations.h"

namespace plenary::roster {

std::set<InvitationId> invitations_ever(const Roster& roster) {
  std::set<InvitationId> invitations;
  for (const Record* record : roster.records()) {
    if (const auto* invite = std::get_if<Invite>(&record->body)) invitations.insert(invite->invitation);
  }
  return invitations;
}

}  // namespace plenary::roster
