// Loads a review from the replica: the only file of this folder that asks it anything.
#pragma once

#include "core/replica/replica.h"
#include "core/review/roll_call.h"
#include "core/review/views.h"

namespace plenary::review {

// Sorts records into a file; unknown types are left out, deleted and erased records too. Pure.
ReviewFile file_of(const std::vector<replica::RecordView>& records, std::set<std::string> space_kinds = {});

// Reads the records of a review from every given space (the team's, the shared one, the school's, the partnership's:
// those that this profile is in). With several reviews in them, the one named, else the newest.
Result<ReviewFile> load_review(replica::Replica& replica, const std::vector<SpaceId>& spaces,
                               const RecordId& review = {});

// What every tablet of a space last said of itself, for the roll-call and for "3 of 4 tablets".
Result<std::vector<TabletReport>> load_tablets(replica::Replica& replica, const SpaceId& space);

}  // namespace plenary::review
