// From a merged record to what applications see of it.
#pragma once

#include "core/replica/space.h"

namespace plenary::replica {

PayloadState state_of(merge::Payload payload);

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
  // All that one change did to a text, of which `writes` are its insertions and strikes.
  HistoryEntry text_entry(const store::LoadedRecord& record, std::span<const merge::WriteIndex> writes);
  std::string standing(const store::LoadedRecord& record, merge::WriteIndex write);
  Value removed_values(const store::LoadedRecord& record, const log::Operation& removal, const merge::Field& field);
  // The writes of the record as history tells them: by wall time, then in the log's order.
  std::vector<merge::WriteIndex> in_time(const store::LoadedRecord& record, std::vector<merge::WriteIndex> writes);
  std::map<std::string, std::string> reasons(const log::RecordName& record);
  Conflict life_conflict(const store::LoadedRecord& record, Conflict conflict);
  const merge::Field* field_of(const store::LoadedRecord& record, std::uint32_t number) const;

  Space& space_;
};

}  // namespace plenary::replica
