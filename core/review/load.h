// Loads a review from the replica: the only file of this folder that asks it anything.
#pragma once

#include "core/replica/replica.h"
#include "core/review/lifecycle.h"
#include "core/review/roll_call.h"
#include "core/review/views.h"

namespace plenary::review {

// Sorts records into a file; unknown types are left out, deleted and erased records too. Pure.
ReviewFile file_of(const std::vector<replica::RecordView>& records, std::set<std::string> space_kinds = {});

// Reads the records of a review from every given space (the team's, the shared one, the school's, the partnership's:
// those that this profile is in). With several reviews in them, the one named, else the newest.
Result<ReviewFile> load_review(replica::Replica& replica, const std::vector<SpaceId>& spaces,
                               const RecordId& review = {});

// The fields that belong to what is confirmed: "focus", "dates", "agreement". Empty for anything else.
std::vector<std::string> confirmable_fields(const std::string& what);

// The names of all writes in those fields of a record; a Confirmation or Signature names them, so that any later edit
// cancels it. Deletions count: whatever changed what is read.
Result<std::set<std::string>> writes_behind(replica::Replica& replica, const SpaceId& space, const RecordId& record,
                                            const std::string& what);

// Everything that the guards check confirmations against.
Result<WritesNow> load_writes(replica::Replica& replica, const std::vector<SpaceId>& spaces, const ReviewFile& file);

// What every tablet of a space last said of itself, for the roll-call and for "3 of 4 tablets".
Result<std::vector<TabletReport>> load_tablets(replica::Replica& replica, const SpaceId& space);

}  // namespace plenary::review
