// People and roles as somebody types them.
#pragma once

#include "clients/cli/session.h"

namespace plenary::cli {

// "peer reviewer", "peer-reviewer" and "peer_reviewer" are one role. Ends the command for any other.
Role role_named(const merge::Schema& schema, std::string typed);

enum class Among { present, everybody };  // everybody: also devices that were removed

// The one member's device that the beginning of a name or of a device's key means. Ends the command when nobody or
// several are meant, and says who.
replica::MemberView member_named(Session& session, const std::string& typed, Among among);

// "2 notes in 5 changes, from … to …".
std::string words_of(const replica::WorkSummary& work);
Json json_of(const replica::WorkSummary& work);
// The beginning of a device's key, as people compare it.
std::string short_key(const DeviceKey& device);

}  // namespace plenary::cli
