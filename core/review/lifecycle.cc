#include "core/review/lifecycle.h"

#include <algorithm>

#include "core/review/table.h"

namespace plenary::review {
namespace {

bool is_side_state(ReviewState state) {
  return state == ReviewState::postponed || state == ReviewState::withdrawn_by_host || state == ReviewState::stalled;
}

bool may_postpone(ReviewState state) {
  return state > ReviewState::draft && state < ReviewState::in_progress;
}
bool may_withdraw(ReviewState state) {
  return state < ReviewState::agreed;
}

std::string sentence_case(std::string words) {
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

// Takes the step, or says why it cannot follow.
std::string take(ReviewProgress& progress, ReviewState to) {
  if (to == ReviewState::unknown) return "This program does not know the state; a newer one wrote it.";
  const auto allowed = next_states(progress);
  if (std::ranges::find(allowed, to) == allowed.end()) {
    return sentence_case(in_words(to)) + " cannot follow " + in_words(progress.state) + ".";
  }
  if (is_side_state(to) && !is_side_state(progress.state)) progress.resumes_at = progress.state;
  if (!is_side_state(to)) progress.resumes_at = ReviewState::unknown;
  progress.state = to;
  return {};
}

}  // namespace

ReviewState next_on_main_line(ReviewState state) {
  if (state >= ReviewState::closed || state == ReviewState::unknown) return ReviewState::unknown;
  return static_cast<ReviewState>(static_cast<int>(state) + 1);
}

std::vector<ReviewState> next_states(const ReviewProgress& progress) {
  const ReviewState state = progress.state;
  if (state == ReviewState::closed) return {};
  if (state == ReviewState::withdrawn_by_host) return {ReviewState::draft};
  if (is_side_state(state)) {
    std::vector<ReviewState> next = {progress.resumes_at};
    // New dates have to be accepted again, whatever had been agreed before.
    if (state == ReviewState::postponed && progress.resumes_at != ReviewState::scheduled) {
      next.push_back(ReviewState::scheduled);
    }
    next.push_back(ReviewState::withdrawn_by_host);
    return next;
  }
  std::vector<ReviewState> next = {next_on_main_line(state)};
  // A review of several days moderates at each day's end, and goes on.
  if (state == ReviewState::moderating) next.push_back(ReviewState::in_progress);
  if (may_postpone(state)) next.push_back(ReviewState::postponed);
  if (may_withdraw(state)) next.push_back(ReviewState::withdrawn_by_host);
  next.push_back(ReviewState::stalled);
  return next;
}

ReviewProgress progress_of(const ReviewFile& file) {
  auto steps = file.steps;
  std::ranges::sort(steps, {}, [](const ReviewStep& s) { return std::pair(s.created.time_ms, s.id.text); });
  ReviewProgress progress;
  for (const ReviewStep& step : steps) {
    // Lead and host may both record the same step: the second says nothing new.
    if (step.to == progress.state) continue;
    const std::string refused = take(progress, step.to);
    if (refused.empty()) {
      progress.taken.push_back(step);
    } else {
      progress.held.push_back({step, refused});
    }
  }
  return progress;
}

std::vector<std::string> lines_of(const GuardResult& result) {
  const std::string state = "\"" + in_words(result.to) + "\"";
  std::vector<std::string> lines;
  if (result.open()) {
    lines.push_back("Nothing is missing for " + state + ".");
  } else {
    lines.push_back(counted(result.missing.size(), "thing is", "things are") + " still needed for " + state + ":");
  }
  for (const Missing& missing : result.missing) {
    lines.push_back("- " + missing.what + (missing.why.empty() ? "" : " " + missing.why) + " Waits for " +
                    missing.waits_for + ".");
  }
  for (const std::string& attest : result.to_attest) lines.push_back("- Whoever takes the step confirms: " + attest);
  return lines;
}

}  // namespace plenary::review
