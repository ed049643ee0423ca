// Queries over the merged tables, and full-text search.
#pragma once

#include "core/replica/record_reader.h"

namespace plenary::replica {

Result<std::vector<RecordView>> list_records(Space& space, const Query& query);
Result<std::vector<SearchHit>> search_records(Space& space, const std::string& words, std::size_t limit);
std::vector<Conflict> all_conflicts(Space& space);

}  // namespace plenary::replica
