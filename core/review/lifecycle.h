// The life of a review: its states, which step may follow which, and what each step still waits for.
//
// The state is not stored. It follows from the steps that people recorded (ReviewStep); a step that cannot follow is
// held, with its reason, and harms nothing. Guards say what is missing in words for a headteacher; the same list
// serves the tablet, the command line and the tests. Source: domain.md section 3, "Review states".
#pragma once

#include "core/review/dates.h"
#include "core/review/roll_call.h"
#include "core/review/views.h"

namespace plenary::review {

struct Missing {
  std::string what;       // "The self-review draft is not shared yet."
  std::string why;        // "The focus is chosen from it."
  std::string waits_for;  // "the host head"
  friend bool operator==(const Missing&, const Missing&) = default;
};

struct GuardResult {
  ReviewState to = ReviewState::unknown;
  std::vector<Missing> missing;
  // What this reader cannot see (it lives in a space that was not read): whoever takes the step attests it.
  std::vector<std::string> to_attest;

  bool open() const { return missing.empty(); }
};

// What can be confirmed ("focus", "dates", "agreement") of which record -> the names of all writes behind it.
using WritesNow = std::map<std::pair<std::string, RecordId>, std::set<std::string>>;

// What the guards need beside the review's records.
struct GuardContext {
  Date today;
  RollCall roll;
  // The writes that make up what may be confirmed, as they are now (load.h reads them). A confirmation holds while it
  // names exactly these; where they are not known here, it counts as it is.
  WritesNow writes_now;
};

struct HeldStep {
  ReviewStep step;
  std::string reason;  // "Agreed cannot follow draft."
};

struct ReviewProgress {
  ReviewState state = ReviewState::draft;
  ReviewState resumes_at = ReviewState::unknown;  // in a side state: the state before it
  std::vector<ReviewStep> taken;
  std::vector<HeldStep> held;
};

// In the order of the steps' times, then ids: the same on every device.
ReviewProgress progress_of(const ReviewFile& file);

// The states that may follow, the main line first.
std::vector<ReviewState> next_states(const ReviewProgress& progress);
// The next state of the main line; unknown when closed or withdrawn.
ReviewState next_on_main_line(ReviewState state);

// What is missing before the review may enter `to`. Only steps of the main line and `closed` have guards.
GuardResult guard(const ReviewFile& file, ReviewState to, const GuardContext& context);

std::vector<std::string> lines_of(const GuardResult& result);

}  // namespace plenary::review
