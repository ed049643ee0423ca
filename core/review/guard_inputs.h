// The questions that guards ask of a review file; used by guards.cc only.
#pragma once

#include <initializer_list>

#include "core/review/lifecycle.h"

namespace plenary::review {

class GuardInputs {
 public:
  // All three must outlive the inputs; what is missing goes into `result`. `file.review` is there when a guard runs.
  GuardInputs(const ReviewFile& file, const GuardContext& context, GuardResult& result)
      : file(file), context(context), result_(result) {}

  const ReviewFile& file;
  const GuardContext& context;

  const Review& review() const { return *file.review; }
  void miss(std::string what, std::string why, std::string waits_for) {
    result_.missing.push_back({std::move(what), std::move(why), std::move(waits_for)});
  }
  void attest(std::string what) { result_.to_attest.push_back(std::move(what)); }
  // Whether the space was read; a file that does not say which were read is complete.
  bool sees(const std::string& space_kind) const {
    return file.space_kinds.empty() || file.space_kinds.contains(space_kind);
  }

  // Who may confirm something.
  static bool by_host(Role role);
  static bool by_host_head(Role role);
  static bool by_lead(Role role);
  // Somebody of that role confirmed the record, and nothing of what they confirmed was edited since.
  bool confirmed(const std::string& what, const RecordId& record, bool (*by)(Role)) const;
  // A signature under the agreement holds while nothing of the agreement was edited.
  bool holds(const OtherRecord& signature, const RecordId& agreement) const;
  bool waived(const std::string& what, const RecordId& record, const std::string& subject) const;

  bool self_review_is(std::initializer_list<std::string_view> states) const;
  bool has_post_at_host(const TeamMember& member) const;
  bool is_trained(const TeamMember& member) const;
  bool has_package(const TeamMember& member) const;
  bool is_in_team(const RecordId& person, const std::string& name) const;
  std::string school_name(const TeamMember& member) const;

  // Of the greatest version.
  const OtherRecord* newest_report() const;
  // The member signed the report's text as it is now, or recorded a dissent from it.
  bool signed_off(const TeamMember& member, const OtherRecord& report) const;
  // The school's answer to a finding: the head's before that of whom the head authorised, the latest not replaced.
  const HostResponse* answer_to(const RecordId& finding) const;
  bool evaluated_by(const TeamMember& member) const;
  bool evaluated_by_host() const;

 private:
  bool as_confirmed(const std::vector<std::string>& writes, const std::string& what, const RecordId& record) const;
  // The last day of the review, or today.
  Date last_day() const;

  GuardResult& result_;
};

// The school's answer to a finding (see GuardInputs::answer_to); null while there is none.
const HostResponse* host_answer(const ReviewFile& file, const RecordId& finding);

}  // namespace plenary::review
