// A space with a long past in its roster: what one looks like that several reviews' teams have gone through.
#pragma once

#include "bench/tablet.h"
#include "core/replica/replica.h"

namespace plenary::bench {

// Before the day: so many devices were granted, one after the other; of these so many removed, each removal with a new
// space key; and so many were given another role. Nobody of them wrote anything, so that the roster is all that differs
// from a space without a past. In the end the space was handed over.
inline constexpr std::size_t kPastGrants = 60, kPastRemovals = 20, kPastRoleChanges = 6;

// Founds such a space and hands it over to `heir`, who keeps it then. The replicas of that past live below `folder`
// while this runs.
SpaceId inherit_space_with_long_roster(replica::Replica& heir, const replica::HubAddress& hub,
                                       const std::filesystem::path& folder, Environment& environment);

}  // namespace plenary::bench
