// Which invitations a roster knows of, used and void ones included.
#pragma once

#include <set>

#include "core/roster/roster.h"

namespace plenary::roster {

// Those that any valid record made. As long as the roster: ask once for many.
std::set<InvitationId> invitations_ever(const Roster& roster);

}  // namespace plenary::roster
