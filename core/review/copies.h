// Joins copies with the records they were made from, for a reader who is in both spaces: a finding that was fed back
// is one finding, not two.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/replica/value.h"

namespace plenary::review {

// Record type and id of a copy -> id of the record in its home space.
using Homes = std::map<std::pair<std::string, replica::RecordId>, replica::RecordId>;

// Whether the id is that of a copy: it is made from an origin tag ("o" and 16 hexadecimal digits).
bool is_copy(const replica::RecordId& id);

// Takes out every copy whose home record is among `records`, and lets references to it point to the home record. What
// a finding says (statement, kind) is taken from its copy: that is what the school was given and answered.
void join_copies(std::vector<replica::RecordView>& records, const Homes& homes);

}  // namespace plenary::review
