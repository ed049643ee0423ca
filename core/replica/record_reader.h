// From a merged record to what applications see of it.
#pragma once

#include "core/replica/space.h"

namespace plenary::replica {

class RecordReader {
 public:
  explicit RecordReader(Space& space) : space_(space) {}

  RecordView view(const store::LoadedRecord& record);
  Authorship author(const merge::Write& write);
  Candidate candidate(const store::LoadedRecord& record, const merge::Field& field, merge::WriteIndex write);
  // Every write, oldest first, with what became of it.
  std::vector<HistoryEntry> history(const store::LoadedRecord& record);
  std::vector<Conflict> conflicts(const store::LoadedRecord& record);

 private:
  FieldView field_view(const store::LoadedRecord& record, const merge::Field& field, const merge::MergedField& merged);
  HistoryEntry entry(const store::LoadedRecord& record, merge::WriteIndex write);
  std::map<std::string, std::string> reasons(const log::RecordName& record);
  Conflict life_conflict(const store::LoadedRecord& record, Conflict conflict);
  const merge::Field* field_of(const store::LoadedRecord& record, std::uint32_t number) const;

  Space& space_;
};

}  // namespace plenary::replica
