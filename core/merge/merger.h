// Merger: the work of merge_record on one record. Internal to merge/.
#pragma once

#include "core/merge/merge_record.h"

namespace plenary::merge {

class Merger {
 public:
  Merger(const View& view, const log::RecordName& record, std::span<const Write> writes);

  MergedRecord run();

 private:
  using Indexes = std::vector<WriteIndex>;

  // merge_record.cc
  void find_effects();
  void find_payloads();
  void find_life(const Indexes& effective);
  void merge_fields(const Indexes& effective);

  bool saw(WriteIndex later, WriteIndex earlier) const {
    return view_.saw(writes_[later], writes_[earlier], merged_.effects[earlier]);
  }
  bool saw_any(WriteIndex later, std::span<const WriteIndex> earlier) const;
  bool any_saw(std::span<const WriteIndex> later, WriteIndex earlier) const;
  bool is_effective(WriteIndex write) const { return merged_.effects[write].verdict == Verdict::effective; }
  bool is_readable(WriteIndex write) const {
    return merged_.payloads[write] == Payload::here || merged_.payloads[write] == Payload::missing;
  }
  bool is_erased(WriteIndex write) const;
  log::OperationKind kind(WriteIndex write) const { return writes_[write].operation->kind; }
  // (log, number, chain value, operation): what everybody agrees on, without meaning.
  bool before_in_order(WriteIndex a, WriteIndex b) const;
  // (wall time, then as above): for displays and ties.
  bool before_in_time(WriteIndex a, WriteIndex b) const;
  void sort_in_order(Indexes& writes) const;

  // merge_field.cc: `mine` are the effective writes of one field, by (lane, number, operation).
  void merge_field(const Field& policy, const Indexes& mine, MergedField& field) const;
  void merge_register(const Field& policy, const Indexes& mine, MergedField& field) const;
  void merge_union(const Indexes& mine, MergedField& field) const;
  void merge_append(const Indexes& mine, MergedField& field) const;
  void find_history(const Indexes& mine, MergedField& field) const;
  Indexes heads(const Indexes& mine) const;
  Indexes first_answers(const Indexes& mine) const;
  Indexes highest(const Field& policy, const Indexes& candidates) const;
  bool differ(const Indexes& shown) const;
  Reason reason_of(WriteIndex write, Policy policy, bool stands) const;

  // merge_text.cc
  struct TextSites;
  void merge_text(const Field& policy, const Indexes& mine, MergedField& field) const;
  TextSites find_sites(std::uint32_t field) const;
  std::vector<TextRun> find_struck(const Indexes& mine, const TextSites& sites) const;
  bool wrote_apart_unnoticed(const Indexes& mine) const;

  const View& view_;
  const log::RecordName& record_;
  std::span<const Write> writes_;
  MergedRecord merged_;
};

}  // namespace plenary::merge
